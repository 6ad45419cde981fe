internal import Trajectories

/// How losses per token become one number: ``LossAggregation`` and its relatives of single
/// frameworks.
public protocol LossWeighting: Sendable {
  /// What each token of each row weighs in the loss of the whole optimiser batch.
  ///
  /// - Parameters:
  ///   - rows: All rows of the optimiser batch; where ranks share one, this rank's.
  ///   - leftOut: Rows that take no part in the loss.
  ///   - counts: What the whole optimiser batch holds, when `rows` are only a part of it.
  func weights(
    for rows: ScoredRows, leavingOut leftOut: Set<Int>, counts: BatchCounts?
  ) -> RowWeights
}

extension LossAggregation: LossWeighting {
  /// The same mean over all rollouts of the batch, also over those from which nothing is learned.
  ///
  /// TRL and SkyRL count them: a rollout that is truncated, without a score or without a selected
  /// token then makes everybody else's gradient smaller.
  public var dividingByAllRollouts: DilutedAggregation { DilutedAggregation(self) }
}

/// An aggregation whose mean over sequences divides by every rollout of the batch, also those left
/// out, without a score or without a selected token.
///
/// - Source: TRL `grpo_trainer.py` (`grpo`, `sapo`, `dr_grpo`, `luspo`), SkyRL `ppo_utils.py`
///   (`sequence_mean`, `seq_mean_token_sum_norm`).
public struct DilutedAggregation: LossWeighting, Hashable, Codable {
  /// The aggregation whose denominator is widened.
  public var aggregation: LossAggregation

  /// An aggregation over all rollouts.
  public init(_ aggregation: LossAggregation) { self.aggregation = aggregation }

  /// What each token of each row weighs.
  ///
  /// - Complexity: O(B).
  public func weights(
    for rows: ScoredRows, leavingOut leftOut: Set<Int> = [], counts: BatchCounts? = nil
  ) -> RowWeights {
    var counts = counts ?? BatchCounts(rows, leavingOut: leftOut)
    counts.sequences = max(
      counts.sequences, rows.grouped.reduce(0) { $0 + $1.members.count })
    return aggregation.weights(for: rows, leavingOut: leftOut, counts: counts)
  }
}
