internal import Trajectories

extension PolicyGradientRecipe {
  /// Search-R1 with GRPO.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group of 5; unbiased deviation + 1e-6 |
  /// | lone member | its score |
  /// | clip | 0.2 both sides, no dual clip |
  /// | divergence | k3 × 0.001 in the loss, at most 10 per token |
  /// | average | all tokens that the policy wrote |
  ///
  /// - Source: Search-R1 `train_grpo.sh`, `verl/trainer/ppo/core_algos.py`.
  public static var searchR1: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "searchR1", source: "Search-R1, arXiv 2503.09516", estimator: GroupRelative.verlGRPO,
      divergence: .loss(coefficient: 0.001, KLPenalty(.k3)))
  }

  /// Search-R1 with PPO.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | advantages | GAE, γ = λ = 1, whitened over tokens |
  /// | clip | 0.2 both sides, no dual clip |
  /// | critic | clipped within 0.5 |
  /// | divergence | k1 × 0.001, from token rewards |
  /// | average | all tokens that the policy wrote |
  ///
  /// - Source: Search-R1 `train_ppo.sh`, `verl/trainer/ppo/ray_trainer.py`.
  /// - Differs: Search-R1 leaves retrieved tokens out of the loss and of the divergence, but lets its
  ///   critic value them and takes them into the whitening. Here they are nowhere.
  public static var searchR1PPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "searchR1PPO", source: "Search-R1, arXiv 2503.09516",
      estimator: GeneralizedAdvantage(whitening: nil).normalisedOverTokens(by: VerlWhitening()),
      divergence: .tokenRewards(KLInReward(coefficient: 0.001)), critic: ValueLoss(range: 0.5))
  }

  /// Tongyi DeepResearch, as its report tells it.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the others; unscaled |
  /// | clip | 0.2 below, 0.28 above; idle in the strictly on-policy updates that belong to it |
  /// | divergence | none |
  /// | average | all tokens |
  /// | cut off | negative ones are left out of the loss |
  ///
  /// - Source: arXiv 2510.24701 and the project's README; no training code and no clip range are
  ///   public, so the range is DAPO's.
  public static var tongyi: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "tongyi", source: "Tongyi DeepResearch, arXiv 2510.24701", estimator: GroupRelative.rloo,
      surrogate: ClippedSurrogate(lower: 0.2, upper: 0.28), truncation: .leaveOutNegative)
  }

  /// Kimi-Researcher, as its report tells it: REINFORCE, in which right answers that took fewer turns
  /// count more.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group; unscaled |
  /// | turns | γ^(T - i) on turn i of T, where the rollout was right |
  /// | ratio | none: strictly on-policy |
  /// | divergence | none |
  /// | average | all tokens |
  /// | cut off | negative ones are left out of the loss |
  ///
  /// Needs the rows' steps, ``ScoredRows/steps``.
  ///
  /// - Parameter discount: γ, which the report does not give, in `0...1`.
  /// - Source: Kimi-Researcher's report (2025). No code is public; the baseline is our reading of
  ///   "negative samples", of which it discards a part.
  public static func kimiResearcher(discount: Double = 0.95) -> PolicyGradientRecipe {
    PolicyGradientRecipe(
      "kimiResearcher", source: "Kimi-Researcher's report",
      estimator: TurnDecay(GroupRelative.drGRPO, discount: discount), surrogate: Reinforce(),
      truncation: .leaveOutNegative)
  }
}
