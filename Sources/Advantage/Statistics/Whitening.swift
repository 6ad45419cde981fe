/// Brings the numbers of a whole optimiser batch to a common scale.
///
/// What it is given are numbers that count, and no others; it answers with as many.
public protocol Normaliser: Sendable {
  /// The numbers on their new scale, in order.
  ///
  /// - Throws: ``AdvantageError`` when there are too few of them.
  func callAsFunction(_ numbers: [Double]) throws(AdvantageError) -> [Double]
}

/// Shifts and scales numbers to mean 0 and variance 1.
///
///     y = (x - mean) / sqrt(variance + epsilon)
///
/// The statistics are of all counted tokens of the whole optimiser batch, so whiten before cutting
/// it into micro-batches. Numbers that are constant up to rounding become exactly 0. Where epsilon
/// stands is up to the ``Damping``.
///
/// - Source: verl `utils/torch_functional.py` (`masked_whiten`); OpenRLHF
///   `trainer/ppo_utils/experience_maker.py` for ``openRLHF``.
/// - Differs: verl divides the mean by the count plus 1e-8, which moves constant numbers away from
///   0 (``VerlWhitening``).
public struct Whitening: Normaliser, Hashable, Codable {
  /// Degrees of freedom taken from the count in the variance, 0 or 1.
  public var correction: Int
  /// What keeps the division in bounds.
  public var damping: Damping
  /// Whether the mean is added back, so that only the spread changes.
  public var keepsMean: Bool
  /// Numbers are equal when their spread is at most this times the largest magnitude.
  public var tolerance: Double

  /// Whitening with the unbiased variance and 1e-8 under the root, unless told otherwise.
  public init(correction: Int = 1, epsilon: Double = 1e-8) {
    self.init(correction: correction, damping: .underRoot(epsilon))
  }

  /// Whitening from all its parts.
  ///
  /// - Parameters:
  ///   - correction: Degrees of freedom taken from the count in the variance, 0 or 1.
  ///   - damping: What keeps the division in bounds.
  ///   - keepsMean: Whether the mean is added back.
  ///   - tolerance: Relative spread that still counts as none, in `0 ..< 1`.
  public init(
    correction: Int = 1, damping: Damping, keepsMean: Bool = false,
    tolerance: Double = Moments.defaultTolerance
  ) {
    precondition(correction == 0 || correction == 1, "correction must be 0 or 1, got \(correction)")
    damping.validate()
    precondition(tolerance >= 0 && tolerance < 1, "tolerance must lie in 0..<1, got \(tolerance)")
    self.correction = correction
    self.damping = damping
    self.keepsMean = keepsMean
    self.tolerance = tolerance
  }

  /// The population's variance, at least 1e-8: what OpenRLHF does to all tokens of a batch.
  public static let openRLHF = Whitening(correction: 0, damping: .floor(1e-8))

  /// Whitens numbers.
  ///
  /// - Returns: As many numbers as went in; none for none.
  /// - Throws: ``AdvantageError/tooFewTokens(count:needed:)`` when there are numbers, but not more
  ///   than `correction`.
  /// - Complexity: O(n).
  public func callAsFunction(_ numbers: [Double]) throws(AdvantageError) -> [Double] {
    if numbers.isEmpty { return [] }
    let moments = Moments(numbers)
    guard moments.count > correction else {
      throw .tooFewTokens(count: numbers.count, needed: correction + 1)
    }
    let mean = keepsMean ? moments.mean : 0
    if moments.isConstant(within: tolerance) {
      return Array(repeating: mean, count: numbers.count)
    }
    let standardised = moments.standardisation(correction: correction, damping: damping)
    return numbers.map { standardised($0) + mean }
  }
}
