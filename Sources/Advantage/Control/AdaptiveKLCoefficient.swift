/// A penalty coefficient that follows the divergence it is to hold.
///
///     coefficient *= 1 + clip(observed / target - 1, -0.2, 0.2) * rollouts / horizon
///
/// - Source: arXiv 1909.08593, section 2.2; checked against verl `AdaptiveKLController`.
public struct AdaptiveKLCoefficient: Sendable, Hashable, Codable {
  /// The coefficient now.
  public private(set) var value: Double
  /// The divergence to hold, in nats per token.
  public let target: Double
  /// After about how many rollouts the coefficient may have changed by 20 %.
  public let horizon: Double

  /// A coefficient that starts somewhere.
  ///
  /// - Precondition: `target` and `horizon` are positive, `value` is not negative.
  public init(startingAt value: Double, target: Double, horizon: Double) {
    precondition(
      value >= 0 && target > 0 && horizon > 0,
      "an adaptive coefficient needs a start of at least 0 and a positive target and horizon, got \(value), \(target), \(horizon)"
    )
    self.value = value
    self.target = target
    self.horizon = horizon
  }

  /// Follows the divergence seen over some rollouts.
  ///
  /// One that is not finite changes nothing.
  public mutating func observe(_ divergence: Double, over rollouts: Int) {
    guard divergence.isFinite else { return }
    let error = (divergence / target - 1).clamped(to: -0.2...0.2)
    value *= max(0, 1 + error * Double(rollouts) / horizon)
  }
}
