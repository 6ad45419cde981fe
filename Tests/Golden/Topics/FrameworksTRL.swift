import Advantage
import Foundation
import OrderedJSON
import Trajectories

let frameworksTRLGRPO: TopicCheck = { golden, findings in
  let input = golden.input
  let config = try input.at("config")
  let batch = FrameworksBatch(mask: try input.matrix("mask"))
  let rows = try batch.rows()
  let kind = try config.text("loss_type")

  var objective = try frameworksTRLSurrogate(kind, config)
  if let threshold = config["off_policy_mask_threshold"]?.asNumber {
    objective = OffPolicySequenceMask(ObjectiveSum([objective]), threshold: threshold)
  }
  if let beta = config["beta"]?.asNumber {
    let corrected = config["use_bias_correction_kl"]?.bool ?? false
    objective = ObjectiveSum([
      objective,
      corrected
        ? ScaledObjective(beta, UnbiasedKLPenalty(KLPenalty(.k3, maximum: nil)))
        : ScaledObjective(beta, KLPenalty(.k3, maximum: nil)),
    ])
  }

  var counts: BatchCounts?
  if let tokens = config["num_items_in_batch"]?.integer {
    counts = BatchCounts(tokens: tokens, sequences: rows.rowCount)
  }
  let weighting: any LossWeighting =
    switch kind {
    case "grpo", "sapo": LossAggregation.sequenceMeanTokenMean.dividingByAllRollouts
    case "luspo": LossAggregation.sequenceMeanTokenSum.dividingByAllRollouts
    case "dr_grpo":
      LossAggregation.constantLength(try config.integer("max_completion_length"))
        .dividingByAllRollouts
    default: LossAggregation.tokenMean
    }

  var credit = Credit(advantages: batch.broadcast(try input.numbers("advantages")))
  for key in ["importance_sampling_ratio", "entropy_mask"] {
    guard let factors = input[key]?.asMatrix else { continue }
    credit = credit.weighed(by: batch.packed(factors))
  }
  let result = try objective.evaluate(
    ObjectiveInput(
      current: batch.packed(input.matrix("per_token_logps")),
      weights: weighting.weights(for: rows, leavingOut: [], counts: counts),
      old: batch.packed(input.matrix("old_per_token_logps")),
      reference: input["ref_per_token_logps"]?.asMatrix.map(batch.packed),
      sampler: input["sampling_per_token_logps"]?.asMatrix.map(batch.packed),
      advantages: credit.advantages))
  findings.expect(result.loss, try golden.expected.number("loss"), "loss")
  findings.expect(
    result.gradients.logProbabilities,
    batch.packed(try golden.expected.matrix("grad_per_token_logps")).values, "gradient")
}

/// The surrogate of a `loss_type`, with TRL's defaults.
private func frameworksTRLSurrogate(
  _ kind: String, _ config: JSONValue
) throws -> any PolicyObjective {
  let lower = config["epsilon_low"]?.asNumber ?? 0.2
  let upper = config["epsilon_high"]?.asNumber ?? lower
  switch kind {
  case "cispo":
    // TRL's bound is the weight itself, not its distance to 1.
    return CISPO(range: 0...upper)
  case "sapo": return SAPO()
  case "vespo": return VESPO()
  default:
    if config["importance_sampling_level"]?.string == "sequence" {
      return GSPO(lower: lower, upper: upper)
    }
    return ClippedSurrogate(lower: lower, upper: upper, cap: config["delta"]?.asNumber)
  }
}

let frameworksTRLRLOO: TopicCheck = { golden, findings in
  let input = golden.input
  let batch = FrameworksBatch(mask: try input.matrix("completion_mask"))
  let rows = try batch.rows()
  let current = batch.packed(try input.matrix("per_token_logps"))
  // The original keeps one old log-probability per row; spread over its tokens it has the same sum.
  let old = zip(try input.numbers("old_logps"), batch.tokenCounts).map { $0 / Double($1) }
  let objective = WholeRow(
    ClippedSurrogate(
      lower: try input.number("epsilon_low"), upper: try input.number("epsilon_high")))
  let result = try objective.evaluate(
    ObjectiveInput(
      current: current, weights: LossAggregation.sequenceMeanTokenMean.weights(for: rows),
      old: batch.broadcast(old), advantages: batch.broadcast(input.numbers("advantages"))))
  findings.expect(result.loss, try golden.expected.number("loss"), "loss")
  findings.expect(
    result.gradients.logProbabilities,
    batch.packed(try golden.expected.matrix("grad_per_token_logps")).values, "gradient")
}

let frameworksSlime: TopicCheck = { golden, findings in
  let input = golden.input
  // What the original computes holds for every token, so all are selected; its mask speaks where it
  // averages over a row.
  let all = FrameworksBatch(mask: try input.matrix("loss_masks").map { $0.map { _ in 1 } })
  let batch = FrameworksBatch(mask: try input.matrix("loss_masks"))
  func numbers(_ batch: FrameworksBatch) throws -> ObjectiveInput<Double> {
    try ObjectiveInput(
      current: batch.packed(input.matrix("log_probs")),
      weights: LossAggregation.tokenSum.weights(for: batch.rows()),
      old: batch.packed(input.matrix("old_log_probs")),
      advantages: batch.packed(input.matrix("advantages")))
  }
  func selected(_ name: String) throws -> [Double] {
    let flat = try golden.expected.numbers(name)
    return zip(flat, batch.mask.joined()).filter { $1 != 0 }.map(\.0)
  }
  // REINFORCE's gradient is minus the advantage where a row is kept, and 0 where it is dropped.
  let masked = OffPolicySequenceMask(
    Reinforce(), threshold: try input.number("opsm_delta"), anchor: .old)
  let kept = try masked.evaluate(numbers(batch)).gradients.logProbabilities.map {
    $0 == 0 ? 0.0 : 1
  }
  findings.expect(kept, try selected("opsm_mask"), "opsm_mask")

  let surrogate = ClippedSurrogate(
    lower: try input.number("eps_clip"), upper: try input.number("eps_clip_high"),
    dualClip: try input.number("eps_clip_c"))
  let clipped = try surrogate.evaluate(numbers(all))
  findings.expect(
    clipped.gradients.logProbabilities, try golden.expected.numbers("ppo_grad_of_sum"),
    "ppo gradient")
  findings.expect(
    clipped.loss, try golden.expected.numbers("ppo_token_losses").reduce(0, +), "ppo loss")

  let weighed = try CISPO(
    range: (1 - input.number("cispo_eps_clip"))...(1 + input.number("cispo_eps_clip_high"))
  ).evaluate(numbers(all))
  findings.expect(
    weighed.gradients.logProbabilities, try golden.expected.numbers("cispo_grad_of_sum"),
    "cispo gradient")
  findings.expect(
    weighed.loss, try golden.expected.numbers("cispo_token_losses").reduce(0, +), "cispo loss")

  // A row's mean of old - current is what GSPO's ratio is the exponential of.
  let whole = try numbers(batch)
  let expected = try selected("gspo_sequence_kl")
  for row in 0..<whole.current.rowCount where !whole.current[row: row].isEmpty {
    let ratio = try GSPO().evaluate(
      ObjectiveInput(
        current: Ragged([Array(whole.current[row: row])]), weights: RowWeights(perToken: [1]),
        old: whole.old.map { Ragged([Array($0[row: row])]) },
        advantages: whole.advantages.map { Ragged([Array($0[row: row])]) }))
    findings.expect(
      ratio.diagnostics[.meanRatio] ?? .nan, exp(-expected[whole.current.offsets[row]]),
      "gspo ratio of row \(row)")
  }
}
