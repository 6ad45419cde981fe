import Advantage
import Foundation
import OrderedJSON
import Testing
import Trajectories

/// Each preset against what its framework gave for the same settings.
@Suite("Presets beside their originals")
struct FrameworksPresets {
  /// Checks the cases of a topic that a preset must meet; a topic that isn't there is skipped.
  private func check(
    _ topic: String, where isMeant: (GoldenCase) throws -> Bool,
    _ body: (GoldenCase, inout Findings) throws -> Void
  ) throws {
    let url = GoldenSuite.folder.appending(path: "algorithms/\(topic).json")
    guard FileManager.default.fileExists(atPath: url.path()) else {
      print("skipped: there is no \(topic)")
      return
    }
    let cases = try GoldenFile(contentsOf: url).cases.filter { $0.raises == nil }.filter(isMeant)
    try #require(!cases.isEmpty, "\(topic) has no case for these settings")
    for golden in cases {
      var findings = Findings(golden)
      try body(golden, &findings)
      #expect(findings.comparisons > 0, "\(golden.id): nothing was compared")
      for failure in findings.failures {
        Issue.record("\(topic) \(golden.id) (\(golden.tag)): \(failure)")
      }
    }
  }

  /// Evaluates a recipe without its divergence over given advantages, and compares loss and gradient.
  private func expectLoss(
    _ recipe: PolicyGradientRecipe, of golden: GoldenCase, _ findings: inout Findings,
    current: String, old: String?, sampler: String? = nil, advantages: Ragged<Double>,
    mask: [[Double]], gradient: String
  ) throws {
    var recipe = recipe
    recipe.divergence = nil
    recipe.critic = nil
    let batch = FrameworksBatch(mask: mask)
    let rows = try batch.rows()
    let credit = Credit(advantages: advantages)
    let result = try recipe.evaluate(
      ObjectiveInput(
        current: batch.packed(golden.input.matrix(current)),
        weights: recipe.weights(for: rows, credit: credit),
        old: old.map { batch.packed(try golden.input.matrix($0)) },
        sampler: sampler.map { batch.packed(try golden.input.matrix($0)) },
        advantages: advantages))
    findings.expect(result.loss, try golden.expected.number("loss"), "\(recipe.name): loss")
    findings.expect(
      result.gradients.logProbabilities,
      batch.packed(try golden.expected.matrix(gradient)).values, "\(recipe.name): gradient")
  }

  @Test("verlGRPO and searchR1 give verl's group-relative advantages")
  func verlCredit() throws {
    try check("grpo") {
      try $0.input.flag("norm_adv_by_std_in_grpo") && $0.input.number("epsilon") == 1e-6
    } _: { golden, findings in
      let input = try EstimatorsInput(golden)
      for recipe in [PolicyGradientRecipe.verlGRPO, .searchR1, .skyRLGRPO] {
        try findings.expect(recipe.estimator, on: input.rows(), of: input)
      }
    }
  }

  @Test("verlGRPO gives verl's clipped loss over all tokens")
  func verlLoss() throws {
    try check("ppo_clip_loss") {
      try $0.input.text("loss_agg_mode") == "token-mean"
        && $0.input.number("clip_ratio_high") == 0.2 && $0.input.number("clip_ratio_c") == 3
        && $0.input["rollout_is_weights"]?.array == nil
    } _: { golden, findings in
      let mask = try golden.input.matrix("response_mask")
      for recipe in [PolicyGradientRecipe.verlGRPO, .verlPPO] {
        try expectLoss(
          recipe, of: golden, &findings, current: "log_prob", old: "old_log_prob",
          advantages: FrameworksBatch(mask: mask).packed(golden.input.matrix("advantages")),
          mask: mask, gradient: "grad_log_prob")
      }
    }
  }

  @Test("verlPPO and searchR1PPO give verl's whitened advantages and returns")
  func verlCritic() throws {
    try check("gae") {
      try $0.input.number("gamma") == 1 && $0.input.number("lam") == 1
    } _: { golden, findings in
      let input = try EstimatorsInput(golden)
      for var recipe in [PolicyGradientRecipe.verlPPO, .searchR1PPO] {
        recipe.divergence = nil
        var rows = try input.tokenRewardedRows()
        rows.values = try input.selected("values")
        let credit = try recipe.credit(for: rows)
        findings.expect(
          credit.advantages.values, try input.expected("advantages_whitened"), recipe.name)
        findings.expect(
          credit.returns?.values ?? [], try input.expected("returns"), "\(recipe.name): returns")
      }
    }
  }

