public import Trajectories

/// Tongyi DeepResearch's reward: 1 or 0 for the answer, and failures that teach nothing are left out.
///
///     right answer                           1
///     wrong answer                           0
///     cut off or without an answer           missing, or 0 where they are kept
///
/// Format is learned beforehand and earns nothing. Negative samples that only ran out of length make
/// training unstable, so they are excluded from the loss: a missing score takes no part in a group's
/// mean. `isRight` decides; a judge can stand behind it. Components: `answer`.
///
/// - Source: Tongyi DeepResearch technical report, 2025, from notes about it; no training code is
///   public, so which negatives were left out is our reading.
public struct TongyiDeepResearch: Reward {
  /// `tongyi`.
  public var name: String { "tongyi" }
  /// Whether trajectories that were cut off or gave no answer are left out.
  public let excludesUnfinished: Bool
  private let answer: any Reward

  /// A reward.
  ///
  /// - Parameters:
  ///   - answer: Judges the answer; above 0 is right.
  ///   - excludesUnfinished: Whether unfinished trajectories have no score.
  public init(answer: any Reward = ExactMatch(), excludesUnfinished: Bool = true) {
    self.answer = answer
    self.excludesUnfinished = excludesUnfinished
  }

  /// Those of the answer's judge.
  public var statefulParts: [any StatefulReward] { answer.statefulParts }

  /// Judges the end of the trajectory and the answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let isUnanswered = AnswerExtraction().answer(in: trajectory) == nil
    if excludesUnfinished, let reason = trajectory.cutOff ?? (isUnanswered ? "no answer" : nil) {
      let score = Score.missing(reason: "left out of the loss: \(reason)")
      return .single(name, score)
    }
    let report = try await answer.report(on: trajectory)
    let score =
      switch report.score {
      case .value(let value): Score.value(value > 0 ? 1 : 0)
      case .missing: report.score
      }
    return RewardReport(
      score: score, components: [RewardComponent(name: name, score: score)] + report.components,
      notes: report.notes)
  }
}
