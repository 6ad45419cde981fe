internal import Trajectories

/// The divergence from a reference at tokens that an older policy drew, corrected for that.
///
///     R = exp(current - old)
///     l = R k
///
/// with `k` an estimate of ``KLPenalty``. In expectation over the old policy it is the divergence of
/// the current one, and so is its gradient, `R (k + k')`, which flows through the ratio too. The
/// log-ratio is held within ±20 before it is exponentiated, with no gradient through the ratio
/// outside.
///
/// Diagnostics: `klPenalty`.
///
/// - Source: DeepSeek-V3.2 (arXiv 2512.02556), "unbiased KL estimate"; checked against TRL
///   (`use_bias_correction_kl`).
public struct UnbiasedKLPenalty: PolicyObjective, Hashable, Codable {
  /// The estimate that is corrected.
  public var penalty: KLPenalty

  /// A penalty of coefficient 1: scale it with `*`.
  public init(_ penalty: KLPenalty = KLPenalty()) { self.penalty = penalty }

  /// Reference and old log-probabilities.
  public var needs: ObjectiveNeeds { [.reference, .old] }

  /// The weighted divergence and its gradient.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let reference = input.reference, let old = input.old else { return result }
    input.forEachToken { token, weight in
      let current = input.current.values[token]
      let estimate = penalty.estimate(current: current, reference: reference.values[token])
      let logRatio = current - old.values[token]
      let held = logRatio.clamped(to: logRatioRange)
      let ratio = exponential(held)
      result.loss += weight * ratio * estimate.value
      result.gradients.logProbabilities[token] =
        weight * ratio * (estimate.slope + (held == logRatio ? estimate.value : 0))
    }
    result.diagnostics.addSum(.klPenalty, result.loss)
    return result
  }
}
