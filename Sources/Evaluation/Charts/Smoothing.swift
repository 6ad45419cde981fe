/// A running mean that forgets, so that a noisy curve shows its course.
///
///     α = 1 − 2^(−1/halfLife)
///     s_t = (1 − α) s_{t−1} + α x_t,  s_0 = 0
///     smoothed_t = s_t / (1 − (1 − α)^t)
///
/// The division makes up for the start at 0, so the first value is itself and equal values stay
/// equal. Values that are not finite are left out: they neither count nor get a smoothed value.
///
/// - Parameters:
///   - values: The curve.
///   - halfLife: After how many values one weighs half as much; 0 leaves the curve as it is.
/// - Returns: One number a value, `nil` for those that are not finite.
func smoothed(_ values: [Double], halfLife: Double) -> [Double?] {
  guard halfLife > 0 else { return values.map { $0.isFinite ? $0 : nil } }
  let keep = 1 / power(ofTwo: 1 / halfLife)
  var mean = 0.0
  var weight = 0.0
  return values.map { value in
    guard value.isFinite else { return nil }
    mean = keep * mean + (1 - keep) * value
    weight = keep * weight + (1 - keep)
    return mean / weight
  }
}

/// `2^x` for `x ≥ 0` by the series of `e^(x ln 2)`, so that no mathematics library is needed.
private func power(ofTwo exponent: Double) -> Double {
  let whole = exponent.rounded(.down)
  let argument = (exponent - whole) * 0.693147180559945309417
  var term = 1.0
  var sum = 1.0
  for index in 1...20 {
    term *= argument / Double(index)
    sum += term
  }
  return Double(sign: .plus, exponent: Int(whole), significand: sum)
}
