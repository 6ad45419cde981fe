public import Trajectories

/// How far the policy that trains is from the one that drew the tokens.
///
/// With `d = trainer - sampler` per token and `w = exp(d)`, `d` held within ±20 in `w` and `k3`.
/// Where both compute the same numbers for the same tokens, everything is 0 and the sample size is
/// whole. Perplexities and numbers of whole rows are in ``OffPolicyMetrics``.
public struct SamplerDrift: Sendable, Hashable, Codable {
  /// How many tokens were compared.
  public let tokens: Int
  /// Mean of |d|; 0 without tokens.
  public let meanAbsoluteDifference: Double
  /// Largest |d|; 0 without tokens.
  public let maximumAbsoluteDifference: Double
  /// Mean of -d: the k1 estimate of the divergence of sampler from trainer, in nats.
  public let kl: Double
  /// Mean of w - 1 - d: the k3 estimate of the same, never negative.
  public let k3: Double
  /// `mean(w)² / mean(w²)`, the share of the tokens that an importance-weighted mean is worth, in
  /// `(0, 1]`; 1 without tokens.
  public let effectiveSampleSize: Double
}

/// Compares the log-probabilities of the same tokens under trainer and sampler.
///
/// - Parameters:
///   - trainer: Log-probabilities from the learning policy at the weights that sampled.
///   - sampler: Log-probabilities recorded while sampling.
/// - Precondition: both have the same rows.
/// - Complexity: O(N).
public func samplerDrift<Number: BinaryFloatingPoint & Sendable>(
  trainer: Ragged<Number>, sampler: Ragged<Number>
) -> SamplerDrift {
  checkSameRows(trainer, sampler)
  let (trainer, sampler) = (widened(trainer.values), widened(sampler.values))
  var (absolute, maximum, k1, k3, weight, weightSquared) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
  for (trainer, sampler) in zip(trainer, sampler) {
    let difference = trainer - sampler
    let held = difference.clamped(to: logRatioRange)
    let ratio = exponential(held)
    absolute += abs(difference)
    maximum = max(maximum, abs(difference))
    k1 -= difference
    k3 += max(0, ratio - 1 - held)
    weight += ratio
    weightSquared += ratio * ratio
  }
  let count = Double(max(trainer.count, 1))
  return SamplerDrift(
    tokens: trainer.count,
    meanAbsoluteDifference: absolute / count,
    maximumAbsoluteDifference: maximum,
    kl: k1 / count,
    k3: k3 / count,
    effectiveSampleSize: trainer.isEmpty ? 1 : weight * weight / (count * weightSquared))
}
