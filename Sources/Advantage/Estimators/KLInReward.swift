public import Trajectories

/// Charges each token for its divergence from a reference, inside the reward.
///
///     r[t] -= coefficient * kl[t]
///
/// With an estimator that reads token rewards, every later divergence then lowers what earlier
/// tokens deserve. The other way is ``KLPenalty``, inside the loss.
///
/// - Source: arXiv 1909.08593; checked against verl `trainer/ppo/ray_trainer.py`
///   (`apply_kl_penalty`) and OpenRLHF `models/utils.py` (`compute_reward`).
/// - Differs: a token that is not selected is not charged; OpenRLHF charges padding too, where it
///   does no harm.
public struct KLInReward: Sendable, Hashable, Codable {
  /// What a nat costs.
  public var coefficient: Double
  /// How the divergence is estimated.
  public var estimator: KLPenalty.Estimator
  /// The most that k3 may come to at one token, `nil` for no end.
  public var maximum: Double?

  /// A charge.
  ///
  /// - Parameters:
  ///   - coefficient: What a nat costs, not negative.
  ///   - estimator: How the divergence is estimated; k1, whose mean is the divergence itself, unless
  ///     told otherwise.
  ///   - maximum: The most that k3 may come to at one token; 10 as in verl.
  public init(
    coefficient: Double, estimator: KLPenalty.Estimator = .k1, maximum: Double? = 10
  ) {
    precondition(
      coefficient.isFinite && coefficient >= 0,
      "the coefficient can't be negative, got \(coefficient)")
    self.coefficient = coefficient
    self.estimator = estimator
    self.maximum = maximum
  }

  /// The divergence at each token. `[N]`
  ///
  /// - Parameters:
  ///   - old: Log-probabilities under the policy that sampled. `[N]`
  ///   - reference: Log-probabilities under the reference. `[N]`
  /// - Precondition: both have the same rows.
  public func divergences(old: Ragged<Double>, reference: Ragged<Double>) -> Ragged<Double> {
    precondition(
      old.offsets == reference.offsets,
      "\(old.values.count) old log-probabilities came with \(reference.values.count) of the reference"
    )
    return old.with(zip(old.values, reference.values).map { divergence($1 - $0) })
  }

  /// Charges the rows' token rewards, on top of those they have.
  ///
  /// - Parameter divergences: One per selected token. `[N]`
  /// - Returns: The mean over rows with tokens of their mean divergence, for an
  ///   ``AdaptiveKLCoefficient``; 0 without any.
  /// - Throws: ``AdvantageError/nonFiniteInput(input:row:token:)`` for a divergence that is not
  ///   finite, in a row with a score.
  @discardableResult
  public func charge(
    _ divergences: Ragged<Double>, to rows: inout ScoredRows
  ) throws(AdvantageError) -> Double {
    precondition(
      divergences.offsets == rows.offsets,
      "\(divergences.values.count) divergences don't fit \(rows.tokenCount) tokens")
    var rewards = rows.tokenRewards?.values ?? Array(repeating: 0, count: rows.tokenCount)
    var means: [Double] = []
    for row in 0..<rows.rowCount where rows.scores[row].value != nil {
      let range = rows.range(ofRow: row)
      for token in range {
        guard divergences.values[token].isFinite else {
          throw .nonFiniteInput(input: "divergences", row: row, token: token - range.lowerBound)
        }
        rewards[token] -= coefficient * divergences.values[token]
      }
      if !range.isEmpty { means.append(Moments(Array(divergences.values[range])).mean) }
    }
    rows.tokenRewards = Ragged(values: rewards, offsets: rows.offsets)
    return Moments(means).mean
  }

  /// The estimate for reference minus current.
  private func divergence(_ x: Double) -> Double {
    switch estimator {
    case .k1: return -x
    case .absolute: return abs(x)
    case .k2: return x * x / 2
    case .k3:
      let held = x.clamped(to: logRatioRange)
      let value = exponential(held) - held - 1
      return min(value, maximum ?? value)
    }
  }
}
