internal import Trajectories

/// Leave-one-out advantages brought to one scale over the batch, as TRL does it with
/// `normalize_advantages`.
///
///     A = (rloo - mean of rloo) / (deviation of rloo + 1e-4)
///
/// Statistics are of the rollouts that had somebody to be compared with; the others get 0.
///
/// - Source: TRL `trainer/rloo_trainer.py`.
/// - Differs: `GroupRelative.rloo.normalisedOverRollouts()` counts lone rollouts as 0.
public struct TRLRLOOStandardised: RolloutEstimator, Hashable, Codable {
  /// TRL's estimator.
  public init() {}

  /// The standardised advantages. `[B]`
  ///
  /// - Throws: ``AdvantageError/tooFewTokens(count:needed:)`` when fewer than two rollouts can be
  ///   compared.
  public func rowAdvantages(for rows: ScoredRows) throws(AdvantageError) -> [Double] {
    let index = rows.index
    let compared = (0..<index.groupCount).map { index.scoredRange(ofGroup: $0) }
      .filter { $0.count > 1 }.flatMap { $0 }
    let plain = GroupRelative.rloo.advantages(
      of: index.scores, groupOffsets: index.scoredOffsets, lengths: [])
    let standardised = try Whitening(damping: .besideRoot(1e-4))(compared.map { plain[$0] })
    var result = Array(repeating: 0.0, count: plain.count)
    for (position, advantage) in zip(compared, standardised) { result[position] = advantage }
    return index.byRow(result)
  }
}