  @Test("verlPPO takes verl's divergence from token rewards")
  func verlRewardDivergence() throws {
    try check("kl_in_reward") {
      try $0.input.text("kind") == "kl"
    } _: { golden, findings in
      let input = try EstimatorsInput(golden)
      var recipe = PolicyGradientRecipe.verlPPO
      recipe.estimator = RewardToGo()
      recipe.divergence = .tokenRewards(
        KLInReward(coefficient: try golden.input.number("init_kl_coef")))
      var rows = try input.rows(scores: input.mask.map { _ in 0 }, groups: nil)
      rows.tokenRewards = try input.selected("token_level_scores")
      let credit = try recipe.credit(
        for: rows, old: input.selected("old_log_probs"),
        reference: input.selected("ref_log_prob"))
      rows.tokenRewards = input.selected(try golden.expected.matrix("token_level_rewards"))
      findings.expect(
        credit.advantages.values, try RewardToGo().credit(for: rows).advantages.values, "returns")
    }
  }

  @Test("verlReinforcePlusPlusBaseline gives verl's")
  func verlReinforcePlusPlusBaseline() throws {
    try check("reinforce_pp_baseline") { _ in
      true
    } _: { golden, findings in
      let input = try EstimatorsInput(golden)
      try findings.expect(
        PolicyGradientRecipe.verlReinforcePlusPlusBaseline.estimator, on: input.rows(), of: input)
    }
  }

  @Test("each framework's group advantages are those of its preset")
  func groups() throws {
    let presets: [(String, PolicyGradientRecipe)] = [
      ("verl_grpo", .verlGRPO), ("verl_grpo", .verlDAPO), ("skyrl_grpo", .skyRLGRPO),
      ("rllm_grpo_norm", .rLLMGRPO), ("prime_rl_grpo", .primeRL),
      ("openrlhf_group_norm", .openRLHFGRPO),
    ]
    try check("group_baselines_by_framework") { _ in
      true
    } _: { golden, findings in
      let rewards = try golden.input.matrix("rewards")
      let groups = rewards.enumerated().flatMap { group, rewards in rewards.map { _ in group } }
      let rows = try ScoredRows(
        scores: rewards.joined().map { .value($0) }, groups: groups,
        tokenCounts: groups.map { _ in 1 })
      for (key, recipe) in presets {
        guard let matrix = golden.expected[key]?.asMatrix else { continue }
        let expected: [Double] = matrix.flatMap { $0 }
        findings.expect(
          try recipe.estimator.credit(for: rows).advantages.values, expected,
          "\(recipe.name): \(key)")
      }
    }
  }

  @Test("TRL's presets give its losses")
  func trlLosses() throws {
    let presets: [(PolicyGradientRecipe, JSONValue)] = [
      (.trlGRPO, ["loss_type": "grpo"]),
      (.trlDAPO, ["loss_type": "dapo", "epsilon_high": 0.28]),
      (
        .trlDrGRPO(maximumCompletionLength: 16),
        ["loss_type": "dr_grpo", "max_completion_length": 16]
      ),
    ]
    for (recipe, settings) in presets {
      try check("trl_grpo_loss") { golden in
        guard let config = golden.input["config"]?.object else { return false }
        return config.members.count == settings.object?.members.count
          && config.members.allSatisfy { settings[$0.key] == $0.value }
      } _: { golden, findings in
        let mask = try golden.input.matrix("mask")
        try expectLoss(
          recipe, of: golden, &findings, current: "per_token_logps", old: "old_per_token_logps",
          advantages: FrameworksBatch(mask: mask).broadcast(golden.input.numbers("advantages")),
          mask: mask, gradient: "grad_per_token_logps")
      }
    }
  }

  @Test("TRL's presets give its advantages")
  func trlCredit() throws {
    try check("trl_grpo_advantage") {
      $0.tag != "unscorable"
    } _: { golden, findings in
      let weights = try golden.input.numbers("reward_weights")
      let size = try golden.input.integer("num_generations")
      let scores = try golden.input.matrix("rewards_per_func").map {
        zip($0, weights).reduce(0.0) { $0 + $1.0 * $1.1 }
      }
      let rows = try ScoredRows(
        scores: scores.map { .value($0) }, groups: scores.indices.map { $0 / size },
        tokenCounts: scores.map { _ in 1 })
      for (recipe, scale) in [
        (PolicyGradientRecipe.trlGRPO, "group"), (.trlDAPO, "group"),
        (.trlDrGRPO(maximumCompletionLength: 16), "none"),
      ] {
        findings.expect(
          try recipe.credit(for: rows).advantages.values,
          try golden.expected.numbers("sum_then_normalize/\(scale)"), "\(recipe.name)")
      }
    }
    try check("trl_rloo_advantage") { _ in
      true
    } _: { golden, findings in
      let size = try golden.input.integer("num_generations")
      let rewards = try golden.input.numbers("rewards")
      let rows = try ScoredRows(
        scores: rewards.map { Score(checking: $0, of: "the reward") },
        groups: rewards.indices.map { $0 / size }, tokenCounts: rewards.map { _ in 1 })
      findings.expect(
        try PolicyGradientRecipe.trlRLOO.estimator.credit(for: rows).advantages.values,
        try golden.expected.numbers("plain"), "trlRLOO")
    }
  }

