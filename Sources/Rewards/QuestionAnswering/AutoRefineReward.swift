public import Trajectories

/// AutoRefine's reward: the answer's score, or else what the refined notes are worth.
///
///     no answer            0
///     answer score > 0     the answer score
///     else                 formatScore if the tags are paired
///                          + refineScore if an accepted answer occurs in the refined notes
///
/// Tags are paired when think, search, refine and answer are each opened as often as closed, and at
/// least once. The notes of all refine blocks are read as one text with spaces between. Components:
/// `answer`, `validFormat`, `answerRefined`. A task without accepted answers can't be judged:
/// missing.
///
/// - Source: Shi et al. 2025, "AutoRefine"; verl/utils/reward_score/qa_em.py (`compute_reward`).
/// - Differs: only the agent's own words count, so a tag in a retrieved page breaks nothing.
public struct AutoRefine: Reward {
  /// How the answer is scored.
  public enum Matching: String, Sendable, Hashable, Codable, CaseIterable {
    /// 1 if it equals an accepted one.
    case exact
    /// 1 if an accepted one occurs in it.
    case substring
    /// Word overlap, see ``WordOverlapRule/hotpotQA``.
    case overlap
  }

  /// `autoRefine`.
  public var name: String { "autoRefine" }
  /// How the answer is scored.
  public let matching: Matching
  /// What paired tags are worth without a right answer.
  public let formatScore: Double
  /// What an accepted answer in the refined notes is worth without a right answer.
  public let refineScore: Double
  /// Whether the format asks for refine blocks.
  public let asksForRefining: Bool

  /// A reward; the defaults are those of the released runs.
  ///
  /// - Precondition: the scores are finite.
  public init(
    matching: Matching = .exact, formatScore: Double = 0, refineScore: Double = 0.1,
    asksForRefining: Bool = true
  ) {
    precondition(
      formatScore.isFinite && refineScore.isFinite,
      "scores must be finite, got \(formatScore) and \(refineScore)")
    self.matching = matching
    self.formatScore = formatScore
    self.refineScore = refineScore
    self.asksForRefining = asksForRefining
  }

  /// Judges the answer, the tags and the notes.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { grade(turns: trajectory.agentTurns, accepted: $0) }
  }

  func grade(turns: [ArraySlice<UInt8>], accepted: [String]) -> Grade {
    let rules = AnswerNormalization.standard
    let tags = ["think", "search", "answer"] + (asksForRefining ? ["refine"] : [])
    let isValid = tags.allSatisfy { tag in
      let opened = turns.reduce(0) { $0 + $1.count(of: .opening(tag)) }
      return opened > 0 && opened == turns.reduce(0) { $0 + $1.count(of: .closing(tag)) }
    }
    let notes = turns.flatMap { $0.bodies(between: .opening("refine"), and: .closing("refine")) }
    let isRefined =
      !notes.isEmpty && rules.contains(notes.map(\.string).joined(separator: " "), anyOf: accepted)
    guard let answer = AnswerExtraction().answer(in: turns)?.string else {
      return Grade(
        value: 0,
        parts: ["answer": 0, "validFormat": isValid ? 1 : 0, "answerRefined": isRefined ? 1 : 0],
        notes: ["no answer"])
    }
    let score: Double =
      switch matching {
      case .exact: rules.matches(answer, anyOf: accepted) ? 1 : 0
      case .substring: rules.contains(answer, anyOf: accepted) ? 1 : 0
      case .overlap: rules.tokenF1(answer, against: accepted, rule: .hotpotQA)
      }
    let consolation = (isValid ? formatScore : 0) + (isRefined ? refineScore : 0)
    return Grade(
      value: score > 0 ? score : consolation,
      parts: [
        "answer": score, "validFormat": isValid ? 1 : 0, "answerRefined": isRefined ? 1 : 0,
      ])
  }
}
