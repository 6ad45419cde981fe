internal import Trajectories

/// What TRL does that few others do.
///
/// - Source: TRL 1.10 `trainer/grpo_trainer.py` and `trainer/rloo_trainer.py`.
public enum TRL {
  /// The divergence from a reference, corrected for the tokens' having been drawn by the old policy.
  ///
  ///     R = exp(current - old)
  ///     x = reference - current
  ///     l = R (exp(x) - x - 1)
  ///
  /// The gradient flows through the ratio too: `use_bias_correction_kl`. Both exponents are held
  /// within ±20, with gradient 0 outside.
  ///
  /// Diagnostics: `klPenalty`.
  ///
  /// - Source: DeepSeek-V3.2 (arXiv 2512.02556), "unbiased KL estimate"; slime has the same.
  /// - Differs: TRL holds nothing.
  public struct RatioWeightedKL: PolicyObjective, Hashable, Codable {
    /// A penalty of coefficient 1: scale it with `*`.
    public init() {}

    /// Old and reference log-probabilities.
    public var needs: ObjectiveNeeds { [.old, .reference] }

    /// The weighted divergence and its gradient.
    public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
      var result = ObjectiveResult<Double>(unmoved: input)
      guard let old = input.old, let reference = input.reference else { return result }
      input.forEachToken { token, weight in
        let current = input.current.values[token]
        let moved = current - old.values[token]
        let apart = reference.values[token] - current
        let (heldMoved, heldApart) = (
          moved.clamped(to: logRatioRange), apart.clamped(to: logRatioRange)
        )
        let ratio = exponential(heldMoved)
        let divergence = exponential(heldApart) - heldApart - 1
        let byRatio = heldMoved == moved ? divergence : 0
        let byDivergence = heldApart == apart ? 1 - exponential(heldApart) : 0
        result.loss += weight * ratio * divergence
        result.gradients.logProbabilities[token] = weight * ratio * (byRatio + byDivergence)
      }
      result.diagnostics.addSum(.klPenalty, result.loss)
      return result
    }
  }
}
