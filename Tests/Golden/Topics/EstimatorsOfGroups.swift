import Advantage
import OrderedJSON
import Trajectories

/// Estimators that compare whole rollouts.
let estimatorsOfGroupsTopics: [String: TopicCheck] = [
  "algorithms/grpo": { golden, findings in
    let input = try EstimatorsInput(golden)
    let normalised = try golden.input.flag("norm_adv_by_std_in_grpo")
    let epsilon = try golden.input.number("epsilon")
    try findings.expect(
      GroupRelative(
        scale: normalised ? .standardDeviation(correction: 1, epsilon: epsilon) : .none,
        loneMember: .raw, tolerance: estimatorsTolerance(golden)),
      on: input.rows(), of: input)
  },
  "algorithms/rloo": { golden, findings in
    let input = try EstimatorsInput(golden)
    for (loneMember, key) in [
      (GroupRelative.LoneMember.raw, "advantages"), (.zero, "advantages_vectorized"),
      (.zero, "advantages_skyrl"),
    ] {
      try findings.expect(
        GroupRelative(
          baseline: .leaveOneOut, scale: .none, loneMember: loneMember,
          tolerance: estimatorsTolerance(golden)),
        on: input.rows(), of: input, key)
    }
  },
  "algorithms/opo": { golden, findings in
    let input = try EstimatorsInput(golden)
    try findings.expect(
      GroupRelative(
        baseline: .lengthWeightedMean, scale: .none, loneMember: .raw,
        tolerance: estimatorsTolerance(golden)),
      on: input.rows(), of: input)
  },
  "algorithms/grpo_passk": { golden, findings in
    let input = try EstimatorsInput(golden)
    let normalised = try golden.input.flag("norm_adv_by_std_in_grpo")
    let estimator = BestOfGroup(
      scale: normalised ? .standardDeviation(correction: 1, epsilon: 1e-6) : .none,
      loneMember: .refuse)
    if golden.raises != nil {
      findings.expectError("a group of one") { _ = try estimator.credit(for: input.rows()) }
    } else {
      try findings.expect(estimator, on: input.rows(), of: input)
    }
  },
  "algorithms/gpg_advantage": { golden, findings in
    let input = try EstimatorsInput(golden)
    try findings.expect(
      VerlGPG(norm: golden.input.number("f_norm")), on: input.rows(), of: input)
  },
  "algorithms/reinforce_pp_baseline": { golden, findings in
    let input = try EstimatorsInput(golden)
    try findings.expect(
      GroupRelative(scale: .none, loneMember: .raw, tolerance: estimatorsTolerance(golden))
        .normalisedOverTokens(by: VerlWhitening()), on: input.rows(), of: input)
  },
  "algorithms/gdpo": { golden, findings in
    let input = try EstimatorsInput(golden)
    let names = golden.input["component_rewards"]?.object?.keys ?? []
    var rows = try input.rows(scores: input.mask.map { _ in 0 })
    for name in names {
      rows.components[name] = try golden.input.at("component_rewards").numbers(name)
        .map { .value($0) }
    }
    let weights = golden.input["weights"]?.asNumbers
      .map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
    try findings.expect(
      ComponentSum(weights: weights, of: GroupRelative(loneMember: .raw))
        .normalisedOverTokens(by: VerlWhitening()), on: rows, of: input)
  },
  "algorithms/rollout_level_grpo": { golden, findings in
    let input = try EstimatorsInput(golden)
    let normalised = try golden.input.flag("norm_by_std")
    let estimator = GroupRelative(
      scale: normalised ? .standardDeviation(correction: 1, epsilon: 1e-6) : .none,
      loneMember: .raw, tolerance: estimatorsTolerance(golden))
    let rows = try input.rows(groups: "uid", rollouts: "rollout_id")
    try findings.expect(estimator, on: rows, of: input, "rollout_level_advantages")
    try findings.expect(
      estimator, on: input.rows(groups: "uid"), of: input, "row_level_advantages_biased")
    // Tokens weigh one over the tokens of their rollout, and over the number of rows.
    let advantages = try estimator.credit(for: rows).advantages
    let trained = try golden.input.number("num_trained_rows")
    let lengths = rows.grouped.flatMap(\.members).reduce(into: [Int: Int]()) { lengths, member in
      let length = member.rows.reduce(0) { $0 + rows.range(ofRow: $1).count }
      for row in member.rows { lengths[row] = length }
    }
    let normalisedValues = (0..<rows.rowCount).flatMap { row in
      advantages[row: row].map { $0 / (Double(lengths[row] ?? 1) * trained) }
    }
    findings.expect(
      normalisedValues, try input.expected("per_rollout_mean_normalized"),
      "per_rollout_mean_normalized")
  },
  "algorithms/group_baselines_by_framework": { golden, findings in
    let rewards = try golden.input.matrix("rewards")
    let groups = rewards.enumerated().flatMap { group, rewards in rewards.map { _ in group } }
    let rows = try ScoredRows(
      scores: rewards.joined().map { .value($0) }, groups: groups,
      tokenCounts: groups.map { _ in 1 })
    for member in golden.expected.object?.members ?? [] {
      guard let estimator = estimatorsByFramework[member.key] else {
        findings.fail("\(member.key) is a framework that nobody knows")
        continue
      }
      findings.expect(
        try estimator.credit(for: rows).advantages.values,
        member.value.asMatrix.map { Array($0.joined()) } ?? [], member.key)
    }
  },
  "algorithms/trl_grpo_advantage": { golden, findings in
    let rewards = try golden.input.matrix("rewards_per_func")
    let weights = try golden.input.numbers("reward_weights")
    let size = try golden.input.integer("num_generations")
    let sums = rewards.map { rewards -> Score in
      let terms = zip(rewards, weights).filter { !$0.0.isNaN }.map { $0.0 * $0.1 }
      return terms.isEmpty
        ? .missing(reason: "no function could score it") : .value(terms.reduce(0, +))
    }
    var rows = try ScoredRows(
      scores: sums, groups: sums.indices.map { $0 / size }, tokenCounts: sums.map { _ in 1 })
    let names = weights.indices.map { "function \($0)" }
    for (index, name) in names.enumerated() {
      rows.components[name] = rewards.map { Score(checking: $0[index], of: name) }
    }
    let apart = ComponentSum(
      weights: Dictionary(uniqueKeysWithValues: zip(names, weights)),
      of: GroupRelative(scale: .standardDeviation(correction: 1, epsilon: 1e-4)))
    for (key, estimator) in [
      (
        "sum_then_normalize/group",
        GroupRelative(scale: .standardDeviation(correction: 1, epsilon: 1e-4))
          as any AdvantageEstimator
      ),
      (
        "sum_then_normalize/batch",
        GroupRelative(scale: .batchStandardDeviation(correction: 1, epsilon: 1e-4))
      ),
      ("sum_then_normalize/none", GroupRelative(scale: .none)),
      (
        "normalize_then_sum",
        apart.normalisedOverRollouts(by: Whitening(damping: .besideRoot(1e-4)))
      ),
    ] {
      findings.expect(
        try estimator.credit(for: rows).advantages.values, try golden.expected.numbers(key), key)
    }
  },
  "algorithms/trl_rloo_advantage": { golden, findings in
    let size = try golden.input.integer("num_generations")
    let rewards = try golden.input.numbers("rewards")
    let rows = try ScoredRows(
      scores: rewards.map { Score(checking: $0, of: "the reward") },
      groups: rewards.indices.map { $0 / size }, tokenCounts: rewards.map { _ in 1 })
    findings.expect(
      try GroupRelative.rloo.credit(for: rows).advantages.values,
      try golden.expected.numbers("plain"), "plain")
    findings.expect(
      try TRLRLOOStandardised().credit(for: rows).advantages.values,
      try golden.expected.numbers("normalize"), "normalize")
  },
]

