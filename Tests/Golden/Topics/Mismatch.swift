import Advantage
import OrderedJSON
import Testing
import Trajectories

/// Corrections for a sampler that differs from the trainer.
let mismatchTopics: [String: TopicCheck] = [
  "algorithms/rollout_correction": { golden, findings in
    let (input, expected) = (golden.input, golden.expected)
    let mask = try input.matrix("response_mask")
    let selected = { (matrix: [[Double]]) in
      Ragged(zip(matrix, mask).map { zip($0, $1).compactMap { $1 > 0 ? $0 : nil } })
    }
    let trainer = try selected(input.matrix("old_log_prob"))
    let sampler = try selected(input.matrix("rollout_log_prob"))
    if let level = input["rollout_is"]?.string {
      let threshold = try input.at("rollout_is_threshold")
      let correction = try SamplerCorrection(
        verl: level, threshold: threshold.string ?? "\(#require(threshold.asNumber))")
      let weights = CorrectionWeights(correction, trainer: trainer, sampler: sampler)
      let applied =
        try input.flag("rollout_is_batch_normalize")
        ? weights.normalised(level == "token" ? .token : .sequence) : weights
      findings.expect(
        applied.factors.values, try selected(expected.matrix("weights")).values, "weights")
      try mismatchStatistics(weights, expected.at("metrics"), &findings)
      // An objective that corrects by itself has the same weights, before any normalisation.
      findings.expect(
        correction.weights(trainer: trainer, sampler: sampler).factors.values,
        weights.factors.values, "weights inside an objective")
    }
    if let options = input["rollout_rs"]?.string {
      let rejection = try DivergenceRejection(
        verl: options, thresholds: input.text("rollout_rs_threshold"))
      let kept = rejection.kept(trainer: trainer, sampler: sampler)
      let original = try selected(expected.matrix("modified_response_mask"))
      findings.expect(kept.values, original.values.map { $0 > 0 }, "kept tokens")
      let weights = SamplerCorrection.rejecting(rejection)
        .weights(trainer: trainer, sampler: sampler)
      findings.expect(weights.factors.values, original.values, "weights of a rejection")
      let dropped = weights.limited.filter { $0 }.count
      findings.expect(
        Double(dropped) / Double(weights.limited.count), try expected.number("masked_fraction"),
        "masked fraction")
    }
    if input["rollout_is"] == nil, input["rollout_rs"] == nil {
      try mismatchMetrics(
        OffPolicyMetrics(trainer: trainer, sampler: sampler), expected.at("metrics"), &findings)
      let drift = samplerDrift(trainer: trainer, sampler: sampler)
      findings.expect(drift.kl, try expected.at("metrics").number("kl"), "kl of the drift")
      findings.expect(drift.k3, try expected.at("metrics").number("k3_kl"), "k3 of the drift")
    }
  }
]

/// Statistics of weights that mean the same in the original.
private func mismatchStatistics(
  _ weights: CorrectionWeights, _ metrics: JSONValue, _ findings: inout Findings
) throws {
  findings.expect(weights.mean, try metrics.number("rollout_is_mean"), "mean")
  findings.expect(weights.deviation, try metrics.number("rollout_is_std"), "deviation")
  findings.expect(
    weights.effectiveSampleSize, try metrics.number("rollout_is_eff_sample_size"), "sample size")
  let means = weights.rowMeans
  findings.expect(
    try #require(means.max()), try metrics.number("rollout_is_seq_max"), "largest row")
  findings.expect(
    try #require(means.min()), try metrics.number("rollout_is_seq_min"), "smallest row")
}

private func mismatchMetrics(
  _ actual: OffPolicyMetrics, _ metrics: JSONValue, _ findings: inout Findings
) throws {
  let named: [(String, Double)] = [
    ("training_ppl", actual.trainerPerplexity),
    ("training_log_ppl", actual.trainerLogPerplexity),
    ("rollout_ppl", actual.samplerPerplexity),
    ("rollout_log_ppl", actual.samplerLogPerplexity),
    ("log_ppl_diff", actual.logPerplexityDifference),
    ("log_ppl_abs_diff", actual.absoluteLogPerplexityDifference),
    ("log_ppl_diff_max", actual.logPerplexityDifferenceRange.upperBound),
    ("log_ppl_diff_min", actual.logPerplexityDifferenceRange.lowerBound),
    ("ppl_ratio", actual.perplexityRatio),
    ("kl", actual.kl),
    ("k3_kl", actual.k3),
    ("chi2_token", actual.tokenChiSquared),
    ("chi2_seq", actual.rowChiSquared),
  ]
  for (name, value) in named { findings.expect(value, try metrics.number(name), name) }
}
