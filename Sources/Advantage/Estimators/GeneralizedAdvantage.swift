internal import Trajectories

/// Generalized advantage estimation from a critic's values.
///
///     delta[t] = r[t] + gamma V[t+1] - V[t]
///     A[t]     = delta[t] + gamma lambda A[t+1]
///     G[t]     = A[t] + V[t]
///
/// `t` runs over a row's selected tokens only. What the environment wrote between two of them costs
/// no discount and has no value, so inserting it changes nothing. `r` is the row's token rewards, if
/// it has any, plus the row's score on its last selected token. After the last token `V` is 0 for a
/// terminated row and the bootstrap value for a truncated one. Each branch of a rollout is a row of
/// its own and ends with the rollout's score.
///
/// The returns `G` are the critic's targets and are never whitened.
///
/// - Source: arXiv 1506.02438; checked against verl `trainer/ppo/core_algos.py`.
/// - Differs: verl has no bootstrap value for truncated rows.
public struct GeneralizedAdvantage: AdvantageEstimator, Hashable, Codable {
  /// How much a reward one selected token later is worth, in `0...1`.
  public var discount: Double
  /// How far rewards are believed over values: 0 looks one token ahead, 1 to the end.
  public var lambda: Double
  /// How the advantages of the batch are normalised; `nil` leaves them.
  public var whitening: Whitening?

  /// An estimator; without discount, to the end and whitened unless told otherwise.
  ///
  /// - Parameters:
  ///   - discount: The discount γ per selected token, in `0...1`.
  ///   - lambda: The trace λ, in `0...1`.
  ///   - whitening: How the advantages of the batch are normalised; `nil` leaves them.
  public init(
    discount: Double = 1, lambda: Double = 1, whitening: Whitening? = Whitening()
  ) {
    precondition((0...1).contains(discount), "discount must lie in 0...1, got \(discount)")
    precondition((0...1).contains(lambda), "lambda must lie in 0...1, got \(lambda)")
    self.discount = discount
    self.lambda = lambda
    self.whitening = whitening
  }

  /// Advantages, and the returns a critic should learn.
  ///
  /// Rows without a score get 0 in both and take no part in the whitening.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without values,
  ///   ``AdvantageError/nonFiniteInput(input:row:token:)``, or
  ///   ``AdvantageError/tooFewTokens(count:needed:)`` from the whitening.
  /// - Complexity: O(N).
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    let lambda = lambda
    var (advantages, returns) = try TemporalDifference(discount: discount, lambda: { _ in lambda })(
      rows, for: "GeneralizedAdvantage")
    if let whitening { advantages = try rows.normalised(advantages, by: whitening) }
    return Credit(
      advantages: Ragged(values: advantages, offsets: rows.offsets),
      returns: Ragged(values: returns, offsets: rows.offsets))
  }
}
