internal import Trajectories

/// Rewards only the best rollout of each group, by how far it is ahead of the second best.
///
///     A[best] = (r[best] - r[second]) / (deviation + epsilon),   A[others] = 0
///
/// This is what the group's chance of one success in n attempts (pass@n) gains from each rollout.
/// A tie for the best gives exactly 0.
///
/// - Source: arXiv 2503.19595; checked against verl `compute_grpo_passk_outcome_advantage`.
/// - Differs: verl raises on a group of one; here ``loneMember`` decides and the default is 0.
public struct BestOfGroup: RolloutEstimator, Hashable, Codable {
  /// What the lead is divided by; a batch deviation and a mean are allowed too.
  public var scale: GroupRelative.Scale
  /// What becomes of a group with one scored member; ``GroupRelative/LoneMember/raw`` is its score.
  public var loneMember: GroupRelative.LoneMember
  /// Leads of at most this times the largest magnitude are ties.
  public var tolerance: Double

  /// An estimator; the unbiased deviation plus 1e-6 unless told otherwise.
  public init(
    scale: GroupRelative.Scale = .standardDeviation(correction: 1, epsilon: 1e-6),
    loneMember: GroupRelative.LoneMember = .zero,
    tolerance: Double = Moments.defaultTolerance
  ) {
    // One check of the parts for both estimators.
    _ = GroupRelative(scale: scale, loneMember: loneMember, tolerance: tolerance)
    self.scale = scale
    self.loneMember = loneMember
    self.tolerance = tolerance
  }

  /// The lead of each group's best rollout, 0 for the others. `[B]`
  ///
  /// - Throws: ``AdvantageError/loneMember(group:)`` if those are refused.
  /// - Complexity: O(B).
  public func rowAdvantages(for rows: ScoredRows) throws(AdvantageError) -> [Double] {
    let index = rows.index
    // The lead of the best is a difference of two distances, whatever they are divided by.
    let distances = GroupRelative(
      baseline: .mean, scale: scale, loneMember: loneMember, tolerance: tolerance
    ).advantages(of: index.scores, groupOffsets: index.scoredOffsets, lengths: [])
    var result = Array(repeating: 0.0, count: distances.count)
    for group in 0..<index.groupCount {
      let range = index.scoredRange(ofGroup: group)
      if range.count == 1 {
        if loneMember == .refuse { throw .loneMember(group: index.groups[group]) }
        result[range.lowerBound] = distances[range.lowerBound]
        continue
      }
      guard let best = range.max(by: { index.scores[$0] < index.scores[$1] }),
        let second = range.filter({ $0 != best }).max(by: { index.scores[$0] < index.scores[$1] })
      else { continue }
      let lead = index.scores[best] - index.scores[second]
      let magnitude = max(abs(index.scores[best]), abs(index.scores[second]))
      if lead <= tolerance * magnitude { continue }
      result[best] = distances[best] - distances[second]
    }
    return index.byRow(result)
  }
}
