internal import Trajectories

/// OpenRLHF's estimate of the divergence: every estimator is held within ±10, with gradient 0
/// beyond.
///
/// Diagnostics: `klPenalty`.
///
/// - Source: OpenRLHF `models/utils.py` (`compute_approx_kl`).
/// - Differs: The original exponentiates k3 without a bound, so its gradient is NaN where the
///   exponential overflows; here it is 0. It computes in single precision.
public struct OpenRLHFKLPenalty: PolicyObjective, Hashable, Codable {
  /// How the divergence is estimated.
  public var estimator: KLPenalty.Estimator

  /// A penalty of coefficient 1: scale it with `*`.
  public init(_ estimator: KLPenalty.Estimator = .k1) { self.estimator = estimator }

  /// Reference log-probabilities.
  public var needs: ObjectiveNeeds { .reference }

  /// The weighted divergence and its gradient.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let reference = input.reference else { return result }
    let penalty = KLPenalty(estimator, maximum: nil)
    input.forEachToken { token, weight in
      let estimate = penalty.estimate(
        current: input.current.values[token], reference: reference.values[token])
      let inside = (-10.0...10).contains(estimate.value)
      result.loss += weight * estimate.value.clamped(to: -10...10)
      result.gradients.logProbabilities[token] = inside ? weight * estimate.slope : 0
    }
    result.diagnostics.addSum(.klPenalty, result.loss)
    return result
  }
}
