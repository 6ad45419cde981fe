/// Mean and variance of some numbers, the same whatever order they come in.
///
/// Numbers are sorted before they are added, so permuting them changes no bit.
public struct Moments: Sendable, Hashable {
  /// How many numbers there are.
  public let count: Int
  /// Their mean; 0 when there are none.
  public let mean: Double
  /// Their sum of squared distances to the mean.
  public let sumOfSquares: Double
  /// The smallest; 0 when there are none.
  public let minimum: Double
  /// The largest; 0 when there are none.
  public let maximum: Double

  /// Spread of this share of the largest magnitude is what single-precision rounding leaves in
  /// numbers that should be equal.
  public static let defaultTolerance = 1e-6

  /// The moments of finite numbers.
  ///
  /// - Complexity: O(n log n).
  public init(_ numbers: [Double]) {
    let sorted = numbers.sorted()
    count = sorted.count
    minimum = sorted.first ?? 0
    maximum = sorted.last ?? 0
    // Distances to the smallest number, so that equal numbers have exactly themselves as mean.
    let origin = minimum
    let mean =
      sorted.isEmpty ? 0 : origin + sorted.reduce(0) { $0 + ($1 - origin) } / Double(sorted.count)
    self.mean = mean
    sumOfSquares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }

  /// The variance with `count - correction` in the denominator; `nil` when that is not positive.
  ///
  /// - Parameter correction: Degrees of freedom the mean has used: 1 for the unbiased variance
  ///   (torch's default), 0 for the variance of a population (numpy's).
  public func variance(correction: Int = 1) -> Double? {
    count > correction ? sumOfSquares / Double(count - correction) : nil
  }

  /// Whether all numbers are equal up to rounding.
  ///
  /// They are when their spread is at most `tolerance` times the largest magnitude. No numbers, and
  /// one number, are constant.
  public func isConstant(within tolerance: Double = defaultTolerance) -> Bool {
    maximum - minimum <= tolerance * max(abs(minimum), abs(maximum))
  }
}
