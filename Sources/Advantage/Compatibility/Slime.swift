extension PolicyGradientRecipe {
  /// slime's GRPO with its defaults.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group; unbiased deviation + 1e-6 |
  /// | clip | 0.2 both sides, no dual clip |
  /// | divergence | none |
  /// | average | rollouts' means over tokens, divided by all rollouts |
  ///
  /// Its `--use-opsm` is `OffPolicySequenceMask(surrogate, threshold: 1e-4, anchor: .old)`, its
  /// `--eps-clip-c` the dual clip.
  ///
  /// - Source: slime `slime/utils/ppo_utils.py`, `slime/utils/arguments.py`.
  public static var slimeGRPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "slimeGRPO", source: "slime 08/26",
      estimator: GroupRelative(loneMember: .zero, tolerance: 0),
      weighting: LossAggregation.sequenceMeanTokenMean.dividingByAllRollouts)
  }
}
