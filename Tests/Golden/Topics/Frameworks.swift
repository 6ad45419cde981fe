import Advantage
import OrderedJSON
import Trajectories

/// The losses of whole frameworks, through the values that reproduce them.
let frameworksTopics: [String: TopicCheck] = [
  "algorithms/openrlhf_policy_loss": frameworksOpenRLHF,
  "algorithms/prime_rl_loss": frameworksPrimeRL,
  "algorithms/skyrl_reduction": frameworksSkyRL,
  "algorithms/slime_losses": frameworksSlime,
  "algorithms/trl_grpo_loss": frameworksTRLGRPO,
  "algorithms/trl_rloo_loss": frameworksTRLRLOO,
]

/// Padded matrices of a case, packed to the tokens its mask selects.
struct FrameworksBatch {
  let mask: [[Double]]

  init(mask: [[Double]]) { self.mask = mask }

  /// The selected numbers of each row.
  func packed(_ matrix: [[Double]]) -> Ragged<Double> {
    Ragged(
      zip(matrix, mask).map { row, mask in zip(row, mask).filter { $1 != 0 }.map(\.0) })
  }

  /// One number per row, for each of its selected tokens.
  func broadcast(_ numbers: [Double]) -> Ragged<Double> {
    packed(zip(numbers, mask).map { number, mask in mask.map { _ in number } })
  }

  /// How many tokens of each row are selected.
  var tokenCounts: [Int] { mask.map { $0.count { $0 != 0 } } }

  /// Rows that all count, each a rollout, in groups that nobody compares unless told.
  func rows(groups: [Int]? = nil) throws -> ScoredRows {
    try ScoredRows(
      scores: mask.map { _ in .value(0) }, groups: groups ?? mask.map { _ in 0 },
      tokenCounts: tokenCounts)
  }
}

private let frameworksPrimeRL: TopicCheck = { golden, findings in
  let input = golden.input
  let batch = FrameworksBatch(mask: [try input.numbers("loss_mask")])
  func row(_ name: String) throws -> Ragged<Double> {
    batch.packed([try input.numbers(name)])
  }
  let kind = try input.text("kind")
  let objective: any PolicyObjective =
    switch kind {
    case "default": PrimeRL.TrustRegionLoss()
    case "ipo": PrimeRL.TrustRegionLoss(region: .symmetric(0.1))
    case "ref_kl": PrimeRL.TrustRegionLoss(region: .falling(0.2), signal: .reference)
    default: ImitationLoss()
    }
  let result = try objective.evaluate(
    ObjectiveInput(
      current: row("trainer_logprobs"),
      weights: LossAggregation.tokenSum.weights(for: batch.rows()),
      reference: row("ref_logprobs"), sampler: row("inference_logprobs"),
      advantages: row("advantages")))
  findings.expect(result.loss, try golden.expected.number("loss"), "loss")
  findings.expect(
    result.gradients.logProbabilities,
    batch.packed([try golden.expected.numbers("grad_trainer_logprobs")]).values, "gradient")
  let metrics = try golden.expected.at("metrics")
  let names: [(String, Diagnostics.Name)] = [
    ("masked_mismatch_kl", .outsideDrift), ("unmasked_mismatch_kl", .insideDrift),
    ("is_masked", .outsideFraction), ("is_masked_low", .outsideLowFraction),
    ("is_masked_high", .outsideHighFraction), ("ref_kl", .teacherLead),
    ("ref_kl/masked_mismatch_kl", .outsideDrift), ("ref_kl/unmasked_mismatch_kl", .insideDrift),
    ("ref_kl/is_masked", .outsideFraction),
  ]
  for (key, name) in names {
    guard let expected = metrics[key]?.asNumber else { continue }
    // The original's mean over no tokens is 0.
    findings.expect(result.diagnostics[name] ?? 0, expected, key)
  }
}

private let frameworksSkyRL: TopicCheck = { golden, findings in
  let input = golden.input
  let batch = FrameworksBatch(mask: try input.matrix("loss_mask"))
  let advantages = batch.packed(try input.matrix("advantages"))
  var groups = batch.mask.map { _ in 0 }
  for (prompt, bounds) in try input.matrix("prompt_boundaries").enumerated() {
    for row in Int(bounds[0])..<Int(bounds[1]) { groups[row] = prompt }
  }
  let rows = try batch.rows(groups: groups)
  let length = try input.integer("max_seq_len")
  let reductions: [(String, any LossWeighting)] = [
    ("token_mean", LossAggregation.tokenMean),
    ("sequence_mean", LossAggregation.sequenceMeanTokenMean.dividingByAllRollouts),
    ("seq_mean_token_sum_norm", LossAggregation.constantLength(length).dividingByAllRollouts),
    ("prompt_mean", LossAggregation.promptMean),
    ("token_mean_legacy", SkyRL.MicroBatchTokenMean(size: try input.integer("micro_batch_size"))),
  ]
  for (name, reduction) in reductions {
    let weights = reduction.weights(for: rows, leavingOut: [], counts: nil)
    let scaled = zip(advantages.values, rows.broadcast(weights.perToken).values).map { $0 * $1 }
    findings.expect(scaled, batch.packed(try golden.expected.matrix(name)).values, name)
  }
}

private let frameworksOpenRLHF: TopicCheck = { golden, findings in
  let input = golden.input
  let config = try input.at("config")
  let batch = FrameworksBatch(mask: try input.matrix("action_mask"))
  let lower = try config.number("clip_eps_low")
  let upper = try config.number("clip_eps_high")
  let surrogate = ClippedSurrogate(
    lower: lower, upper: upper, dualClip: config["dual_clip"]?.asNumber)
  let isSequenceLevel = try config.text("policy_loss_type") == "gspo"
  var objective: any PolicyObjective =
    isSequenceLevel ? GSPO(lower: lower, upper: upper) : surrogate
  if let threshold = config["vllm_is_truncated_threshold"]?.asNumbers {
    let range = threshold[0]...threshold[1]
    var corrected = surrogate
    corrected.correction =
      switch try config.text("vllm_is_correction_type") {
      case "tis": .clamped(to: range)
      case "icepop": .masked(in: range)
      default: .openRLHFSequenceMask(range)
      }
    objective = corrected
  }
  let aggregation: LossAggregation =
    try config.flag("token_level_loss") && !isSequenceLevel ? .tokenMean : .sequenceMeanTokenMean
  let numbers = try ObjectiveInput(
    current: batch.packed(input.matrix("log_probs")),
    weights: aggregation.weights(for: batch.rows()),
    old: batch.packed(input.matrix("old_log_probs")),
    sampler: batch.packed(input.matrix("rollout_log_probs")),
    advantages: batch.packed(input.matrix("advantages")))
  let result = try objective.evaluate(numbers)
  findings.expect(result.loss, try golden.expected.number("loss"), "loss")
  findings.expect(
    result.gradients.logProbabilities,
    batch.packed(try golden.expected.matrix("grad_log_probs")).values, "gradient")
  findings.expect(
    result.diagnostics[.approximateKL] ?? .nan, try golden.expected.number("ppo_kl"), "ppo_kl")
  findings.expect(
    result.diagnostics[.clipFraction] ?? .nan, try golden.expected.number("clip_ratio"),
    "clip_ratio")
  if let expected = golden.expected["vllm_kl"]?.asNumber,
    let old = numbers.old, let sampler = numbers.sampler
  {
    findings.expect(samplerDrift(trainer: old, sampler: sampler).kl, expected, "vllm_kl")
  }
}
