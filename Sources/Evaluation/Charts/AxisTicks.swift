/// Round numbers along an axis.
struct AxisTicks: Hashable {
  /// The positions, ascending, at least two, evenly spaced.
  let values: [Double]
  /// How many decimals tell them apart.
  let decimals: Int

  /// About `count` round numbers that enclose a range: multiples of 1, 2 or 5 times a power of ten.
  ///
  /// A range of one point is widened: 0 up to 1, others to both sides. Bounds must be finite.
  init(enclosing range: ClosedRange<Double>, count: Int, wholeNumbers: Bool = false) {
    var lower = range.lowerBound
    var upper = range.upperBound
    if upper - lower <= abs(upper) * 1e-9 {
      if upper == 0 || wholeNumbers {
        upper += 1
      } else {
        (lower, upper) = (lower - abs(upper) * 0.1, upper + abs(upper) * 0.1)
      }
    }
    let (step, exponent) = Self.roundStep(
      atLeast: (upper - lower) / Double(max(1, count)), wholeNumbers: wholeNumbers)
    let first = (lower / step + 1e-9).rounded(.down)
    let last = (upper / step - 1e-9).rounded(.up)
    values = (0...max(1, Int(last - first))).map { (first + Double($0)) * step }
    decimals = max(0, -exponent)
  }

  private static func roundStep(
    atLeast rough: Double, wholeNumbers: Bool
  ) -> (step: Double, exponent: Int) {
    var power = 1.0
    var exponent = 0
    while power > rough, exponent > -300 {
      power /= 10
      exponent -= 1
    }
    while power * 10 <= rough {
      power *= 10
      exponent += 1
    }
    if wholeNumbers, exponent < 0 { return (1, 0) }
    for multiple in [1.0, 2, 5] where multiple * power >= rough {
      return (multiple * power, exponent)
    }
    return (10 * power, exponent + 1)
  }

  var range: ClosedRange<Double> { (values.first ?? 0)...(values.last ?? 1) }

  /// A tick's label: fixed decimals, or powers of ten where those would be long.
  func label(_ value: Double) -> String {
    decimals <= 4 ? Figure.fixed(value, decimals: decimals) : Figure.short(value)
  }
}
