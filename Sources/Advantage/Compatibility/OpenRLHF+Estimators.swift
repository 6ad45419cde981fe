internal import Trajectories

/// Generalised advantage estimation exactly as OpenRLHF does it: tokens of the environment are steps
/// without value and without reward.
///
///     delta[t] = r[t] + gamma V[t+1] - V[t]       with r = V = 0 where a token is not selected
///     A[t]     = delta[t] + gamma lambda A[t+1]
///
/// `t` runs over all positions, so every token that the environment wrote costs a factor γλ, and the
/// token before it is expected to lead to nothing. Inserting a page of text changes the advantages.
/// ``GeneralizedAdvantage`` passes over such tokens.
///
/// - Source: OpenRLHF `trainer/ppo_utils/experience_maker.py` (`get_advantages_and_returns`,
///   `get_cumulative_returns`).
public struct OpenRLHFGeneralizedAdvantage: AdvantageEstimator, Hashable, Codable {
  /// How much a reward one position later is worth, in `0...1`.
  public var discount: Double
  /// How far rewards are believed over values, in `0...1`; `nil` for the discounted sum of rewards
  /// without a critic.
  public var lambda: Double?

  /// OpenRLHF's estimator, before its whitening (``Whitening/openRLHF``).
  public init(discount: Double = 1, lambda: Double?) {
    precondition((0...1).contains(discount), "discount must lie in 0...1, got \(discount)")
    precondition(
      (0...1).contains(lambda ?? 1), "lambda must lie in 0...1, got \(lambda ?? 1)")
    self.discount = discount
    self.lambda = lambda
  }

  /// Advantages and returns; the same without a critic.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without positions, or without values
  ///   where there is a critic.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    guard let positions = rows.positions else {
      throw .missingInput(estimator: "OpenRLHFGeneralizedAdvantage", input: "positions")
    }
    if lambda != nil && rows.values == nil {
      throw .missingInput(estimator: "OpenRLHFGeneralizedAdvantage", input: "values")
    }
    var advantages = Array(repeating: 0.0, count: rows.tokenCount)
    var returns = advantages
    for row in 0..<rows.rowCount {
      guard let score = rows.scores[row].value else { continue }
      let range = rows.range(ofRow: row)
      var (following, nextValue) = (0.0, 0.0)
      for token in range.reversed() {
        let isLast = token == range.upperBound - 1
        let gap = isLast ? 0 : positions.values[token + 1] - positions.values[token] - 1
        let value = lambda == nil ? 0 : rows.values?.values[token] ?? 0
        let reward = (rows.tokenRewards?.values[token] ?? 0) + (isLast ? score : 0)
        let decay = discount * (lambda ?? 1)
        if gap > 0 {
          // The last of the tokens between sees the next value; the others see nothing but it.
          following = discount * nextValue + decay * following
          for _ in 1..<gap { following *= decay }
          nextValue = 0
        }
        following = reward + discount * nextValue - value + decay * following
        nextValue = value
        advantages[token] = following
        returns[token] = following + value
      }
    }
    return Credit(
      advantages: Ragged(values: advantages, offsets: rows.offsets),
      returns: Ragged(values: returns, offsets: rows.offsets))
  }
}
