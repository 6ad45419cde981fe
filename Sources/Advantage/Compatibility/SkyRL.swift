internal import Trajectories

/// What SkyRL does that no one else does.
///
/// - Source: SkyRL `skyrl_train/utils/ppo_utils.py` (`apply_loss_reduction_to_advantages_minibatch`).
public enum SkyRL {
  /// The mean over micro-batches of each one's mean over tokens: `token_mean_legacy`.
  ///
  /// A token of a micro-batch with few tokens weighs more, so the gradient changes with the size of
  /// micro-batches. Use ``LossAggregation/tokenMean`` instead, unless a run must be repeated.
  ///
  /// Micro-batches are consecutive rows. Rows beyond the last whole micro-batch weigh nothing.
  public struct MicroBatchTokenMean: LossWeighting, Hashable, Codable {
    /// How many rows a micro-batch has.
    public var size: Int

    /// A mean over micro-batches of `size` rows.
    ///
    /// - Precondition: the size is positive.
    public init(size: Int) {
      precondition(size > 0, "a micro-batch needs rows, got \(size)")
      self.size = size
    }

    /// What each token of each row weighs; counts of a larger batch have no meaning here and are
    /// not read.
    public func weights(
      for rows: ScoredRows, leavingOut leftOut: Set<Int> = [], counts: BatchCounts? = nil
    ) -> RowWeights {
      var weights = Array(repeating: 0.0, count: rows.rowCount)
      let batches = rows.rowCount / size
      for batch in 0..<batches {
        let members = (batch * size..<(batch + 1) * size).filter {
          rows.scores[$0].value != nil && !leftOut.contains($0)
        }
        let tokens = members.reduce(0) { $0 + rows.range(ofRow: $1).count }
        for row in members { weights[row] = 1 / Double(batches * max(tokens, 1)) }
      }
      return RowWeights(perToken: weights)
    }
  }
}

extension PolicyGradientRecipe {
  /// SkyRL's GRPO with its defaults.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group; unbiased deviation + 1e-6 |
  /// | lone member | its score |
  /// | clip | 0.2 both sides, no dual clip |
  /// | divergence | k3 × 0.001 in the loss |
  /// | average | all tokens |
  ///
  /// - Source: SkyRL `skyrl/backends/skyrl_train/utils/ppo_utils.py`.
  public static var skyRLGRPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "skyRLGRPO", source: "SkyRL 08/26", estimator: GroupRelative.verlGRPO,
      divergence: .loss(coefficient: 0.001, KLPenalty(.k3)))
  }
}
