public import Trajectories

/// ReSearch's reward: word overlap, or what a valid format is worth.
///
///     cut off, broken format, or a box that doesn't close   0
///     no shared word                                        formatScore
///     else                                                  F1
///
/// A task without accepted answers can't be judged: missing. Components: `overlap`, `validFormat`.
///
/// - Source: Chen et al. 2025, "ReSearch"; verl/utils/reward_score/re_search.py.
/// - Differs: a trajectory counts as cut off when its status says that it was truncated; the
///   original looks for the end-of-text token. The world's words are never read as tags, and a
///   result that the agent wrote itself breaks the format.
public struct ReSearch: Reward {
  /// `reSearch`.
  public var name: String { "reSearch" }
  /// What a wrong answer in a valid format is worth.
  public let formatScore: Double

  /// A reward.
  ///
  /// - Precondition: `formatScore` is finite.
  public init(formatScore: Double = 0.1) {
    precondition(formatScore.isFinite, "formatScore must be finite, got \(formatScore)")
    self.formatScore = formatScore
  }

  /// Judges the format and the boxed answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      let exchange = trajectory.exchange(worldBlock: .opening("result"), .closing("result"))
      let breach =
        trajectory.cutOff ?? trajectory.forgedResult
        ?? BoxedAnswerFormat(tools: ["search"]).breach(in: exchange[...])
      let answer = BoxedAnswerFormat.answer(in: trajectory.agentTurns)?.string
      guard breach == nil, let answer else {
        return Grade(
          value: 0, parts: ["overlap": 0, "validFormat": 0],
          notes: [breach ?? "the box of the answer doesn't close"])
      }
      let overlap = AnswerNormalization.standard.tokenF1(answer, against: accepted, rule: .hotpotQA)
      return Grade(
        value: overlap > 0 ? overlap : formatScore,
        parts: ["overlap": overlap, "validFormat": 1])
    }
  }
}

extension Trajectory {
  /// A remark if something ran out before the agent finished.
  var cutOff: String? {
    if case .truncated(let cause) = status { "cut off: \(cause.rawValue) ran out" } else { nil }
  }
}
