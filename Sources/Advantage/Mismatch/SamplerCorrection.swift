public import Trajectories

/// How tokens are weighed when the policy that drew them differs from the one that trains.
///
///     w = exp(trainer - sampler)
///
/// The log-ratio, per token or summed over a row, is held within ±20. Weights are constants of the
/// loss: no gradient flows through them.
///
/// - Source: "Your efficient RL framework secretly brings you off-policy RL training" (Yao et al.
///   2025) for truncation, IcePop (Ling team 2025) for masking; checked against verl
///   `trainer/ppo/rollout_corr_helper.py`.
public enum SamplerCorrection: Sendable, Hashable, Codable {
  /// What one weight is for.
  public enum Level: String, Sendable, Hashable, Codable, CaseIterable {
    /// Each token.
    case token
    /// A whole row: the product over its selected tokens. Explodes with length.
    case sequence
  }

  /// All weights are 1.
  case none
  /// Truncated importance sampling: weights above `limit` become it.
  case truncated(at: Double, level: Level = .token)
  /// Weights outside the range become 0.
  case masked(in: ClosedRange<Double>, level: Level = .token)

  /// The weight of each token, and whether it was limited.
  ///
  /// - Precondition: both have the same rows.
  public func weights(
    trainer: Ragged<Double>, sampler: Ragged<Double>
  ) -> (factors: Ragged<Double>, limited: [Bool]) {
    precondition(
      trainer.offsets == sampler.offsets,
      "\(trainer.values.count) trainer log-probabilities came with \(sampler.values.count) of the sampler"
    )
    let count = trainer.values.count
    var factors = Array(repeating: 1.0, count: count)
    var limited = Array(repeating: false, count: count)
    for row in 0..<trainer.rowCount {
      let range = trainer.range(ofRow: row)
      var rowSum = 0.0
      if level == .sequence {
        for token in range { rowSum += trainer.values[token] - sampler.values[token] }
      }
      for token in range {
        let logRatio =
          level == .sequence ? rowSum : trainer.values[token] - sampler.values[token]
        let weight = exponential(logRatio.clamped(to: logRatioRange))
        (factors[token], limited[token]) = limit(weight)
      }
    }
    return (Ragged(values: factors, offsets: trainer.offsets), limited)
  }

  private var level: Level {
    switch self {
    case .none: .token
    case .truncated(_, let level), .masked(_, let level): level
    }
  }

  private func limit(_ weight: Double) -> (Double, Bool) {
    switch self {
    case .none: (1, false)
    case .truncated(let limit, _): weight > limit ? (limit, true) : (weight, false)
    case .masked(let range, _): range.contains(weight) ? (weight, false) : (0, true)
    }
  }
}
