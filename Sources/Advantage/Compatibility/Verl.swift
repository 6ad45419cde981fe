extension GroupRelative {
  /// verl's GRPO: unbiased deviation plus 1e-6; a lone rollout keeps its score, and scores that
  /// differ by rounding differ.
  ///
  /// - Source: verl `trainer/ppo/core_algos.py` (`compute_grpo_outcome_advantage`).
  public static let verlGRPO = GroupRelative(loneMember: .raw, tolerance: 0)
}

extension PolicyGradientRecipe {
  /// verl's GRPO as its examples run it.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group; unbiased deviation + 1e-6 |
  /// | lone member | its score |
  /// | clip | 0.2 both sides, dual clip 3 |
  /// | divergence | k3 × 0.001 in the loss, at most 10 per token |
  /// | average | all tokens |
  ///
  /// - Source: verl 0.10 `trainer/ppo/core_algos.py`, `examples/grpo_trainer`.
  public static var verlGRPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "verlGRPO", source: "verl 0.10", estimator: GroupRelative.verlGRPO,
      surrogate: ClippedSurrogate(dualClip: 3),
      divergence: .loss(coefficient: 0.001, KLPenalty(.k3)))
  }

  /// verl's PPO with a critic.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | advantages | GAE, γ = λ = 1, whitened over tokens as verl does it |
  /// | clip | 0.2 both sides, dual clip 3 |
  /// | critic | clipped within 0.5 |
  /// | divergence | k1 × 0.001, from token rewards |
  /// | average | all tokens |
  ///
  /// verl trains its critic with an optimiser of its own, so the critic's loss has coefficient 1.
  ///
  /// - Source: verl 0.10 `trainer/ppo/core_algos.py`, `trainer/config/ppo_trainer.yaml`.
  public static var verlPPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "verlPPO", source: "verl 0.10",
      estimator: GeneralizedAdvantage(whitening: nil).normalisedOverTokens(by: VerlWhitening()),
      surrogate: ClippedSurrogate(dualClip: 3),
      divergence: .tokenRewards(KLInReward(coefficient: 0.001)), critic: ValueLoss(range: 0.5))
  }

  /// DAPO as verl's recipe runs it.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | as ``verlGRPO`` |
  /// | clip | 0.2 below, 0.28 above, dual clip 10 |
  /// | divergence | none |
  /// | average | all tokens |
  /// | groups | those whose scores differ |
  /// | long answers | lose up to 1 over the last 4096 of 20480 tokens |
  ///
  /// - Source: arXiv 2503.14476; verl-recipe `dapo`.
  public static var verlDAPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "verlDAPO", source: "verl 0.10, arXiv 2503.14476", estimator: GroupRelative.verlGRPO,
      surrogate: ClippedSurrogate(lower: 0.2, upper: 0.28, dualClip: 10),
      filter: GroupFilter(.spread(above: 0)),
      overlong: OverlongShaping(limit: 20480, buffer: 4096, isCapped: false))
  }

  /// verl with `adv_estimator=reinforce_plus_plus_baseline`: distance to the group's mean, whitened
  /// over tokens; otherwise as ``verlGRPO``.
  ///
  /// - Source: verl 0.10 `trainer/ppo/core_algos.py`.
  public static var verlReinforcePlusPlusBaseline: PolicyGradientRecipe {
    var recipe = verlGRPO
    recipe.name = "verlReinforcePlusPlusBaseline"
    recipe.estimator =
      GroupRelative(scale: .none, loneMember: .raw, tolerance: 0)
      .normalisedOverTokens(by: VerlWhitening())
    return recipe
  }
}
