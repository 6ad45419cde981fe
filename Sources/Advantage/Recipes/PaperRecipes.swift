extension PolicyGradientRecipe {
  /// What to take when nothing speaks for anything else: Peregrine's defaults everywhere.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group; unbiased deviation + 1e-6 |
  /// | lone member | 0 |
  /// | equal scores | 0, also up to rounding |
  /// | clip | 0.2 both sides, no dual clip |
  /// | divergence | none |
  /// | average | all tokens that count |
  public static var grpo: PolicyGradientRecipe {
    PolicyGradientRecipe("grpo", source: "arXiv 2402.03300")
  }

  /// GRPO without the biases of length and difficulty: unscaled distances, and a constant in the
  /// place of each rollout's length.
  ///
  /// - Parameter length: What sums over tokens are divided by: the most tokens a rollout may have.
  /// - Source: arXiv 2503.20783.
  public static func drGRPO(length: Int) -> PolicyGradientRecipe {
    PolicyGradientRecipe(
      "drGRPO", source: "arXiv 2503.20783", estimator: GroupRelative.drGRPO,
      weighting: LossAggregation.constantLength(length))
  }

  /// DAPO: a higher upper clip, groups that differ only, and a soft limit on length.
  ///
  /// - Parameter overlong: What long answers lose; `nil` for nothing.
  /// - Source: arXiv 2503.14476.
  public static func dapo(overlong: OverlongShaping? = nil) -> PolicyGradientRecipe {
    PolicyGradientRecipe(
      "dapo", source: "arXiv 2503.14476", surrogate: ClippedSurrogate(lower: 0.2, upper: 0.28),
      filter: GroupFilter(), overlong: overlong)
  }

  /// Group sequence policy optimisation: one ratio for each row.
  ///
  /// - Source: arXiv 2507.18071.
  public static var gspo: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "gspo", source: "arXiv 2507.18071", surrogate: GSPO(),
      weighting: LossAggregation.sequenceMeanTokenMean)
  }

  /// CISPO: clips the weight of each token, not its gradient.
  ///
  /// - Source: arXiv 2506.13585, whose upper bound is not published; SkyRL and slime take 5.
  public static var cispo: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "cispo", source: "arXiv 2506.13585", surrogate: CISPO(range: 0...5), filter: GroupFilter())
  }

  /// REINFORCE leave-one-out, by token.
  ///
  /// - Source: arXiv 2402.14740.
  public static var rloo: PolicyGradientRecipe {
    PolicyGradientRecipe("rloo", source: "arXiv 2402.14740", estimator: GroupRelative.rloo)
  }

  /// Proximal policy optimisation with a critic: whitened generalised advantages, the critic clipped
  /// within 0.5.
  ///
  /// - Source: arXiv 1707.06347.
  public static var ppo: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "ppo", source: "arXiv 1707.06347", estimator: GeneralizedAdvantage(), critic: ValueLoss())
  }

  /// All presets, with settings that have no default filled in: tables and tests read it.
  package static var all: [PolicyGradientRecipe] {
    [
      .grpo, .drGRPO(length: 4096), .dapo(), .gspo, .cispo, .rloo, .ppo, .verlGRPO, .verlPPO,
      .verlDAPO, .verlReinforcePlusPlusBaseline, .trlGRPO, .trlDAPO,
      .trlDrGRPO(maximumCompletionLength: 4096), .trlRLOO, .openRLHFReinforceBaseline,
      .openRLHFGRPO, .skyRLGRPO, .slimeGRPO, .rLLMGRPO, .primeRL, .searchR1, .searchR1PPO,
      .tongyi, .kimiResearcher(),
    ]
  }
}
