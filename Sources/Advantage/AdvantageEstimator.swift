public import Trajectories

/// Says what each selected token deserves, given how good whole trajectories were.
///
/// An estimator is a pure function of the rows of a whole optimiser batch. Rows without a score
/// influence nobody else and get 0; their weight in a loss is none (``LossAggregation``).
public protocol AdvantageEstimator: Sendable {
  /// What each token deserves.
  ///
  /// - Parameter rows: All rows of the optimiser batch, not of one micro-batch.
  func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit
}

/// What each selected token deserves.
public struct Credit: Sendable, Hashable {
  /// How much better than expected each token was. `[N]`
  public var advantages: Ragged<Double>
  /// What a critic should have expected before each token, where the estimator says so. `[N]`
  public var returns: Ragged<Double>?

  /// Advantages, with the critic's targets if there are any.
  public init(advantages: Ragged<Double>, returns: Ragged<Double>? = nil) {
    self.advantages = advantages
    self.returns = returns
  }
}

extension AdvantageEstimator {
  /// The advantages alone, in the precision the caller asks for: computed in Double, rounded once.
  public func advantages<Number: BinaryFloatingPoint & Sendable>(
    for rows: ScoredRows, as type: Number.Type = Number.self
  ) throws(AdvantageError) -> Ragged<Number> {
    try credit(for: rows).advantages.rounded()
  }
}
