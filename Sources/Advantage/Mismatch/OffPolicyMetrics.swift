public import Trajectories

/// How far the policy that trains is from the one that drew whole rows.
///
/// With `d = trainer - sampler` per token, and per row the means `T` of the trainer's and `S` of the
/// sampler's log-probabilities. Rows without tokens take no part.
///
/// - Source: verl `trainer/ppo/rollout_corr_helper.py` (`compute_offpolicy_metrics`).
/// - Differs: A row without tokens counts as a row of perplexity 1 in verl.
public struct OffPolicyMetrics: Sendable, Hashable, Codable {
  /// How many rows were compared.
  public let rows: Int
  /// Mean over rows of `exp(-T)`.
  public let trainerPerplexity: Double
  /// Mean over rows of `exp(-S)`.
  public let samplerPerplexity: Double
  /// Mean over rows of `-T`, in nats.
  public let trainerLogPerplexity: Double
  /// Mean over rows of `-S`, in nats.
  public let samplerLogPerplexity: Double
  /// Mean over rows of `S - T`: positive where the trainer finds the rows less likely.
  public let logPerplexityDifference: Double
  /// Mean over rows of `|S - T|`.
  public let absoluteLogPerplexityDifference: Double
  /// The range of `S - T` over rows.
  public let logPerplexityDifferenceRange: ClosedRange<Double>
  /// Mean over rows of `exp(S - T)`: the inverse of the geometric mean of a row's ratios.
  public let perplexityRatio: Double
  /// Mean over tokens of `-d`: k1 of sampler from trainer, in nats.
  public let kl: Double
  /// Mean over tokens of `exp(d) - 1 - d`, never negative.
  public let k3: Double
  /// Mean over tokens of `exp(d)²`, minus 1.
  public let tokenChiSquared: Double
  /// Mean over rows of `exp(Σ d)²`, minus 1; explodes with length.
  public let rowChiSquared: Double
  /// `mean(w)² / mean(w²)` over tokens of `w = exp(d)`, in `(0, 1]`.
  public let effectiveSampleSize: Double

  /// Compares the log-probabilities of the same tokens; everything is 0 (perplexities, their ratio
  /// and the sample size 1) without tokens.
  ///
  /// Exponents are held within ±20.
  ///
  /// - Parameters:
  ///   - trainer: Log-probabilities from the learning policy.
  ///   - sampler: Log-probabilities recorded while sampling.
  /// - Precondition: both have the same rows.
  /// - Complexity: O(N).
  public init<Number: BinaryFloatingPoint & Sendable>(
    trainer: Ragged<Number>, sampler: Ragged<Number>
  ) {
    checkSameRows(trainer, sampler)
    let (trainer, sampler) = (trainer.widened, sampler.widened)
    var byRow: [(trainer: Double, sampler: Double, logRatio: Double)] = []
    for row in 0..<trainer.rowCount {
      let range = trainer.range(ofRow: row)
      if range.isEmpty { continue }
      let count = Double(range.count)
      let (left, right) = (trainer[row: row].reduce(0, +), sampler[row: row].reduce(0, +))
      byRow.append((left / count, right / count, left - right))
    }
    func held(_ exponent: Double) -> Double { exponential(exponent.clamped(to: logRatioRange)) }
    func mean(_ term: ((trainer: Double, sampler: Double, logRatio: Double)) -> Double) -> Double {
      byRow.reduce(0) { $0 + term($1) } / Double(max(byRow.count, 1))
    }
    let differences = byRow.map { $0.sampler - $0.trainer }
    let drift = samplerDrift(trainer: trainer, sampler: sampler)
    let tokens = zip(trainer.values, sampler.values)
    let squares = tokens.reduce(0.0) { total, token in
      let ratio = held(token.0 - token.1)
      return total + ratio * ratio
    }
    let isEmpty = byRow.isEmpty
    rows = byRow.count
    trainerPerplexity = isEmpty ? 1 : mean { held(-$0.trainer) }
    samplerPerplexity = isEmpty ? 1 : mean { held(-$0.sampler) }
    trainerLogPerplexity = mean { -$0.trainer }
    samplerLogPerplexity = mean { -$0.sampler }
    logPerplexityDifference = mean { $0.sampler - $0.trainer }
    absoluteLogPerplexityDifference = mean { abs($0.sampler - $0.trainer) }
    logPerplexityDifferenceRange = (differences.min() ?? 0)...(differences.max() ?? 0)
    perplexityRatio = isEmpty ? 1 : mean { held($0.sampler - $0.trainer) }
    kl = drift.kl
    k3 = drift.k3
    tokenChiSquared = isEmpty ? 0 : squares / Double(trainer.values.count) - 1
    rowChiSquared =
      isEmpty
      ? 0
      : mean {
        let ratio = held($0.logRatio)
        return ratio * ratio
      } - 1
    effectiveSampleSize = drift.effectiveSampleSize
  }
}