  @Test("openRLHFReinforceBaseline gives OpenRLHF's loss over all tokens")
  func openRLHFLoss() throws {
    try check("openrlhf_policy_loss") {
      $0.tag == "ppo" && $0.input["config"]?["token_level_loss"]?.bool == true
    } _: { golden, findings in
      let mask = try golden.input.matrix("action_mask")
      for recipe in [PolicyGradientRecipe.openRLHFReinforceBaseline, .openRLHFGRPO] {
        try expectLoss(
          recipe, of: golden, &findings, current: "log_probs", old: "old_log_probs",
          advantages: FrameworksBatch(mask: mask).packed(golden.input.matrix("advantages")),
          mask: mask, gradient: "grad_log_probs")
      }
    }
  }

  @Test("openRLHFReinforceBaseline sums OpenRLHF's token rewards from behind")
  func openRLHFCredit() throws {
    try check("openrlhf_compute_reward") {
      $0.input["reward_clip_range"]?.array == nil
    } _: { golden, findings in
      // Each reward alone in its group would be its own baseline, so the scores are taken out and
      // only the divergence is left.
      let input = try EstimatorsInput(golden, mask: "action_mask")
      var rows = try input.rows(scores: input.mask.map { _ in 0 }, groups: nil)
      let divergence = try input.selected("kl")
      var recipe = PolicyGradientRecipe.openRLHFReinforceBaseline
      recipe.divergence = .tokenRewards(
        KLInReward(coefficient: try golden.input.number("kl_coef")))
      let credit = try recipe.credit(
        for: rows, old: divergence, reference: divergence.with(divergence.values.map { _ in 0 }))
      let rewards = try golden.input.numbers("reward")
      var expected = input.selected(try golden.expected.matrix("token_rewards"))
      for row in 0..<rows.rowCount {
        guard let last = rows.range(ofRow: row).last else { continue }
        expected.values[last] -= rewards[row]
      }
      rows.tokenRewards = expected
      let returns = try RewardToGo().credit(for: rows).advantages.values
      findings.expect(credit.advantages.values, try Whitening.openRLHF(returns), "advantages")
    }
  }

  @Test("primeRL gives prime-rl's loss, per token of the batch")
  func primeRL() throws {
    try check("prime_rl_loss") {
      try $0.input.text("kind") == "default"
    } _: { golden, findings in
      let batch = FrameworksBatch(mask: [try golden.input.numbers("loss_mask")])
      let rows = try batch.rows()
      let recipe = PolicyGradientRecipe.primeRL
      let credit = Credit(advantages: batch.packed([try golden.input.numbers("advantages")]))
      let result = try recipe.evaluate(
        ObjectiveInput(
          current: batch.packed([golden.input.numbers("trainer_logprobs")]),
          weights: recipe.weights(for: rows, credit: credit),
          sampler: batch.packed([golden.input.numbers("inference_logprobs")]),
          advantages: credit.advantages))
      findings.expect(
        result.loss * Double(rows.tokenCount), try golden.expected.number("loss"), "loss")
    }
  }

  @Test("trlRLOO gives TRL's sequence loss")
  func trlRLOO() throws {
    try check("trl_rloo_loss") {
      try $0.input.number("epsilon_low") == 0.2 && $0.input.number("epsilon_high") == 0.2
    } _: { golden, findings in
      let batch = FrameworksBatch(mask: try golden.input.matrix("completion_mask"))
      let old = zip(try golden.input.numbers("old_logps"), batch.tokenCounts)
        .map { $0 / Double(max($1, 1)) }
      let recipe = PolicyGradientRecipe.trlRLOO
      let rows = try batch.rows()
      let credit = Credit(advantages: batch.broadcast(try golden.input.numbers("advantages")))
      let result = try recipe.evaluate(
        ObjectiveInput(
          current: batch.packed(golden.input.matrix("per_token_logps")),
          weights: recipe.weights(for: rows, credit: credit), old: batch.broadcast(old),
          advantages: credit.advantages))
      findings.expect(result.loss, try golden.expected.number("loss"), "loss")
    }
  }

  @Test("skyRLGRPO and slimeGRPO average as their frameworks reduce")
  func reductions() throws {
    try check("skyrl_reduction") { _ in
      true
    } _: { golden, findings in
      let batch = FrameworksBatch(mask: try golden.input.matrix("loss_mask"))
      let advantages = batch.packed(try golden.input.matrix("advantages"))
      let rows = try batch.rows()
      for (recipe, key) in [
        (PolicyGradientRecipe.skyRLGRPO, "token_mean"), (.slimeGRPO, "sequence_mean"),
        (.trlGRPO, "sequence_mean"),
      ] {
        let weights = recipe.weights(for: rows, credit: Credit(advantages: advantages))
        let scaled: [Double] = zip(advantages.values, rows.broadcast(weights.perToken).values)
          .map { $0 * $1 }
        findings.expect(
          scaled, batch.packed(try golden.expected.matrix(key)).values, recipe.name)
      }
    }
  }
}
