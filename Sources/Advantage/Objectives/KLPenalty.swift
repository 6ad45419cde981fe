public import Trajectories

/// The divergence of the current policy from a reference, estimated per token and added to the loss.
///
/// With `x = reference - current`:
///
///     k1        -x
///     absolute  |x|
///     k2        x² / 2
///     k3        exp(x) - x - 1, with x held within ±20
///
/// In expectation over the current policy, k1 and k3 are the divergence, but the gradient of k1 is
/// then 0 and k3's is that of the other direction. ``Gradient/square`` keeps the value and takes the
/// gradient of k2, whose expectation is the divergence's own.
///
/// Where tokens were drawn by an older policy, ``UnbiasedKLPenalty`` corrects for that. The exact
/// divergence over the vocabulary is ``CategoricalLogits/divergences(from:)``.
///
/// Diagnostics: `klPenalty`.
///
/// - Source: J. Schulman, "Approximating KL divergence" (2020); checked against verl
///   `trainer/ppo/core_algos.py` (`kl_penalty`), where `square` is written `k1+`, `k3+`.
/// - Differs: OpenRLHF clamps k1 and k2 to ±10 (``OpenRLHFKLPenalty``), TRL clamps nothing.
public struct KLPenalty: PolicyObjective, Hashable, Codable {
  /// How the divergence is estimated at one token.
  public enum Estimator: String, Sendable, Hashable, Codable, CaseIterable {
    /// Current minus reference.
    case k1
    /// Its magnitude.
    case absolute
    /// Half its square.
    case k2
    /// Never negative and of small variance; also called `low_var_kl`.
    case k3
  }

  /// Whose gradient is used.
  public enum Gradient: String, Sendable, Hashable, Codable, CaseIterable {
    /// The estimator's own.
    case own
    /// That of k2.
    case square
  }

  /// How the divergence is estimated.
  public var estimator: Estimator
  /// Whose gradient is used.
  public var gradient: Gradient
  /// The most that k3 may cost at one token, `nil` for no end.
  ///
  /// Beyond it k3's own gradient is 0.
  public var maximum: Double?

  /// A penalty of coefficient 1: scale it with `*`.
  ///
  /// - Parameters:
  ///   - estimator: How the divergence is estimated; k3 unless told otherwise.
  ///   - gradient: Whose gradient is used.
  ///   - maximum: The most that k3 may cost at one token, positive; 10 as in verl.
  public init(
    _ estimator: Estimator = .k3, gradient: Gradient = .own, maximum: Double? = 10
  ) {
    precondition(maximum.map { $0 > 0 } ?? true, "the maximum must be positive")
    self.estimator = estimator
    self.gradient = gradient
    self.maximum = maximum
  }

  /// Reference log-probabilities.
  public var needs: ObjectiveNeeds { .reference }

  /// The weighted divergence and its gradient.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let reference = input.reference else { return result }
    input.forEachToken { token, weight in
      let estimate = estimate(
        current: input.current.values[token], reference: reference.values[token])
      result.loss += weight * estimate.value
      result.gradients.logProbabilities[token] = weight * estimate.slope
    }
    result.diagnostics.addSum(.klPenalty, result.loss)
    return result
  }

  /// The estimate at each token: what a divergence in the reward takes away, times a coefficient.
  ///
  ///     rows.tokenRewards = kl.with(kl.values.map { -coefficient * $0 })
  ///
  /// - Precondition: both have the same rows.
  /// - Complexity: O(N).
  public func estimates<Number: BinaryFloatingPoint & Sendable>(
    current: Ragged<Number>, reference: Ragged<Number>
  ) -> Ragged<Double> {
    precondition(
      current.offsets == reference.offsets,
      "\(current.values.count) log-probabilities came with \(reference.values.count) of the reference"
    )
    return current.with(
      zip(widened(current.values), widened(reference.values)).map {
        estimate(current: $0, reference: $1).value
      })
  }

  /// The estimate at one token and its derivative by the current log-probability.
  func estimate(current: Double, reference: Double) -> Slope {
    let x = reference - current
    var estimate: Slope
    switch estimator {
    case .k1: estimate = Slope(value: -x, slope: 1)
    case .absolute: estimate = Slope(value: abs(x), slope: x == 0 ? 0 : x < 0 ? 1 : -1)
    case .k2: estimate = Slope(value: x * x / 2, slope: -x)
    case .k3:
      let held = x.clamped(to: logRatioRange)
      estimate = Slope(
        value: exponential(held) - held - 1, slope: held == x ? 1 - exponential(held) : 0)
      if let maximum, estimate.value > maximum { estimate = Slope(value: maximum, slope: 0) }
    }
    if gradient == .square { estimate.slope = -x }
    return estimate
  }
}
