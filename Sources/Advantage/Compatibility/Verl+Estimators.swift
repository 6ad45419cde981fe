internal import Trajectories

/// Whitening exactly as verl does it, faults included.
///
///     mean = sum(x) / (n + 1e-8)
///     y    = (x - mean) / sqrt(variance + 1e-8)
///
/// The variance is unbiased and taken around that mean. The constant in the mean's denominator
/// moves numbers that are all equal away from 0: a batch of advantages 0.7 becomes 7e-5.
///
/// - Source: verl `utils/torch_functional.py` (`masked_mean`, `masked_whiten`).
public struct VerlWhitening: Normaliser, Hashable, Codable {
  /// verl's whitening.
  public init() {}

  /// Whitens numbers.
  ///
  /// - Throws: ``AdvantageError/tooFewTokens(count:needed:)`` for fewer than two numbers.
  public func callAsFunction(_ numbers: [Double]) throws(AdvantageError) -> [Double] {
    guard numbers.count > 1 else { throw .tooFewTokens(count: numbers.count, needed: 2) }
    let moments = Moments(numbers)
    let count = Double(numbers.count)
    let shift = moments.mean * (1e-8 / (count + 1e-8))
    let mean = moments.mean - shift
    // The variance around the shifted mean; verl divides it by `n + 1e-8` too.
    let variance =
      (moments.sumOfSquares + count * shift * shift) / (count + 1e-8) * (count / (count - 1))
    let divisor = (variance + 1e-8).squareRoot()
    return numbers.map { ($0 - mean) / divisor }
  }
}

/// GPG's advantage exactly as verl computes it: scaled by the share of scores that are not 0.
///
///     A[i] = B / max(1, number of scores that are not 0) * (r[i] - mean) / norm
///
/// Whoever scores failures with 0 gets the paper's intent by accident, except that right answers of
/// groups without a wrong one are counted too; with any other scores the factor is 1.
/// ``ScaledBySignal/gpg`` counts what the paper means.
///
/// - Source: verl `trainer/ppo/core_algos.py` (`compute_gpg_outcome_advantage`), which ignores its
///   own `alpha`.
public struct VerlGPG: RolloutEstimator, Hashable, Codable {
  /// What every advantage is divided by.
  public var norm: Double

  /// verl's GPG.
  ///
  /// - Precondition: the norm is finite and not 0.
  public init(norm: Double = 1) {
    precondition(norm.isFinite && norm != 0, "the norm must be finite and not 0, got \(norm)")
    self.norm = norm
  }

  /// The scaled distances to the group's mean; a lone score is its own distance. `[B]`
  public func rowAdvantages(for rows: ScoredRows) throws(AdvantageError) -> [Double] {
    let counted = rows.scores.compactMap(\.value)
    let factor = Double(counted.count) / Double(max(1, counted.count { $0 != 0 })) / norm
    return try GroupRelative(scale: .none, loneMember: .raw, tolerance: 0)
      .rowAdvantages(for: rows).map { $0 * factor }
  }
}

/// The optimal token baseline exactly as verl computes it.
///
///     B[t] = sum over i of G[i,t] W[i,t] / (sum over i of W[i,t] + 1e-8)
///
/// Differs from ``OptimalTokenBaseline``: a lone rollout is compared with nothing; so is the tail of
/// the longest row, if ``zeroesTailBaseline``; weights may be negative; and tokens may be lined up by
/// their position in the row, so that what the environment wrote shifts who is compared with whom.
///
/// - Source: verl `trainer/ppo/core_algos.py`
///   (`compute_optimal_token_baseline_advantage`,
///   `compute_multi_turn_optimal_token_baseline_advantage`).
public struct VerlOptimalTokenBaseline: AdvantageEstimator, Hashable, Codable {
  /// What places a token among those of other rows.
  public enum Alignment: String, Sendable, Hashable, Codable, CaseIterable {
    /// How many tokens were selected before it (`tir_optimal_token_baseline`).
    case selectedTokens
    /// Its position in the row, ``ScoredRows/positions`` (`optimal_token_baseline`).
    case positions
  }

  /// What places a token among those of other rows.
  public var alignment: Alignment
  /// Whether the baseline is 0 beyond the length of the second longest row.
  public var zeroesTailBaseline: Bool

  /// verl's baseline.
  public init(alignment: Alignment, zeroesTailBaseline: Bool = false) {
    self.alignment = alignment
    self.zeroesTailBaseline = zeroesTailBaseline
  }

  /// A token's weight, which is negative where both numbers don't belong to one distribution.
  public static func weight(
    logProbability: Double, collision: Double, samplerWeight: Double = 1
  ) -> Double {
    (1 - 2 * exponential(logProbability) + collision) * (samplerWeight * samplerWeight)
  }

  /// Returns, and how far they are above their baseline.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without squared gradient lengths or
  ///   the positions asked for.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    guard let weights = rows.squaredGradientLengths else {
      throw .missingInput(estimator: "VerlOptimalTokenBaseline", input: "squared gradient lengths")
    }
    if alignment == .positions && rows.positions == nil {
      throw .missingInput(estimator: "VerlOptimalTokenBaseline", input: "positions")
    }
    let credit = try RewardToGo().credit(for: rows)
    var advantages = credit.advantages
    let index = rows.index
    for group in 0..<index.groupCount {
      let members = index.scoredRange(ofGroup: group).flatMap { index.rows(ofScored: $0) }
      if members.count < 2 { continue }
      var sums: [Int: (returns: Double, weights: Double)] = [:]
      for row in members {
        var running = 0.0
        for token in rows.range(ofRow: row) {
          running += weights.values[token]
          let place = place(of: token, row: row, in: rows)
          sums[place, default: (0, 0)].returns += credit.advantages.values[token] * running
          sums[place, default: (0, 0)].weights += running
        }
      }
      let longest = members.map { rows.range(ofRow: $0).count }.sorted(by: >)
      for row in members {
        let range = rows.range(ofRow: row)
        let isLongest = range.count == longest[0] && longest[0] > longest[1]
        for token in range {
          let place = place(of: token, row: row, in: rows)
          if zeroesTailBaseline && isLongest && place >= longest[1] { continue }
          let sum = sums[place] ?? (0, 0)
          advantages.values[token] -= sum.returns / (sum.weights + 1e-8)
        }
      }
    }
    return Credit(advantages: advantages, returns: credit.returns)
  }

  private func place(of token: Int, row: Int, in rows: ScoredRows) -> Int {
    switch alignment {
    case .selectedTokens: token - rows.offsets[row]
    case .positions: rows.positions?.values[token] ?? 0
    }
  }
}