/// Spread that the originals still divide by counts in cases about tiny spread.
private func estimatorsTolerance(_ golden: GoldenCase) -> Double {
  golden.tag == "tiny_var" ? 0 : Moments.defaultTolerance
}

/// What each framework makes of a group's scores.
private let estimatorsByFramework: [String: any AdvantageEstimator] = [
  "openrlhf_group_norm": GroupRelative(scale: .standardDeviation(correction: 1, epsilon: 1e-9)),
  "openrlhf_rloo": GroupRelative.rloo,
  "openrlhf_reinforce_baseline": GroupRelative.drGRPO,
  "rllm_grpo_norm": GroupRelative(
    scale: .standardDeviation(correction: 0, epsilon: 1e-6), loneMember: .raw),
  "rllm_grpo_no_norm": GroupRelative(scale: .none, loneMember: .raw),
  "rllm_rloo": GroupRelative(baseline: .leaveOneOut, scale: .none, loneMember: .raw),
  "skyrl_grpo": GroupRelative(loneMember: .raw),
  "skyrl_rloo": GroupRelative.rloo,
  "skyrl_maxrl": SkyRLMaxRL(),
  "prime_rl_max_rl": GroupRelative(scale: .mean(epsilon: 0)),
  "prime_rl_grpo": GroupRelative.drGRPO,
  "verl_grpo": GroupRelative(loneMember: .raw),
  "verl_rloo": GroupRelative(baseline: .leaveOneOut, scale: .none, loneMember: .raw),
]
