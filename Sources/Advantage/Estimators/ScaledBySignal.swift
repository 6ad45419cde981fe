internal import Trajectories

/// Makes up for groups that teach nothing: what the others say counts for those as well.
///
///     A = base * all / teaching
///
/// A group teaches when its scores differ by more than rounding. With few such groups in a batch,
/// its mean gradient would shrink; this keeps its size. Without any, everything is 0 as it was.
///
/// - Source: GPG (arXiv 2504.02546), which counts rollouts; RAPO of Fathom-DeepResearch (arXiv
///   2509.24107), which speaks of scaling by the sparsity of rewards and whose code is not public:
///   counting groups is our reading.
/// - Differs: verl's GPG counts scores that are not 0 instead (``VerlGPG``).
public struct ScaledBySignal<Base: RolloutEstimator>: RolloutEstimator {
  /// What is counted.
  public enum Unit: String, Sendable, Hashable, Codable, CaseIterable {
    /// Scored rollouts.
    case rollouts
    /// Groups with a scored rollout.
    case groups
  }

  /// The estimator underneath.
  public var base: Base
  /// What is counted.
  public var unit: Unit
  /// Scores are equal when their spread is at most this times the largest magnitude.
  public var tolerance: Double

  /// An estimator around another.
  public init(_ base: Base, per unit: Unit, tolerance: Double = Moments.defaultTolerance) {
    self.base = base
    self.unit = unit
    self.tolerance = tolerance
  }

  /// The other's numbers, scaled. `[B]`
  public func rowAdvantages(for rows: ScoredRows) throws(AdvantageError) -> [Double] {
    let index = rows.index
    var (all, teaching) = (0, 0)
    for group in 0..<index.groupCount {
      let range = index.scoredRange(ofGroup: group)
      let size = unit == .rollouts ? range.count : min(range.count, 1)
      all += size
      if !Moments(Array(index.scores[range])).isConstant(within: tolerance) { teaching += size }
    }
    let factor = teaching == 0 ? 1 : Double(all) / Double(teaching)
    return try base.rowAdvantages(for: rows).map { $0 * factor }
  }
}

extension ScaledBySignal: Equatable where Base: Equatable {}
extension ScaledBySignal: Hashable where Base: Hashable {}
extension ScaledBySignal: Decodable where Base: Decodable {}
extension ScaledBySignal: Encodable where Base: Encodable {}

extension ScaledBySignal where Base == GroupRelative {
  /// Group policy gradient: distance to the group's mean, made up for rollouts of silent groups.
  public static var gpg: Self { ScaledBySignal(.drGRPO, per: .rollouts) }

  /// Reward-aware policy optimisation: GRPO, made up for silent groups.
  public static var rapo: Self { ScaledBySignal(.grpo, per: .groups) }
}
