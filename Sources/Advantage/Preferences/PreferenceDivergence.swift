extension PreferenceLoss {
  /// What a log-ratio `x` of a completion is worth.
  ///
  /// - Source: arXiv 2309.16240 (f-DPO); checked against TRL.
  public enum Divergence: Sendable, Hashable, Codable {
    /// `x`: DPO.
    case reverseKL
    /// `-exp(-x)`
    case forwardKL
    /// `log sigmoid(x)`
    case jensenShannon
    /// `exp((alpha - 1) x) / (alpha - 1)`; ``reverseKL`` where alpha is within 1e-6 of 1.
    case alpha(Double)

    /// The worth of a log-ratio, and its derivative.
    func score(_ x: Double) -> Slope {
      switch self {
      case .reverseKL: return Slope(value: x, slope: 1)
      case .forwardKL:
        let power = Power(-x)
        return Slope(value: -power.value, slope: power.slope)
      case .jensenShannon:
        return Slope(value: Logistic.logSigmoid(x), slope: Logistic.sigmoid(-x))
      case .alpha(let alpha):
        if abs(alpha - 1) < 1e-6 { return Slope(value: x, slope: 1) }
        let power = Power((alpha - 1) * x)
        return Slope(value: power.value / (alpha - 1), slope: power.slope)
      }
    }
  }
}

/// A number and its derivative.
struct Slope {
  var value: Double
  var slope: Double
}

/// e to a number that is held at 80, where its derivative ends.
struct Power {
  let value: Double
  let slope: Double

  init(_ exponent: Double) {
    value = exponential(min(exponent, 80))
    slope = exponent > 80 ? 0 : value
  }
}
