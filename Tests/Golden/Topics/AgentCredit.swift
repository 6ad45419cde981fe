import Advantage
import OrderedJSON
import Trajectories

/// Estimators that tell an agent's turns apart.
let agentCreditTopics: [String: TopicCheck] = [
  "algorithms/mt_grpo": { golden, findings in
    let input = try EstimatorsInput(golden, mask: "completion_mask")
    let size = try golden.input.integer("num_generations")
    let outcomes = try golden.input.numbers("outcome_rewards")
    let turns = try golden.input.numbers("turn_rewards")
    let groups = outcomes.indices.map { $0 / size }
    let estimator = try MultiTurnGRPO(
      comparison: GroupRelative(
        scale: .standardDeviation(correction: 1, epsilon: 1e-4), loneMember: .raw),
      coefficient: golden.input.number("turn_advantage_coef"))
    for (key, scores) in [
      ("turn_advantages", turns), ("outcome_advantages", outcomes),
      ("combined_advantages", try golden.input.numbers("combined_rewards")),
    ] {
      findings.expect(
        try estimator.comparison.advantages(ofScores: scores, groups: groups),
        try golden.expected.numbers(key), key)
    }
    var rows = try ScoredRows(
      scores: outcomes.map { .value($0) }, groups: groups, tokenCounts: input.tokenCounts)
    rows.steps = agentCreditSteps(input, firstScores: turns)
    try findings.expect(estimator, on: rows, of: input)
  },
  "algorithms/gigpo": { golden, findings in
    let input = try EstimatorsInput(golden)
    let hasDeviation = try golden.input.text("mode") == "mean_std_norm"
    let epsilon = try golden.input.number("epsilon")
    let scale =
      hasDeviation
      ? GroupRelative.Scale.standardDeviation(correction: 1, epsilon: epsilon) : .none
    let ratio = try golden.input.number("similarity_thresh")
    var estimator = try GiGPO(
      episodes: GroupRelative(scale: scale, loneMember: .raw),
      steps: GroupRelative(scale: scale), weight: golden.input.number("step_advantage_w"),
      discount: golden.input.number("gamma"),
      matching: golden.input.flag("enable_similarity") ? .similar(ratio: ratio) : .identical)
    var rows = try input.rows(rollouts: "traj_index")
    let states = try golden.input.strings("anchor_obs")
    let turns = try golden.input.numbers("env_step")
    let steps = try golden.input.numbers("step_rewards").enumerated().map { row, reward in
      AgentStep(
        row: row, turn: Int(turns[row]), tokens: rows.range(ofRow: row), score: .value(reward),
        state: states[row])
    }
    rows.steps = steps
    findings.expect(
      try estimator.returns(of: steps, in: rows).map { $0 ?? .nan },
      try golden.expected.numbers("step_returns"), "step_returns")
    findings.expect(
      estimator.situations(of: steps, in: rows).map { Double($0 ?? -1) },
      try golden.expected.numbers("step_group"), "step_group")
    try findings.expect(estimator.episodes, on: rows, of: input, "episode_advantages")
    try findings.expect(estimator, on: rows, of: input)
    estimator.weight = 0
    let episodes = try estimator.credit(for: rows).advantages.values
    estimator.weight = 1
    let both = try estimator.credit(for: rows).advantages.values
    let apart: [Double] = zip(both, episodes).map { $0 - $1 }
    findings.expect(apart, try input.expected("step_advantages"), "step_advantages")
  },
]

/// A step for each run of selected positions; the first of each row has a score.
private func agentCreditSteps(_ input: EstimatorsInput, firstScores: [Double]) -> [AgentStep] {
  var steps: [AgentStep] = []
  var token = 0
  for (row, mask) in input.mask.enumerated() {
    var turn = 0
    var start = token
    for (position, isSelected) in mask.enumerated() where isSelected {
      token += 1
      if position + 1 < mask.count && mask[position + 1] { continue }
      steps.append(
        AgentStep(
          row: row, turn: turn, tokens: start..<token,
          score: turn == 0 ? .value(firstScores[row]) : .missing(reason: "no reward")))
      turn += 1
      start = token
    }
  }
  return steps
}
