public import Trajectories

/// Search-R1's outcome reward: right or wrong, nothing else.
///
///     right answer   rightScore   (1)
///     wrong answer   wrongScore   (0)
///     no answer      0
///
/// A task without accepted answers can't be judged: missing.
///
/// - Source: Jin et al. 2025, "Search-R1"; verl/utils/reward_score/qa_em.py (`compute_score_em`,
///   `compute_score_subem`).
/// - Differs: reads the agent's own words only, see ``AnswerExtraction``.
public struct SearchR1Outcome: Reward {
  /// How an answer is right.
  public enum Matching: String, Sendable, Hashable, Codable, CaseIterable {
    /// It equals an accepted one.
    case exact
    /// An accepted one occurs in it.
    case substring
  }

  /// `searchR1`.
  public var name: String { "searchR1" }
  /// How an answer is right.
  public let matching: Matching
  /// What a right answer is worth.
  public let rightScore: Double
  /// What a wrong answer is worth.
  public let wrongScore: Double

  /// An outcome reward.
  ///
  /// - Precondition: both scores are finite.
  public init(matching: Matching = .exact, rightScore: Double = 1, wrongScore: Double = 0) {
    precondition(
      rightScore.isFinite && wrongScore.isFinite,
      "scores must be finite, got \(rightScore) and \(wrongScore)")
    self.matching = matching
    self.rightScore = rightScore
    self.wrongScore = wrongScore
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      let answer = AnswerExtraction().answer(in: trajectory)
      return Grade(
        value: score(of: answer, anyOf: accepted), notes: answer == nil ? ["no answer"] : [])
    }
  }

  /// What an answer is worth.
  package func score(of answer: String?, anyOf accepted: [String]) -> Double {
    guard let answer else { return 0 }
    let rules = AnswerNormalization.standard
    let isRight =
      switch matching {
      case .exact: rules.matches(answer, anyOf: accepted)
      case .substring: rules.contains(answer, anyOf: accepted)
      }
    return isRight ? rightScore : wrongScore
  }
}
