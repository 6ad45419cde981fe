public import Trajectories

/// What the weights of a whole optimiser batch look like, and how they are brought to mean 1.
///
/// Weights are constants, and surrogates are proportional to the advantage, so weights that were
/// made for a whole batch enter any surrogate through ``applied(to:)``.
public struct CorrectionWeights: Sendable, Hashable {
  /// One weight per token. `[N]`
  public private(set) var factors: Ragged<Double>

  /// Weights from anywhere.
  ///
  /// - Precondition: all are finite and not negative.
  public init(_ factors: Ragged<Double>) {
    precondition(
      factors.values.allSatisfy { $0.isFinite && $0 >= 0 }, "weights are finite and not negative")
    self.factors = factors
  }

  /// The weights that a correction gives.
  ///
  /// - Precondition: both have the same rows.
  public init<Number: BinaryFloatingPoint & Sendable>(
    _ correction: SamplerCorrection, trainer: Ragged<Number>, sampler: Ragged<Number>
  ) {
    self.init(correction.weights(trainer: trainer.widened, sampler: sampler.widened).factors)
  }

  /// The same weights divided by their mean, so that they change directions and not the step's size.
  ///
  ///     token   mean over tokens
  ///     rows    mean over rows with tokens of each row's mean
  ///
  /// Unchanged where the mean is at most 1e-8.
  ///
  /// - Parameter level: Over what the mean is; both kinds of row weights mean rows.
  /// - Source: verl `rollout_is_batch_normalize`.
  public func normalised(_ level: SamplerCorrection.Level) -> CorrectionWeights {
    let mean = level == .token ? self.mean : Self.mean(of: rowMeans)
    guard mean > 1e-8 else { return self }
    var result = self
    for token in result.factors.values.indices { result.factors.values[token] /= mean }
    return result
  }

  /// Each advantage times its weight.
  ///
  /// - Precondition: both have the same rows.
  public func applied<Number: BinaryFloatingPoint & Sendable>(
    to advantages: Ragged<Number>
  ) -> Ragged<Number> {
    precondition(
      advantages.offsets == factors.offsets,
      "\(advantages.values.count) advantages came with \(factors.values.count) weights")
    return advantages.with(zip(advantages.values, factors.values).map { $0 * Number($1) })
  }

  /// Mean over tokens; 1 without tokens.
  public var mean: Double { factors.values.isEmpty ? 1 : Self.mean(of: factors.values) }

  /// Standard deviation over tokens, of the population; 0 without tokens.
  public var deviation: Double {
    let mean = mean
    return Self.mean(of: factors.values.map { ($0 - mean) * ($0 - mean) }).squareRoot()
  }

  /// `mean(w)² / mean(w²)`: the share of the tokens that a weighted mean is worth, in `0...1`; 0
  /// when all weights are 0, and 1 without tokens.
  public var effectiveSampleSize: Double {
    if factors.values.isEmpty { return 1 }
    guard let largest = factors.values.max(), largest > 0 else { return 0 }
    // Scaled by the largest, so that no square overflows.
    let scaled = factors.values.map { $0 / largest }
    let mean = Self.mean(of: scaled)
    return mean * mean / Self.mean(of: scaled.map { $0 * $0 })
  }

  /// The mean weight of each row with tokens.
  public var rowMeans: [Double] {
    (0..<factors.rowCount).filter { !factors.range(ofRow: $0).isEmpty }
      .map { Self.mean(of: Array(factors[row: $0])) }
  }

  /// The share of tokens whose weight is above a limit.
  public func fraction(above limit: Double) -> Double {
    Self.mean(of: factors.values.map { $0 > limit ? 1 : 0 })
  }

  /// The share of tokens whose weight is below a limit.
  public func fraction(below limit: Double) -> Double {
    Self.mean(of: factors.values.map { $0 < limit ? 1 : 0 })
  }

  /// The same facts as named numbers.
  public var diagnostics: Diagnostics {
    var result = Diagnostics()
    let count = Double(factors.values.count)
    result.addMean(.meanCorrection, total: factors.values.reduce(0, +), count: count)
    result.addMaximum("sampler/max_weight", factors.values.max() ?? 0)
    result.addMean(
      "sampler/dropped_fraction", total: count * fraction(below: .leastNonzeroMagnitude),
      count: count)
    return result
  }

  private static func mean(of numbers: [Double]) -> Double {
    numbers.reduce(0, +) / Double(max(numbers.count, 1))
  }
}
