/// What keeps a division by a small standard deviation in bounds, and where it stands.
public enum Damping: Sendable, Hashable, Codable {
  /// Added to the deviation: `sqrt(variance) + epsilon` (GRPO in verl, TRL, SkyRL).
  case besideRoot(Double)
  /// Added to the variance: `sqrt(variance + epsilon)` (whitening in verl).
  case underRoot(Double)
  /// The least variance: `sqrt(max(variance, epsilon))` (whitening in OpenRLHF).
  case floor(Double)

  /// The constant itself.
  public var epsilon: Double {
    switch self {
    case .besideRoot(let epsilon), .underRoot(let epsilon), .floor(let epsilon): epsilon
    }
  }

  /// What to divide by, for numbers that were multiplied by `factor` before their variance was taken.
  @inline(__always)
  func divisor(variance: Double, factor: Double = 1) -> Double {
    switch self {
    case .besideRoot(let epsilon): variance.squareRoot() + epsilon * factor
    case .underRoot(let epsilon): (variance + epsilon * factor * factor).squareRoot()
    case .floor(let epsilon): max(variance, epsilon * factor * factor).squareRoot()
    }
  }

  /// Traps on an epsilon that is negative or not finite.
  func validate() {
    precondition(
      epsilon.isFinite && epsilon >= 0, "epsilon must be finite and not negative, got \(epsilon)")
  }
}
