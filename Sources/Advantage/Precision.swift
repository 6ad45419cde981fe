internal import Trajectories

// Everything here is computed in Double. Float inputs are widened, which is exact, and results are
// rounded once on the way out, so a Float result is the Double result for the same inputs, rounded.

@specialized(where Number == Float)
@specialized(where Number == Double)
func widened<Number: BinaryFloatingPoint & Sendable>(_ values: [Number]) -> [Double] {
  if let already = values as? [Double] { return already }
  return values.map { Double($0) }
}

@specialized(where Number == Float)
@specialized(where Number == Double)
func rounded<Number: BinaryFloatingPoint & Sendable>(_ values: [Double]) -> [Number] {
  if let already = values as? [Number] { return already }
  return values.map { Number($0) }
}

extension Ragged where Element: BinaryFloatingPoint {
  /// The same rows in Double.
  var widened: Ragged<Double> { with(Advantage.widened(values)) }
}

extension Ragged where Element == Double {
  /// The same rows in another precision.
  func rounded<Number: BinaryFloatingPoint & Sendable>() -> Ragged<Number> {
    with(Advantage.rounded(values))
  }
}
