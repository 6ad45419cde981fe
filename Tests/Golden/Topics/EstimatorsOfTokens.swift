import Advantage
import OrderedJSON
import Trajectories

/// Estimators that tell the tokens of a row apart, and rewards that stand on tokens.
let estimatorsOfTokensTopics: [String: TopicCheck] = [
  "algorithms/gae": { golden, findings in
    let input = try EstimatorsInput(golden)
    var rows = try input.tokenRewardedRows()
    rows.values = try input.selected("values")
    let raw = try GeneralizedAdvantage(
      discount: golden.input.number("gamma"), lambda: golden.input.number("lam"), whitening: nil)
    let whitened = raw.normalisedOverTokens(by: VerlWhitening())
    if golden.raises != nil {
      findings.expectError("whitening of one token") { _ = try whitened.credit(for: rows) }
    } else {
      try findings.expect(raw, on: rows, of: input, "advantages_raw", returns: "returns")
      try findings.expect(whitened, on: rows, of: input, "advantages_whitened")
    }
  },
  "algorithms/gae_length_adaptive": { golden, findings in
    let input = try EstimatorsInput(golden)
    var rows = try input.tokenRewardedRows()
    rows.values = try input.selected("values")
    let trace = try DecoupledAdvantage.Trace.lengthAdaptive(alpha: golden.input.number("alpha"))
    findings.expect(
      input.tokenCounts.map { trace.lambda(forLength: $0) },
      try golden.expected.numbers("lambda_policy_per_row"), "lambda_policy_per_row")
    let raw = try DecoupledAdvantage(
      discount: golden.input.number("gamma"), policyTrace: trace,
      criticLambda: golden.input.number("lambda_critic"), whitening: nil)
    try findings.expect(raw, on: rows, of: input, "advantages_raw", returns: "critic_returns")
    try findings.expect(
      raw.normalisedOverTokens(by: VerlWhitening()), on: rows, of: input, "advantages_whitened")
  },
  "algorithms/gae_other_frameworks": { golden, findings in
    let input = try EstimatorsInput(golden)
    var rows = try input.tokenRewardedRows()
    rows.values = try input.selected("values")
    let discount = try golden.input.number("gamma")
    let lambda = try golden.input.number("lam")
    try findings.expect(
      OpenRLHFGeneralizedAdvantage(discount: discount, lambda: lambda), on: rows, of: input,
      "openrlhf_advantages", returns: "openrlhf_returns")
    try findings.expect(
      OpenRLHFGeneralizedAdvantage(discount: discount, lambda: nil), on: rows, of: input,
      "openrlhf_cumulative_returns")
    let everywhere = try SkyRLGeneralizedAdvantage(
      discount: discount, lambda: lambda, values: Ragged(golden.input.matrix("values")),
      rewards: Ragged(golden.input.matrix("token_level_rewards")))
    try findings.expect(
      everywhere.normalisedOverTokens(by: VerlWhitening()), on: rows, of: input,
      "skyrl_advantages_whitened", returns: "skyrl_returns")
  },
  "algorithms/reinforce_pp": { golden, findings in
    let input = try EstimatorsInput(golden)
    let rows = try input.tokenRewardedRows()
    let discount = try golden.input.number("gamma")
    try findings.expect(
      RewardToGo(discount: discount).normalisedOverTokens(by: VerlWhitening()), on: rows,
      of: input, returns: "returns")
    if golden.expected["skyrl_reset_at_mask0_advantages"] != nil {
      try findings.expect(
        SkyRLReinforcePlusPlus(discount: discount).normalisedOverTokens(by: VerlWhitening()),
        on: rows, of: input, "skyrl_reset_at_mask0_advantages",
        returns: "skyrl_reset_at_mask0_returns")
    }
  },
  "algorithms/remax": { golden, findings in
    let input = try EstimatorsInput(golden)
    var rows = try input.tokenRewardedRows()
    rows.greedyScores = try golden.input.numbers("reward_baselines").map { .value($0) }
    try findings.expect(RewardToGo.reMax, on: rows, of: input, returns: "returns")
  },
  "algorithms/optimal_token_baseline": { golden, findings in
    try estimatorsCheckBaseline(golden, .positions, &findings)
  },
  "algorithms/tir_optimal_token_baseline": { golden, findings in
    try estimatorsCheckBaseline(golden, .selectedTokens, &findings)
  },
  "algorithms/kl_in_reward": { golden, findings in
    let input = try EstimatorsInput(golden)
    let kinds: [String: KLPenalty.Estimator] = [
      "kl": .k1, "abs": .absolute, "mse": .k2, "low_var_kl": .k3,
    ]
    var coefficient = try AdaptiveKLCoefficient(
      startingAt: golden.input.number("init_kl_coef"), target: golden.input.number("target_kl"),
      horizon: golden.input.number("horizon"))
    findings.expect(coefficient.value, try golden.expected.number("coef_used"), "coef_used")
    guard let kind = try kinds[golden.input.text("kind")] else {
      return findings.fail("there is no estimator of this kind")
    }
    let charge = KLInReward(coefficient: coefficient.value, estimator: kind)
    var rows = try input.rows(scores: input.mask.map { _ in 0 }, groups: nil)
    rows.tokenRewards = try input.selected("token_level_scores")
    let mean = try charge.charge(
      charge.divergences(
        old: input.selected("old_log_probs"), reference: input.selected("ref_log_prob")),
      to: &rows)
    findings.expect(
      rows.tokenRewards?.values ?? [], try input.expected("token_level_rewards"),
      "token_level_rewards")
    findings.expect(mean, try golden.expected.number("mean_kl"), "mean_kl")
    coefficient.observe(mean, over: rows.rowCount)
    findings.expect(coefficient.value, try golden.expected.number("coef_after"), "coef_after")
  },
  "algorithms/openrlhf_compute_reward": { golden, findings in
    let input = try EstimatorsInput(golden, mask: "action_mask")
    let range = golden.input["reward_clip_range"]?.asNumbers
    let scores = try golden.input.numbers("reward").map { reward in
      range.map { min(max(reward, $0[0]), $0[1]) } ?? reward
    }
    var rows = try input.rows(scores: scores, groups: nil)
    try KLInReward(coefficient: golden.input.number("kl_coef"))
      .charge(input.selected("kl"), to: &rows)
    // The estimator puts the score on the last selected token.
    findings.expect(
      try RewardToGo(discount: 0).credit(for: rows).advantages.values,
      try input.expected("token_rewards"), "token_rewards")
  },
]

private func estimatorsCheckBaseline(
  _ golden: GoldenCase, _ alignment: VerlOptimalTokenBaseline.Alignment,
  _ findings: inout Findings
) throws {
  let input = try EstimatorsInput(golden)
  var rows = try input.tokenRewardedRows(groups: "index")
  let logProbabilities = try input.selected("old_log_probs")
  let collisions = try input.selected("sum_pi_squared").values
  let samplerWeights =
    golden.input["rollout_is_weights"] == nil
    ? nil : try input.selected("rollout_is_weights").values
  rows.squaredGradientLengths = logProbabilities.with(
    collisions.indices.map {
      VerlOptimalTokenBaseline.weight(
        logProbability: logProbabilities.values[$0], collision: collisions[$0],
        samplerWeight: samplerWeights?[$0] ?? 1)
    })
  let estimator = try VerlOptimalTokenBaseline(
    alignment: alignment, zeroesTailBaseline: golden.input.flag("handle_zero_tail"))
  try findings.expect(estimator, on: rows, of: input, returns: "returns")
}
