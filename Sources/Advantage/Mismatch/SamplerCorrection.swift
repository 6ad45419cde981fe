public import Trajectories

/// How tokens are weighed when the policy that drew them differs from the one that trains.
///
///     w = exp(trainer - sampler)
///
/// The log-ratio, of a token or of a row, is held within ±20. Weights are constants of the loss: no
/// gradient flows through them.
///
/// Corrections combine: a token weight for rows that did not drift as a whole is
///
///     .product([.truncated(at: 2), .rejecting(DivergenceRejection(.ratio(in: 0.99...1.01, of: .rowMean)))])
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
    /// A whole row: the geometric mean over its selected tokens.
    case geometric
  }

  /// All weights are 1.
  case none
  /// Truncated importance sampling: weights above `limit` become it.
  case truncated(at: Double, level: Level = .token)
  /// Weights outside the range become its nearer end.
  case clamped(to: ClosedRange<Double>, level: Level = .token)
  /// Weights outside the range become 0: IcePop.
  case masked(in: ClosedRange<Double>, level: Level = .token)
  /// Weight 0 for what is rejected, 1 for the rest.
  case rejecting(DivergenceRejection)
  /// The product of several corrections.
  case product([SamplerCorrection])

  /// The weight of each token, and whether it was limited.
  ///
  /// - Precondition: both have the same rows.
  /// - Complexity: O(N).
  public func weights(
    trainer: Ragged<Double>, sampler: Ragged<Double>
  ) -> (factors: Ragged<Double>, limited: [Bool]) {
    checkSameRows(trainer, sampler)
    let count = trainer.values.count
    switch self {
    case .none:
      return (
        trainer.with(Array(repeating: 1, count: count)), Array(repeating: false, count: count)
      )
    case .truncated(let limit, let level):
      return limited(trainer, sampler, level) { $0 > limit ? (limit, true) : ($0, false) }
    case .clamped(let range, let level):
      return limited(trainer, sampler, level) { ($0.clamped(to: range), !range.contains($0)) }
    case .masked(let range, let level):
      return limited(trainer, sampler, level) { range.contains($0) ? ($0, false) : (0, true) }
    case .rejecting(let rejection):
      let kept = rejection.kept(trainer: trainer, sampler: sampler)
      return (kept.with(kept.values.map { $0 ? 1 : 0 }), kept.values.map { !$0 })
    case .product(let corrections):
      var product = SamplerCorrection.none.weights(trainer: trainer, sampler: sampler)
      for correction in corrections {
        let next = correction.weights(trainer: trainer, sampler: sampler)
        for token in 0..<count {
          product.factors.values[token] *= next.factors.values[token]
          product.limited[token] = product.limited[token] || next.limited[token]
        }
      }
      return product
    }
  }

  /// The ratio of each token, by its level, after a limit.
  private func limited(
    _ trainer: Ragged<Double>, _ sampler: Ragged<Double>, _ level: Level,
    _ limit: (Double) -> (Double, Bool)
  ) -> (factors: Ragged<Double>, limited: [Bool]) {
    var factors = trainer.values
    var limited = Array(repeating: false, count: factors.count)
    for row in 0..<trainer.rowCount {
      let range = trainer.range(ofRow: row)
      if level == .token {
        for token in range {
          (factors[token], limited[token]) = limit(
            ratio(trainer.values[token] - sampler.values[token]))
        }
      } else if !range.isEmpty {
        let sum = range.reduce(0.0) { $0 + (trainer.values[$1] - sampler.values[$1]) }
        let weight = limit(ratio(level == .sequence ? sum : sum / Double(range.count)))
        for token in range { (factors[token], limited[token]) = weight }
      }
    }
    return (trainer.with(factors), limited)
  }

  private func ratio(_ logRatio: Double) -> Double {
    exponential(logRatio.clamped(to: logRatioRange))
  }
}

/// Traps where numbers of trainer and sampler don't belong together.
func checkSameRows<Number>(_ trainer: Ragged<Number>, _ sampler: Ragged<Number>) {
  precondition(
    trainer.offsets == sampler.offsets,
    "\(trainer.values.count) trainer log-probabilities came with \(sampler.values.count) of the sampler"
  )
}
