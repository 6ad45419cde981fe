/// The largest share of its permitted error that a result uses; infinite for NaN.
struct WorstError {
  private(set) var share = 0.0

  mutating func add(_ found: Float, _ expected: Double, permitted: Double) {
    let error = abs(Double(found) - expected)
    let next = error == 0 ? 0 : error / permitted
    share = next.isNaN ? .infinity : max(share, next)
  }
}

/// Half a unit in the last place of a `Float` near 1.
let roundoff = 0x1p-24
