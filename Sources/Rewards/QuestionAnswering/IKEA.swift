public import Trajectories

/// IKEA's reward: right answers are worth more the fewer searches they took.
///
///     broken format             −1
///     right answer              1 + max(0, 0.6 − 0.2 · searches)
///     wrong answer, searched    0.05
///     wrong answer              0
///
/// So an agent that knows an answer is taught to say it, and one that doesn't to look it up. The
/// format is broken by a turn that the world refused, a missing think tag, and tag names in round
/// or square brackets such as `(search`. Components: `exactMatch`, `searches`, `validFormat`. A task
/// without accepted answers can't be judged: missing.
///
/// - Source: Huang et al. 2025, "Reinforced Internal-External Knowledge Synergistic Reasoning";
///   verl/utils/reward_score/qa_em.py.
/// - Differs: a refused turn is a malformed call in the record, where the original looks for the
///   world's sentence in the text.
public struct IKEA: Reward {
  /// `ikea`.
  public var name: String { "ikea" }
  /// What a right answer without a search adds.
  public let knowledgeBonus: Double
  /// What each search takes off the bonus.
  public let searchCost: Double
  /// What a wrong answer after a search is worth.
  public let searchScore: Double

  /// A reward.
  ///
  /// - Precondition: all are finite and none is negative.
  public init(
    knowledgeBonus: Double = 0.6, searchCost: Double = 0.2, searchScore: Double = 0.05
  ) {
    for (name, value) in [
      ("knowledgeBonus", knowledgeBonus), ("searchCost", searchCost), ("searchScore", searchScore),
    ] {
      precondition(value.isFinite && value >= 0, "\(name) must not be negative, got \(value)")
    }
    self.knowledgeBonus = knowledgeBonus
    self.searchCost = searchCost
    self.searchScore = searchScore
  }

  /// Judges the format, the answer and the number of searches.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      let own = trajectory.agentBytes[...]
      let searches = own.count(of: .opening("search"))
      let answer = AnswerExtraction().answer(in: trajectory)
      let isRight =
        answer.map { AnswerNormalization.standard.matches($0, anyOf: accepted) } ?? false
      let breach = Self.breach(in: own, events: trajectory.events)
      let value: Double =
        switch (breach == nil, isRight) {
        case (false, _): -1
        case (true, true): 1 + max(0, knowledgeBonus - searchCost * Double(searches))
        case (true, false): searches > 0 ? searchScore : 0
        }
      return Grade(
        value: value,
        parts: [
          "exactMatch": isRight ? 1 : 0, "searches": Double(searches),
          "validFormat": breach == nil ? 1 : 0,
        ],
        notes: [breach, answer == nil ? "no answer" : nil].compactMap(\.self))
    }
  }

  private static func breach(in own: ArraySlice<UInt8>, events: [ToolEvent]) -> String? {
    for event in events {
      if case .failed(.malformed) = event.outcome { return "the world refused a turn" }
    }
    guard own.contains(mark: .opening("think")), own.contains(mark: .closing("think")) else {
      return "there is no thinking"
    }
    for tag in ["think", "search", "answer"] {
      for mistake in ["(\(tag)", "\(tag))", "[\(tag)", "\(tag)]"]
      where own.contains(mark: [UInt8](mark: mistake)) { return "\(mistake) is no tag" }
    }
    return nil
  }
}
