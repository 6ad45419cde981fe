/// Shifts and scales numbers to mean 0 and variance 1.
///
///     y = (x - mean) / sqrt(variance + epsilon)
///
/// The statistics are of all counted tokens of the whole optimiser batch, so whiten before cutting
/// it into micro-batches. Numbers that are constant up to rounding become exactly 0.
///
/// - Source: verl `utils/torch_functional.py` (`masked_whiten`).
public struct Whitening: Sendable, Hashable, Codable {
  /// Degrees of freedom taken from the count in the variance, 0 or 1.
  public var correction: Int
  /// What is added to the variance, under the root.
  public var epsilon: Double

  /// Whitening with the unbiased variance and 1e-8 under the root, unless told otherwise.
  public init(correction: Int = 1, epsilon: Double = 1e-8) {
    precondition(correction == 0 || correction == 1, "correction must be 0 or 1, got \(correction)")
    precondition(epsilon >= 0, "epsilon can't be negative, got \(epsilon)")
    self.correction = correction
    self.epsilon = epsilon
  }

  /// Whitens numbers.
  ///
  /// - Returns: As many numbers as went in; none for none.
  /// - Throws: ``AdvantageError/tooFewTokens(count:needed:)`` when there are numbers, but not more
  ///   than `correction`.
  /// - Complexity: O(n log n).
  public func callAsFunction(_ numbers: [Double]) throws(AdvantageError) -> [Double] {
    if numbers.isEmpty { return [] }
    let moments = Moments(numbers)
    guard let variance = moments.variance(correction: correction) else {
      throw .tooFewTokens(count: numbers.count, needed: correction + 1)
    }
    if moments.isConstant() { return Array(repeating: 0, count: numbers.count) }
    let scale = 1 / (variance + epsilon).squareRoot()
    return numbers.map { ($0 - moments.mean) * scale }
  }
}
