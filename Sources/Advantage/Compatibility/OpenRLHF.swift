internal import Trajectories

/// OpenRLHF's `reinforce_baseline`: distance to the group's mean on the last token, with the token
/// rewards before it, summed from behind and whitened over the tokens of the batch.
///
///     A[t] = W(sum over s >= t of r[s] + (score - group mean))
///
/// Token rewards are where ``KLInReward`` charges. The whitening is ``Whitening/openRLHF``.
///
/// - Source: OpenRLHF `trainer/ppo_utils/experience_maker.py`.
public struct OpenRLHFReinforceBaseline: AdvantageEstimator, Hashable, Codable {
  /// How much a reward one selected token later is worth, in `0...1`.
  public var discount: Double

  /// OpenRLHF's estimator, without discount unless told otherwise.
  public init(discount: Double = 1) {
    precondition((0...1).contains(discount), "discount must lie in 0...1, got \(discount)")
    self.discount = discount
  }

  /// The whitened returns.
  ///
  /// - Throws: ``AdvantageError/tooFewTokens(count:needed:)`` for a batch without tokens.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    let centred = try GroupRelative.drGRPO.rowAdvantages(for: rows)
    return try RewardToGo(discount: discount).normalisedOverTokens(by: Whitening.openRLHF)
      .credit(for: rows.scored(by: centred.map { .value($0) }))
  }
}

extension SamplerCorrection {
  /// OpenRLHF's `seq-mask-tis`: tokens keep their weights, however large, and rows whose geometric
  /// mean of them is outside the range weigh nothing.
  ///
  /// Its other kinds are ``SamplerCorrection/clamped(to:level:)``, named `tis`, where everyone else
  /// truncates above only, and ``SamplerCorrection/masked(in:level:)``, named `icepop`.
  ///
  /// - Source: OpenRLHF `models/loss.py`.
  public static func openRLHFSequenceMask(_ range: ClosedRange<Double>) -> SamplerCorrection {
    .product([
      .truncated(at: .greatestFiniteMagnitude),
      .rejecting(DivergenceRejection(.ratio(in: range, of: .rowMean))),
    ])
  }
}

extension PolicyGradientRecipe {
  /// OpenRLHF with `--advantage_estimator reinforce_baseline`: REINFORCE++ with the group's mean as
  /// baseline and the divergence inside the reward.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group; population deviation of all tokens, its square at least 1e-8 |
  /// | lone member | 0 before whitening |
  /// | clip | 0.2 both sides, no dual clip |
  /// | divergence | k1 × 0.01, from token rewards |
  /// | average | all tokens |
  ///
  /// - Source: OpenRLHF 0.11 `trainer/ppo_utils/experience_maker.py`, `models/loss.py`.
  public static var openRLHFReinforceBaseline: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "openRLHFReinforceBaseline", source: "OpenRLHF 0.11",
      estimator: OpenRLHFReinforceBaseline(),
      divergence: .tokenRewards(KLInReward(coefficient: 0.01)))
  }

  /// OpenRLHF with `--advantage_estimator group_norm`: GRPO.
  ///
  /// As ``openRLHFReinforceBaseline``, but each score is divided by its group's unbiased deviation
  /// plus 1e-9, nothing is whitened, and the divergence is k3 × 0.01 in the loss.
  ///
  /// - Source: OpenRLHF 0.11 `trainer/ppo_utils/experience_maker.py`, `models/loss.py`.
  public static var openRLHFGRPO: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "openRLHFGRPO", source: "OpenRLHF 0.11",
      estimator: GroupRelative(
        scale: .standardDeviation(correction: 1, epsilon: 1e-9), tolerance: 0),
      divergence: .loss(coefficient: 0.01, KLPenalty(.k3)))
  }
}
