internal import Trajectories

/// Compares what follows each token with what follows the same token of the other rollouts, every
/// one weighted by how much gradient it has had so far.
///
///     G[i,t] = r[i,t] + G[i,t+1]
///     W[i,t] = sum over s <= t of w[i,s]
///     B[t]   = sum over i of G[i,t] W[i,t] / sum over i of W[i,t]
///     A[i,t] = G[i,t] - B[t]
///
/// `w` is the squared length of the gradient of a token's log-probability by the logits; it makes
/// `B` the baseline of least variance. `t` counts selected tokens, so that the same turn stands at
/// the same place however long the pages between turns are. Where the weights add up to nothing
/// (at most 1e-8 of their number), the baseline is the plain mean of `G`. A lone rollout has no
/// baseline, and beyond the second longest row there is nobody to compare with: the advantage there
/// is 0 if ``zeroesTail``. Branches are rows of their own.
///
/// - Source: arXiv 2602.07078; checked against verl
///   `compute_multi_turn_optimal_token_baseline_advantage`.
/// - Differs: verl compares a lone rollout with nothing, so that its return is its advantage
///   (``loneMember``); it adds 1e-8 to the weights' sum, sets the baseline of the tail to 0, which
///   makes the return its advantage, and lets weights become negative where log-probabilities and
///   collisions belong to different distributions (``VerlOptimalTokenBaseline``).
public struct OptimalTokenBaseline: AdvantageEstimator, Hashable, Codable {
  /// What becomes of a group with one scored row: 0, its return, or an error.
  public var loneMember: GroupRelative.LoneMember
  /// Whether tokens beyond the second longest row get 0; otherwise their advantage is what rounding
  /// leaves of comparing them with themselves.
  public var zeroesTail: Bool

  /// An estimator.
  public init(loneMember: GroupRelative.LoneMember = .zero, zeroesTail: Bool = true) {
    self.loneMember = loneMember
    self.zeroesTail = zeroesTail
  }

  /// Returns, and how far they are above their baseline.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without squared gradient lengths,
  ///   ``AdvantageError/nonFiniteInput(input:row:token:)`` also for negative ones,
  ///   ``AdvantageError/loneMember(group:)`` if those are refused.
  /// - Complexity: O(N).
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    guard let lengths = rows.squaredGradientLengths else {
      throw .missingInput(estimator: "OptimalTokenBaseline", input: "squared gradient lengths")
    }
    let returns = try RewardToGo().credit(for: rows).advantages.values
    let weights = try runningWeights(lengths, in: rows)
    var advantages = Array(repeating: 0.0, count: rows.tokenCount)
    let index = rows.index
    for group in 0..<index.groupCount {
      let ranges = index.scoredRange(ofGroup: group)
        .flatMap { index.rows(ofScored: $0) }.map { rows.range(ofRow: $0) }
      if ranges.count == 1 {
        switch loneMember {
        case .zero: continue
        case .raw: for token in ranges[0] { advantages[token] = returns[token] }
        case .refuse: throw .loneMember(group: index.groups[group])
        }
      }
      let longest = ranges.map(\.count).sorted(by: >)
      guard longest.count > 1 else { continue }
      for place in 0..<(zeroesTail ? longest[1] : longest[0]) {
        let tokens = ranges.lazy.filter { $0.count > place }.map { $0.lowerBound + place }
        let baseline = Self.baseline(tokens.map { (returns[$0], weights[$0]) })
        for token in tokens { advantages[token] = (returns[token] - baseline).clamped(to: .finite) }
      }
    }
    return Credit(
      advantages: Ragged(values: advantages, offsets: rows.offsets),
      returns: Ragged(values: returns, offsets: rows.offsets))
  }

  /// The weighted mean of returns, adding in ascending order so that rows may be permuted.
  private static func baseline(_ terms: [(value: Double, weight: Double)]) -> Double {
    let terms = terms.sorted { ($0.value, $0.weight) < ($1.value, $1.weight) }
    guard let first = terms.first, let last = terms.last, last.value > first.value else {
      return terms.first?.value ?? 0
    }
    let total = terms.reduce(0) { $0 + $1.weight }
    let isWeighted = total > 1e-8 * Double(terms.count) && total.isFinite
    var share = 0.0
    for term in terms {
      let weight = isWeighted ? term.weight / total : 1 / Double(terms.count)
      share += weight * (term.value / 2 - first.value / 2)
    }
    return first.value + 2 * share
  }

  /// Running sums of the weights along each scored row.
  private func runningWeights(
    _ lengths: Ragged<Double>, in rows: ScoredRows
  ) throws(AdvantageError) -> [Double] {
    var result = lengths.values
    for row in 0..<rows.rowCount where rows.scores[row].value != nil {
      var sum = 0.0
      let range = rows.range(ofRow: row)
      for token in range {
        guard result[token].isFinite && result[token] >= 0 else {
          throw .nonFiniteInput(
            input: "squared gradient lengths", row: row, token: token - range.lowerBound)
        }
        sum += result[token]
        result[token] = sum
      }
    }
    return result
  }
}

extension ScoredRows {
  /// The squared length of the gradient of a token's log-probability by the logits.
  ///
  ///     w = max(0, 1 - 2 p + collision) * weight²
  ///
  /// - Parameters:
  ///   - logProbability: The token's log-probability, at most 0.
  ///   - collision: The sum of all ids' squared probabilities at its place, in `0...1`.
  ///   - weight: What the sampler correction multiplies the token's gradient with.
  /// - Returns: At least 0; only rounding, or numbers of two distributions, would be below.
  public static func squaredGradientLength(
    logProbability: Double, collision: Double, weight: Double = 1
  ) -> Double {
    max(0, 1 - 2 * exponential(logProbability) + collision) * (weight * weight)
  }
}
