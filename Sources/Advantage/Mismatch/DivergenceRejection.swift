public import Trajectories

/// Keeps tokens or rows on which trainer and sampler agree, and drops the others.
///
/// With `d = trainer - sampler` per token, held within ±20:
///
///     ratio   exp(d)
///     k2      d² / 2
///     k3      exp(d) - 1 - d
///
/// A token is kept if it passes every criterion; a criterion of rows passes or fails all tokens of a
/// row. Rows without tokens pass.
///
/// - Source: verl `trainer/ppo/rollout_corr_helper.py` (`compute_rollout_rejection_mask`); KPop for
///   `binaryKL`.
/// - Differs: verl's `k1` bounds act on sampler / trainer; ``ratio(in:of:)`` bounds
///   trainer / sampler, as the name says. `init(verl:thresholds:)` inverts them.
public struct DivergenceRejection: Sendable, Hashable, Codable {
  /// What is measured against a bound.
  public enum Unit: String, Sendable, Hashable, Codable, CaseIterable {
    /// Each token.
    case token
    /// The sum over a row's tokens.
    case rowSum
    /// The mean over a row's tokens.
    case rowMean
    /// The token of a row that is furthest off.
    case rowMaximum
  }

  /// One bound.
  public enum Criterion: Sendable, Hashable, Codable {
    /// The ratio lies in a range; sums and means are of its logarithm, so that `rowMean` is the
    /// geometric mean.
    case ratio(in: ClosedRange<Double>, of: Unit)
    /// k2 is at most this.
    case k2(atMost: Double, of: Unit)
    /// k3 is at most this.
    case k3(atMost: Double, of: Unit)
    /// The larger of both divergences between "this token" and "any other token" is at most this,
    /// per token. Probabilities are held within 1e-6 of 0 and 1.
    case binaryKL(atMost: Double)
  }

  /// All bounds; each must hold.
  public var criteria: [Criterion]

  /// Rejection by bounds that must all hold.
  ///
  /// - Precondition: ranges of ratios are positive; other bounds are not negative.
  public init(_ criteria: Criterion...) { self.init(criteria) }

  /// Rejection by bounds that must all hold.
  public init(_ criteria: [Criterion]) {
    for criterion in criteria {
      switch criterion {
      case .ratio(let range, _):
        precondition(range.lowerBound > 0, "ratios are positive, got \(range)")
      case .k2(let limit, _), .k3(let limit, _), .binaryKL(let limit):
        precondition(limit >= 0, "a divergence is not negative, got \(limit)")
      }
    }
    self.criteria = criteria
  }

  /// Which tokens are kept. `[N]`
  ///
  /// - Precondition: both have the same rows.
  /// - Complexity: O(N) per criterion.
  public func kept(trainer: Ragged<Double>, sampler: Ragged<Double>) -> Ragged<Bool> {
    checkSameRows(trainer, sampler)
    var kept = Array(repeating: true, count: trainer.values.count)
    for criterion in criteria {
      for row in 0..<trainer.rowCount {
        let tokens = trainer.range(ofRow: row)
        let pairs = tokens.map { (trainer: trainer.values[$0], sampler: sampler.values[$0]) }
        for (token, passes) in zip(tokens, criterion.passes(pairs)) where !passes {
          kept[token] = false
        }
      }
    }
    return trainer.with(kept)
  }
}

extension DivergenceRejection.Criterion {
  typealias LogProbabilities = (trainer: Double, sampler: Double)

  /// Which tokens of a row pass.
  fileprivate func passes(_ row: [LogProbabilities]) -> [Bool] {
    switch self {
    case .ratio(let range, let unit):
      let bounds =
        Logistic.logarithm(range.lowerBound)...Logistic.logarithm(range.upperBound)
      let logRatios = row.map { ($0.trainer - $0.sampler).clamped(to: logRatioRange) }
      if unit == .rowMaximum {
        return same(logRatios.allSatisfy(bounds.contains), logRatios.count)
      }
      return unit.measure(logRatios).map(bounds.contains)
    case .k2(let limit, let unit):
      return unit.measure(row.map { Self.k2($0) }).map { $0 <= limit }
    case .k3(let limit, let unit):
      return unit.measure(row.map { Self.k3($0) }).map { $0 <= limit }
    case .binaryKL(let limit):
      return row.map {
        max(Self.binaryKL($0.trainer, $0.sampler), Self.binaryKL($0.sampler, $0.trainer)) <= limit
      }
    }
  }

  private static func k2(_ token: LogProbabilities) -> Double {
    let difference = (token.trainer - token.sampler).clamped(to: logRatioRange)
    return difference * difference / 2
  }

  private static func k3(_ token: LogProbabilities) -> Double {
    let difference = (token.trainer - token.sampler).clamped(to: logRatioRange)
    return exponential(difference) - 1 - difference
  }

  /// The divergence between two coins that fall on this token.
  private static func binaryKL(_ left: Double, _ right: Double) -> Double {
    let p = exponential(left).clamped(to: 1e-6...(1 - 1e-6))
    let q = exponential(right).clamped(to: 1e-6...(1 - 1e-6))
    return p * Logistic.logarithm(p / q) + (1 - p) * Logistic.logarithm((1 - p) / (1 - q))
  }
}

extension DivergenceRejection.Unit {
  /// What each token of a row is measured by.
  fileprivate func measure(_ row: [Double]) -> [Double] {
    let sum = row.reduce(0, +)
    switch self {
    case .token: return row
    case .rowSum: return same(sum, row.count)
    case .rowMean: return same(sum / Double(max(row.count, 1)), row.count)
    case .rowMaximum: return same(row.max() ?? 0, row.count)
    }
  }
}

private func same<Value>(_ value: Value, _ count: Int) -> [Value] {
  Array(repeating: value, count: count)
}
