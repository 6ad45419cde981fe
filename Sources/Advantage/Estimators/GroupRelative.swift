internal import Trajectories

/// Compares each rollout with the others of its group; every token of a rollout gets the same.
///
///     A[i] = (r[i] - baseline) / scale
///
/// Statistics count each scored rollout once, however many branches it has. A group whose scores
/// are equal up to rounding teaches nothing: its advantages are exactly 0 (except with
/// ``Baseline/none`` and ``Scale/none``, where the score itself is the advantage).
///
/// - Source: DeepSeekMath (arXiv 2402.03300) for `grpo`, arXiv 2503.20783 for `drGRPO`,
///   arXiv 2402.14740 for `rloo`; checked against verl `trainer/ppo/core_algos.py`.
/// - Differs: A lone rollout gets 0, where verl passes its score through (``LoneMember/raw``);
///   spread below a relative tolerance is no spread, where verl divides rounding by rounding.
public struct GroupRelative: AdvantageEstimator, Hashable, Codable {
  /// What a score is compared with.
  public enum Baseline: String, Sendable, Hashable, Codable, CaseIterable {
    /// The mean of the group.
    case mean
    /// The mean of the other members: `n / (n - 1)` times the distance to the group's mean.
    case leaveOneOut
    /// Nothing.
    case none
  }

  /// What the distance to the baseline is divided by.
  public enum Scale: Sendable, Hashable, Codable {
    /// Nothing.
    case none
    /// The group's standard deviation plus `epsilon`; `correction` is 1 for the unbiased variance,
    /// 0 for the population's.
    case standardDeviation(correction: Int, epsilon: Double)
  }

  /// What becomes of a group with one scored member.
  public enum LoneMember: String, Sendable, Hashable, Codable, CaseIterable {
    /// It teaches nothing.
    case zero
    /// Its score counts as if the group had mean 0 and deviation 1.
    case raw
    /// It is an error.
    case refuse
  }

  /// What a score is compared with.
  public var baseline: Baseline
  /// What the distance is divided by.
  public var scale: Scale
  /// What becomes of a group with one scored member.
  public var loneMember: LoneMember
  /// Scores are equal when their spread is at most this times the largest magnitude.
  public var tolerance: Double

  /// An estimator from its parts.
  ///
  /// - Parameters:
  ///   - baseline: What a score is compared with.
  ///   - scale: What the distance is divided by.
  ///   - loneMember: What becomes of a group with one scored member.
  ///   - tolerance: Relative spread that still counts as none, in `0 ..< 1`.
  public init(
    baseline: Baseline = .mean,
    scale: Scale = .standardDeviation(correction: 1, epsilon: 1e-6),
    loneMember: LoneMember = .zero,
    tolerance: Double = Moments.defaultTolerance
  ) {
    if case .standardDeviation(let correction, let epsilon) = scale {
      precondition(
        correction == 0 || correction == 1, "correction must be 0 or 1, got \(correction)")
      precondition(epsilon >= 0, "epsilon can't be negative, got \(epsilon)")
    }
    precondition(
      tolerance >= 0 && tolerance < 1, "tolerance must lie in 0..<1, got \(tolerance)")
    self.baseline = baseline
    self.scale = scale
    self.loneMember = loneMember
    self.tolerance = tolerance
  }

  /// Group-relative policy optimisation: distance to the mean over the unbiased standard deviation
  /// plus 1e-6.
  public static let grpo = GroupRelative()

  /// GRPO without its length and difficulty biases: distance to the mean, unscaled.
  ///
  /// Its loss is ``LossAggregation/constantLength(_:)``.
  public static let drGRPO = GroupRelative(scale: .none)

  /// REINFORCE leave-one-out: distance to the mean of the others, unscaled.
  public static let rloo = GroupRelative(baseline: .leaveOneOut, scale: .none)

  /// What each token deserves: its rollout's advantage.
  ///
  /// - Throws: ``AdvantageError/loneMember(group:)`` if those are refused.
  /// - Complexity: O(B log B + N).
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    var byRow = Array(repeating: 0.0, count: rows.rowCount)
    for group in rows.grouped {
      let moments = Moments(group.values)
      if moments.count == 1 && loneMember == .refuse { throw .loneMember(group: group.id) }
      for member in group.members {
        guard let score = member.score.value else { continue }
        let advantage = advantage(of: score, among: moments)
        for row in member.rows { byRow[row] = advantage }
      }
    }
    return Credit(advantages: rows.broadcast(byRow))
  }

  /// The advantage of one score in a group with these moments.
  private func advantage(of score: Double, among moments: Moments) -> Double {
    if moments.count == 1 {
      switch (loneMember, scale) {
      case (.zero, _), (.refuse, _): return 0
      case (.raw, .none): return score
      case (.raw, .standardDeviation(_, let epsilon)): return score / (1 + epsilon)
      }
    }
    if baseline == .none && scale == .none { return score }
    if moments.isConstant(within: tolerance) { return 0 }
    let distance =
      switch baseline {
      case .mean: score - moments.mean
      case .leaveOneOut:
        (score - moments.mean) * (Double(moments.count) / Double(moments.count - 1))
      case .none: score
      }
    switch scale {
    case .none: return distance
    case .standardDeviation(let correction, let epsilon):
      let deviation = (moments.variance(correction: correction) ?? 0).squareRoot()
      return distance / (deviation + epsilon)
    }
  }
}
