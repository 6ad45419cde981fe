internal import Trajectories

/// The discounted sum of what follows, token by token, without a critic.
///
///     G[t] = r[t] + gamma G[t+1]
///     A[t] = G[t] - baseline
///
/// `t` runs over a row's selected tokens only: what the environment wrote costs no discount, and
/// inserting it changes nothing. `r` is the row's token rewards, if it has any, plus the row's score
/// on its last selected token. The baseline is 0, or the score of a greedy answer to the same task.
///
/// - Source: REINFORCE++ (arXiv 2501.03262), checked against verl
///   `compute_reinforce_plus_plus_outcome_advantage`; ReMax (arXiv 2310.10505), checked against verl
///   `compute_remax_outcome_advantage`.
/// - Differs: verl spends no discount on environment tokens either, but loses a reward that stands
///   on one; here a score always counts, and token rewards have no place there.
public struct RewardToGo: AdvantageEstimator, Hashable, Codable {
  /// What a row's return is compared with.
  public enum Baseline: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing.
    case none
    /// The score of a greedy answer, ``ScoredRows/greedyScores``.
    case greedy
  }

  /// How much a reward one selected token later is worth, in `0...1`.
  public var discount: Double
  /// What a row's return is compared with.
  public var baseline: Baseline

  /// An estimator; no discount and no baseline unless told otherwise.
  public init(discount: Double = 1, baseline: Baseline = .none) {
    precondition((0...1).contains(discount), "discount must lie in 0...1, got \(discount)")
    self.discount = discount
    self.baseline = baseline
  }

  /// ReMax: the return minus the score of a greedy answer.
  public static let reMax = RewardToGo(baseline: .greedy)

  /// Returns, and how far they are above the baseline.
  ///
  /// Rows without a score get 0. So do rows whose greedy answer has none: there is nothing to
  /// compare them with.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without greedy scores where they
  ///   are the baseline, ``AdvantageError/nonFiniteInput(input:row:token:)``.
  /// - Complexity: O(N).
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    if baseline == .greedy && rows.greedyScores == nil {
      throw .missingInput(estimator: "RewardToGo", input: "greedy scores")
    }
    var returns = Array(repeating: 0.0, count: rows.tokenCount)
    var advantages = returns
    for row in 0..<rows.rowCount {
      guard let score = rows.scores[row].value else { continue }
      var expected: Double? = 0
      if baseline == .greedy {
        expected = rows.greedyScores?[row].value
        if let value = expected, !value.isFinite { throw .nonFiniteScore(row: row, value: value) }
      }
      let range = rows.range(ofRow: row)
      var following = score
      for token in range.reversed() {
        let reward = rows.tokenRewards?.values[token] ?? 0
        guard reward.isFinite else {
          throw .nonFiniteInput(
            input: "token rewards", row: row, token: token - range.lowerBound)
        }
        following =
          reward + (token == range.upperBound - 1 ? following : discount * following)
        following = following.clamped(to: .finite)
        returns[token] = following
        if let expected { advantages[token] = (following - expected).clamped(to: .finite) }
      }
    }
    return Credit(
      advantages: Ragged(values: advantages, offsets: rows.offsets),
      returns: Ragged(values: returns, offsets: rows.offsets))
  }
}

extension AdvantageEstimator where Self == NormalisedOverTokens<RewardToGo, Whitening> {
  /// REINFORCE++: the discounted return, whitened over all tokens of the batch.
  public static func reinforcePlusPlus(discount: Double = 1) -> Self {
    RewardToGo(discount: discount).normalisedOverTokens()
  }
}
