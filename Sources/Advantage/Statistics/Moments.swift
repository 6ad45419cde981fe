public import Trajectories

/// Mean and variance of some numbers, the same whatever order they come in.
///
/// Two passes, and sums that do not depend on the order of their terms: permuting the numbers
/// changes no bit, and the mean of a million numbers is as good as that of two.
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

  // Numbers are looked at as `x * factor - origin`, which lies in 0...1, so that no square of a
  // distance leaves the range of Double. The factor is a power of two.
  private let factor: Double
  private let origin: Double
  private let innerMean: Double
  private let innerSquares: Double

  /// Spread of this share of the largest magnitude is what single-precision rounding leaves in
  /// numbers that should be equal.
  public static let defaultTolerance = 1e-6

  /// The moments of finite numbers.
  ///
  /// - Complexity: O(n).
  public init(_ numbers: [Double]) {
    self = numbers.withUnsafeBufferPointer { Moments($0) }
  }

  /// The moments of finite numbers that somebody else holds.
  init(_ numbers: UnsafeBufferPointer<Double>) {
    count = numbers.count
    guard let first = numbers.first else {
      (minimum, maximum, mean, sumOfSquares) = (0, 0, 0, 0)
      (factor, origin, innerMean, innerSquares) = (1, 0, 0, 0)
      return
    }
    let (minimum, maximum) = Self.range(of: numbers, first: first)
    (self.minimum, self.maximum) = (minimum, maximum)
    guard maximum > minimum else {
      (mean, sumOfSquares) = (minimum, 0)
      (factor, origin, innerMean, innerSquares) = (1, minimum, 0, 0)
      return
    }
    let exponent = min(max((maximum / 2 - minimum / 2).exponent, -1002), 1021) + 2
    let (factor, inverse) = (Double(powerOfTwo: -exponent), Double(powerOfTwo: exponent))
    // Distances to the smallest number, so that equal numbers have exactly themselves as mean.
    let origin = minimum * factor
    let sum = OrderFreeSum(count: numbers.count)
    let mean = sum(of: numbers) { $0 * factor - origin } / Double(count)
    let squares = sum(of: numbers) {
      let distances = $0 * factor - origin - mean
      return distances * distances
    }
    (self.factor, self.origin, innerMean, innerSquares) = (factor, origin, mean, squares)
    self.mean = minimum + mean * inverse
    sumOfSquares = squares * inverse * inverse
  }

  /// The sum of the numbers.
  public var sum: Double { mean * Double(count) }

  /// The variance with `count - correction` in the denominator; `nil` when that is not positive.
  ///
  /// - Parameter correction: Degrees of freedom the mean has used: 1 for the unbiased variance
  ///   (torch's default), 0 for the variance of a population (numpy's).
  public func variance(correction: Int = 1) -> Double? {
    count > correction ? sumOfSquares / Double(count - correction) : nil
  }

  /// The root of ``variance(correction:)``.
  public func deviation(correction: Int = 1) -> Double? {
    count > correction
      ? (innerSquares / Double(count - correction)).squareRoot() / factor : nil
  }

  /// Whether all numbers are equal up to rounding.
  ///
  /// They are when their spread is at most `tolerance` times the largest magnitude. No numbers, and
  /// one number, are constant.
  public func isConstant(within tolerance: Double = defaultTolerance) -> Bool {
    maximum - minimum <= tolerance * max(abs(minimum), abs(maximum))
  }

  /// The mean of the same numbers when each counts as often as its weight says.
  ///
  /// - Parameter weights: Whole numbers, one for each, so that their own sum is exact; the plain mean
  ///   if all are 0.
  func weightedMean(
    of numbers: UnsafeBufferPointer<Double>, by weights: UnsafeBufferPointer<Double>
  ) -> Double {
    let total = weights.reduce(0, +)
    guard total > 0 else { return mean }
    let shares = zip(numbers, weights).map { ($0 * factor - origin) * ($1 / total) }
    let inner = shares.withUnsafeBufferPointer { OrderFreeSum(count: count)(of: $0) { $0 } }
    return minimum + inner / factor
  }

  private static func range(
    of numbers: UnsafeBufferPointer<Double>, first: Double
  ) -> (minimum: Double, maximum: Double) {
    let count = numbers.count
    guard count >= 4, let raw = UnsafeRawPointer(numbers.baseAddress) else {
      return numbers.reduce((first, first)) { (min($0.0, $1), max($0.1, $1)) }
    }
    var (low, high) = (SIMD4(repeating: first), SIMD4(repeating: first))
    for index in stride(from: 0, to: count, by: 4) {
      // The last four may have been seen in part, which changes nothing.
      let place = min(index, count - 4) * 8
      let lanes = raw.loadUnaligned(fromByteOffset: place, as: SIMD4<Double>.self)
      low.replace(with: lanes, where: lanes .< low)
      high.replace(with: lanes, where: lanes .> high)
    }
    return (
      min(min(low[0], low[1]), min(low[2], low[3])),
      max(max(high[0], high[1]), max(high[2], high[3]))
    )
  }

  /// How a number is turned into its distance from the mean in damped deviations.
  ///
  /// Nothing overflows on the way, so a finite number never gives NaN. A divisor of 0 gives 0.
  func standardisation(correction: Int, damping: Damping) -> Standardisation {
    let degrees = count - correction
    let divisor = damping.divisor(
      variance: degrees > 0 ? innerSquares / Double(degrees) : 0, factor: factor)
    return Standardisation(
      factor: factor, offset: origin + innerMean, scale: divisor > 0 ? 1 / divisor : 0)
  }
}

/// `(x * factor - offset) * scale`.
struct Standardisation {
  let factor: Double
  let offset: Double
  let scale: Double

  @inline(__always)
  func callAsFunction(_ number: Double) -> Double { (number * factor - offset) * scale }
}

extension Ragged where Element == Double {
  /// The moments of each row. `[B]`
  ///
  /// - Complexity: O(N).
  public var rowMoments: [Moments] {
    values.withUnsafeBufferPointer { values in
      (0..<rowCount).map { Moments(UnsafeBufferPointer(rebasing: values[range(ofRow: $0)])) }
    }
  }
}
