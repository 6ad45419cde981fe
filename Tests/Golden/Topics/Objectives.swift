import Advantage
import Foundation
import OrderedJSON
import RandomStreams
import Trajectories

/// Losses of the policy and the critic, and how tokens become one number.
let objectivesTopics: [String: TopicCheck] = [
  "algorithms/agg_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden, mask: "loss_mask")
    let ranks = golden.input["dp_size"]?.integer ?? 1
    var counts: BatchCounts?
    if let tokens = golden.input["batch_num_tokens"]?.integer,
      let sequences = golden.input["global_batch_size"]?.integer
    {
      counts = BatchCounts(tokens: tokens, sequences: sequences)
    }
    if golden.raises != nil {
      findings.expectError("a rank without counts") {
        _ = try batch.aggregation().weights(
          tokenCounts: batch.tokenCounts, counts: counts, averagedOver: ranks)
      }
      return
    }
    let losses = try batch.numbers("loss_mat")
    let result = try ImitationLoss().evaluate(
      ObjectiveInput(
        current: losses.with(losses.values.map { -$0 }),
        weights: batch.aggregation().weights(
          tokenCounts: batch.tokenCounts, counts: counts, averagedOver: ranks)))
    findings.expect(result.loss, try golden.expected.number("loss"), "loss")
    findings.expect(
      result.gradients.logProbabilities.map { -$0 },
      batch.selected(try golden.expected.matrix("grad_loss_mat")).values, "gradient")
  },
  "algorithms/ppo_clip_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    let objective = ClippedSurrogate(
      lower: try golden.input.number("clip_ratio_low"),
      upper: try golden.input.number("clip_ratio_high"),
      dualClip: try golden.input.number("clip_ratio_c"), correction: batch.correction)
    try batch.compare(
      objective.evaluate(batch.input()), &findings,
      [
        (.clipFraction, "pg_clipfrac"), (.dualClipFraction, "pg_clipfrac_lower"),
        (.approximateKL, "ppo_kl"),
      ])
  },
  "algorithms/reinforce_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    try batch.compare(
      Reinforce(correction: batch.correction).evaluate(batch.input(old: "rollout_log_prob")),
      &findings, batch.hasWeights ? [(.approximateKL, "ppo_kl")] : [])
  },
  "algorithms/gpg_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    try batch.compare(
      Reinforce(correction: batch.correction).evaluate(batch.input()), &findings, [])
  },
  "algorithms/bypass_mode_loss": { golden, findings in
    try objectivesBypass(golden, &findings)
  },
  "algorithms/gspo_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    let objective = GSPO(
      lower: try golden.input.number("clip_ratio_low"),
      upper: try golden.input.number("clip_ratio_high"), gradient: .token,
      correction: batch.correction)
    try batch.compare(
      objective.evaluate(batch.input(aggregation: .sequenceMeanTokenMean)), &findings,
      [(.clipFraction, "pg_clipfrac"), (.approximateKL, "ppo_kl")])
  },
  "algorithms/cispo_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    let lower = try golden.input.number("clip_ratio_low")
    let upper = try golden.input.number("clip_ratio_high")
    try batch.compare(
      CISPO(range: (1 - lower)...(1 + upper), correction: batch.correction)
        .evaluate(batch.input()), &findings,
      [(.clipFraction, "pg_clipfrac"), (.approximateKL, "ppo_kl")])
  },
  "algorithms/sapo_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    let objective = SAPO(
      positiveTemperature: try golden.input.number("tau_pos"),
      negativeTemperature: try golden.input.number("tau_neg"), correction: batch.correction)
    try batch.compare(
      objective.evaluate(batch.input(aggregation: .sequenceMeanTokenMean)), &findings)
  },
  "algorithms/gmpo_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    let objective = GMPO(
      lower: try golden.input.number("clip_ratio_low"),
      upper: try golden.input.number("clip_ratio_high"), correction: batch.correction)
    // The original's mean counts rows without a selected token too.
    let counts = BatchCounts(
      tokens: batch.tokenCounts.reduce(0, +), sequences: batch.tokenCounts.count)
    try batch.compare(
      objective.evaluate(batch.input(aggregation: .sequenceMeanTokenMean, counts: counts)),
      &findings)
  },
  "algorithms/dppo_tv_loss": { golden, findings in
    try objectivesDPPO(.totalVariation, golden, &findings)
  },
  "algorithms/dppo_kl_loss": { golden, findings in
    try objectivesDPPO(.binaryKL, golden, &findings)
  },
  "algorithms/dro_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    try batch.compare(
      DRO(strength: golden.input.number("dro_beta"), correction: batch.correction)
        .evaluate(batch.input()), &findings)
  },
  "algorithms/clip_cov_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    let lower = try golden.input.number("clip_cov_lb")
    let upper = try golden.input.number("clip_cov_ub")
    let objective = ClipCov(
      ClippedSurrogate(
        lower: try golden.input.number("clip_ratio_low"),
        upper: try golden.input.number("clip_ratio_high"), correction: batch.correction),
      fraction: try golden.input.number("clip_cov_ratio"), range: lower...upper)
    let input = try batch.input()
    var random = RandomStream(seed: 1)
    let choice = try objective.choose(from: input, drawing: &random)
    try batch.compare(
      objective.evaluate(input.choosing(choice)), &findings,
      [(.chosenFraction, "pg_clipfrac"), (.approximateKL, "ppo_kl")])
  },
  "algorithms/kl_cov_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    let objective = KLCov(
      coefficient: try golden.input.number("ppo_kl_coef"),
      fraction: try golden.input.number("kl_cov_ratio"), correction: batch.correction)
    let input = try batch.input()
    let choice = try objective.choose(from: input)
    try batch.compare(objective.evaluate(input.choosing(choice)), &findings, [])
  },
  "algorithms/value_loss": { golden, findings in
    let batch = try ObjectivesBatch(golden)
    let values = try batch.numbers("vpreds")
    func result(
      _ range: Double?, _ aggregation: LossAggregation
    ) throws -> ObjectiveResult<Double> {
      try ValueLoss(range: range).evaluate(
        ObjectiveInput(
          current: values, weights: aggregation.weights(tokenCounts: batch.tokenCounts),
          values: values, oldValues: batch.numbers("values"), returns: batch.numbers("returns")))
    }
    let range = try golden.input.number("cliprange_value")
    for (loss, gradient, result) in [
      ("loss", "grad_vpreds", try result(range, batch.aggregation())),
      ("openrlhf_clipped_loss", "openrlhf_clipped_grad", try result(range, .tokenMean)),
      ("openrlhf_unclipped_loss", "openrlhf_unclipped_grad", try result(nil, .tokenMean)),
    ] {
      findings.expect(result.loss, try golden.expected.number(loss), loss)
      findings.expect(
        result.gradients.values ?? [],
        batch.selected(try golden.expected.matrix(gradient)).values, gradient)
    }
    let clipped = try result(range, batch.aggregation())
    findings.expect(
      clipped.diagnostics[.valueClipFraction] ?? .nan, try golden.expected.number("vf_clipfrac"),
      "vf_clipfrac")
  },
]

