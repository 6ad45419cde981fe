extension GroupRelative {
  /// TRL's GRPO: unbiased deviation plus 1e-4.
  ///
  /// - Source: TRL `trainer/grpo_trainer.py` (`scale_rewards="group"`).
  public static let trlGRPO = GroupRelative(
    scale: .standardDeviation(correction: 1, epsilon: 1e-4), tolerance: 0)
}

extension PolicyGradientRecipe {
  /// TRL's GRPOTrainer with `loss_type="grpo"`.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group; unbiased deviation + 1e-4 |
  /// | clip | 0.2 both sides, no dual clip, no cap |
  /// | divergence | none (`beta=0`) |
  /// | average | rollouts' means over tokens, divided by all rollouts |
  ///
  /// - Source: TRL 1.10 `trainer/grpo_trainer.py`.
  public static var trlGRPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "trlGRPO", source: "TRL 1.10", estimator: GroupRelative.trlGRPO,
      weighting: LossAggregation.sequenceMeanTokenMean.dividingByAllRollouts)
  }

  /// TRL's GRPOTrainer with `loss_type="dapo"`, its default, and `epsilon_high=0.28`.
  ///
  /// As ``trlGRPO``, but the ratio may rise to 1.28 and the average is over all tokens of the whole
  /// optimiser batch. Groups without signal stay.
  ///
  /// - Source: TRL 1.10 `trainer/grpo_trainer.py`.
  public static var trlDAPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "trlDAPO", source: "TRL 1.10", estimator: GroupRelative.trlGRPO,
      surrogate: ClippedSurrogate(lower: 0.2, upper: 0.28))
  }

  /// TRL's GRPOTrainer with `loss_type="dr_grpo"` and `scale_rewards="none"`.
  ///
  /// Distance to the mean, unscaled; the sum over tokens divided by all rollouts times
  /// `max_completion_length`.
  ///
  /// - Source: TRL 1.10 `trainer/grpo_trainer.py`.
  public static func trlDrGRPO(maximumCompletionLength: Int) -> PolicyGradientRecipe {
    PolicyGradientRecipe(
      "trlDrGRPO", source: "TRL 1.10", estimator: GroupRelative(scale: .none, tolerance: 0),
      weighting: LossAggregation.constantLength(maximumCompletionLength).dividingByAllRollouts)
  }

  /// TRL's RLOOTrainer.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the others; unscaled |
  /// | clip | 0.2 both sides, of the ratio of whole sequences |
  /// | divergence | k1 × 0.05, summed over the sequence, from the score |
  /// | average | rollouts, divided by all of them |
  ///
  /// - Source: TRL 1.10 `trainer/rloo_trainer.py`.
  public static var trlRLOO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "trlRLOO", source: "TRL 1.10",
      estimator: GroupRelative(baseline: .leaveOneOut, scale: .none, tolerance: 0),
      surrogate: WholeRow(ClippedSurrogate()), divergence: .score(KLInReward(coefficient: 0.05)),
      weighting: LossAggregation.sequenceMeanTokenMean.dividingByAllRollouts)
  }
}
