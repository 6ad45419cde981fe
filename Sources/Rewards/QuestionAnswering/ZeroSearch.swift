public import Trajectories

/// ZeroSearch's reward: word overlap with the closest accepted answer, in 0…1.
///
///     overlap     F1 of words
///     substring   1 if an accepted answer occurs in the answer, else 0
///
/// No answer is worth 0. The world that simulates a search engine plays no part in it. A task
/// without accepted answers can't be judged: missing.
///
/// - Source: Sun et al. 2025, "ZeroSearch"; verl/utils/reward_score/qa_em.py and
///   verl/trainer/main_ppo.py, whose `em` is a substring match and whose default is `f1`.
public struct ZeroSearch: Reward {
  /// How an answer is compared.
  public enum Matching: String, Sendable, Hashable, Codable, CaseIterable {
    /// F1 of words; counts repeated words as often as both sides have them.
    case overlap
    /// An accepted answer occurs in it.
    case substring
  }

  /// `zeroSearch`.
  public var name: String { "zeroSearch" }
  /// How an answer is compared.
  public let matching: Matching

  /// A reward.
  public init(matching: Matching = .overlap) { self.matching = matching }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      AnswerExtraction().grade(trajectory) { answer in
        switch matching {
        case .overlap: AnswerNormalization.standard.tokenF1(answer, against: accepted)
        case .substring: AnswerNormalization.standard.contains(answer, anyOf: accepted) ? 1 : 0
        }
      }
    }
  }
}
