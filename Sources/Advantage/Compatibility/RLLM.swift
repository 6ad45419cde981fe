extension PolicyGradientRecipe {
  /// rLLM's GRPO.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group; population deviation + 1e-6 |
  /// | lone member | its score |
  /// | clip | 0.2 both sides, no dual clip |
  /// | divergence | none |
  /// | average | all tokens |
  ///
  /// Groups are of one task and role: ``GroupedByRole``. The loss is the backend's; these are its
  /// plain choices.
  ///
  /// - Source: rLLM 0.3 `rllm/trainer/algorithms/rl_algo.py`.
  public static var rLLMGRPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "rLLMGRPO", source: "rLLM 0.3",
      estimator: GroupRelative(
        scale: .standardDeviation(correction: 0, epsilon: 1e-6), loneMember: .raw, tolerance: 0))
  }
}