private func objectivesDPPO(
  _ divergence: DPPO.Divergence, _ golden: GoldenCase, _ findings: inout Findings
) throws {
  let batch = try ObjectivesBatch(golden)
  let objective = DPPO(
    divergence, lower: try golden.input.number("clip_ratio_low"),
    upper: try golden.input.number("clip_ratio_high"),
    cap: try golden.input.number("clip_ratio_c"), correction: batch.correction)
  try batch.compare(
    objective.evaluate(batch.input()), &findings,
    [
      (.clipFraction, "pg_clipfrac"), (.dualClipFraction, "pg_clipfrac_lower"),
      (.approximateKL, "ppo_kl"),
    ])
}

/// The rollout's log-probabilities stand for the old ones; weights and rejection compare them with
/// the current ones, which they hold constant.
private func objectivesBypass(_ golden: GoldenCase, _ findings: inout Findings) throws {
  let options = try golden.input.at("rollout_correction")
  let whole = try ObjectivesBatch(golden)
  let trainer = try whole.numbers("log_prob")
  let sampler = try whole.numbers("old_log_prob")
  var advantages = try golden.input.matrix("advantages")
  if let level = options["rollout_is"]?.string {
    let threshold = try options.at("rollout_is_threshold")
    let correction = try SamplerCorrection(
      verl: level, threshold: threshold.string ?? "\(threshold.asNumber ?? .nan)")
    // Weights are of the whole rows, also of the tokens that are rejected afterwards.
    let weighted = CorrectionWeights(correction, trainer: trainer, sampler: sampler)
      .applied(to: whole.selected(advantages))
    advantages = whole.padded(weighted)
  }
  var batch = whole
  if let rejection = options["rollout_rs"]?.string {
    batch = whole.keeping(
      try DivergenceRejection(
        verl: rejection, thresholds: options.text("rollout_rs_threshold")
      ).kept(trainer: trainer, sampler: sampler))
  }
  let objective: any PolicyObjective =
    switch try options.text("loss_type") {
    case "ppo_clip": ClippedSurrogate(dualClip: 3)
    case "reinforce": Reinforce()
    case let name: throw UnexpectedShape(description: "nobody knows the loss \(name)")
    }
  let result = try objective.evaluate(
    ObjectiveInput(
      current: batch.numbers("log_prob"),
      weights: batch.aggregation().weights(tokenCounts: batch.tokenCounts),
      old: batch.numbers("old_log_prob"), advantages: batch.selected(advantages)))
  try batch.compare(result, &findings, [])
}
