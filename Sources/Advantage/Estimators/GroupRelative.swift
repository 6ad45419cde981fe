/// Compares each rollout with the others of its group; every token of a rollout gets the same.
///
///     A[i] = (r[i] - baseline) / scale
///
/// Statistics count each scored rollout once, however many branches it has. A group whose scores
/// are equal up to rounding teaches nothing: its advantages are exactly 0 (except with
/// ``Baseline/none`` and ``Scale/none``, where the score itself is the advantage).
///
/// - Source: DeepSeekMath (arXiv 2402.03300) for `grpo`, arXiv 2503.20783 for `drGRPO`,
///   arXiv 2402.14740 for `rloo`, arXiv 2505.23585 for `opo`; checked against verl
///   `trainer/ppo/core_algos.py`; prime-rl `orchestrator/algo/max_rl.py` for `maxRL`.
/// - Differs: A lone rollout gets 0, where verl passes its score through (``LoneMember/raw``);
///   spread below a relative tolerance is no spread, where verl divides rounding by rounding.
public struct GroupRelative: RolloutEstimator, Hashable, Codable {
  /// What a score is compared with.
  public enum Baseline: String, Sendable, Hashable, Codable, CaseIterable {
    /// The mean of the group.
    case mean
    /// The mean of the other members: `n / (n - 1)` times the distance to the group's mean.
    case leaveOneOut
    /// The mean of the group in which each rollout weighs as many times as it has selected tokens:
    /// the baseline of least variance when gradients grow with length. The plain mean if no rollout
    /// has any.
    case lengthWeightedMean
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
    /// The standard deviation of all scores of the batch plus `epsilon`.
    ///
    /// A batch of equal scores teaches nothing.
    case batchStandardDeviation(correction: Int, epsilon: Double)
    /// The group's mean plus `epsilon`, for scores that are not negative.
    ///
    /// A group whose mean is not positive teaches nothing.
    case mean(epsilon: Double)
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
    switch scale {
    case .none: break
    case .standardDeviation(let correction, let epsilon),
      .batchStandardDeviation(let correction, let epsilon):
      precondition(
        correction == 0 || correction == 1, "correction must be 0 or 1, got \(correction)")
      Damping.besideRoot(epsilon).validate()
    case .mean(let epsilon): Damping.besideRoot(epsilon).validate()
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

  /// On-policy optimisation with the optimal baseline: distance to the length-weighted mean,
  /// unscaled.
  public static let opo = GroupRelative(baseline: .lengthWeightedMean, scale: .none)

  /// Maximum-likelihood reinforcement learning: distance to the mean over the mean plus 1e-6, so
  /// that a rare success counts as much more as it is rare.
  public static let maxRL = GroupRelative(scale: .mean(epsilon: 1e-6))

  /// The score itself.
  public static let score = GroupRelative(baseline: .none, scale: .none, loneMember: .raw)

  /// What each row's tokens deserve: its rollout's advantage. `[B]`
  ///
  /// - Throws: ``AdvantageError/loneMember(group:)`` if those are refused.
  /// - Complexity: O(B).
  public func rowAdvantages(for rows: ScoredRows) throws(AdvantageError) -> [Double] {
    let index = rows.index
    if loneMember == .refuse {
      for group in 0..<index.groupCount where index.scoredRange(ofGroup: group).count == 1 {
        throw .loneMember(group: index.groups[group])
      }
    }
    let lengths = baseline == .lengthWeightedMean ? rows.scoredLengths : []
    return index.byRow(
      advantages(of: index.scores, groupOffsets: index.scoredOffsets, lengths: lengths))
  }
}
