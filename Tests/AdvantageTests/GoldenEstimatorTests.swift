import Advantage
import Testing
import Trajectories

@Suite("Estimators agree with the originals")
struct GoldenEstimatorTests {
  /// Scores are sums of all of a row's token rewards, as in the originals.
  private func rows(
    _ golden: GoldenFile.Case, groups: String, rollouts: String? = nil
  ) throws -> ScoredRows {
    func numbered(_ labels: [String]) -> [Int] {
      var seen: [String: Int] = [:]
      return labels.map { label in
        let number = seen[label] ?? seen.count
        seen[label] = number
        return number
      }
    }
    return try ScoredRows(
      scores: golden.matrix("token_level_rewards").map { .value($0.reduce(0, +)) },
      groups: numbered(golden.strings(groups)),
      rollouts: rollouts.map { try numbered(golden.strings($0)) },
      tokenCounts: golden.tokenCounts())
  }

  @Test("GRPO and Dr. GRPO")
  func grpo() throws {
    let file = try GoldenFile("grpo")
    #expect(file.cases.count == 18)
    for golden in file.cases {
      let epsilon = try golden.number("epsilon")
      let normalised = try golden.flag("norm_adv_by_std_in_grpo")
      let estimator = GroupRelative(
        scale: normalised ? .standardDeviation(correction: 1, epsilon: epsilon) : .none,
        loneMember: .raw,
        tolerance: golden.tag == "tiny_var" ? 0 : Moments.defaultTolerance)
      let advantages: Ragged<Double> = try estimator.advantages(for: rows(golden, groups: "index"))
      file.expect(
        advantages.values, try golden.expectedRagged("advantages").values, "advantages", of: golden)
    }
  }

  @Test("RLOO, with both answers for a lone rollout")
  func rloo() throws {
    let file = try GoldenFile("rloo")
    #expect(file.cases.count == 12)
    for golden in file.cases {
      let rows = try rows(golden, groups: "index")
      for (rule, key) in [
        (GroupRelative.LoneMember.raw, "advantages"), (.zero, "advantages_vectorized"),
      ] {
        var estimator = GroupRelative.rloo
        estimator.loneMember = rule
        estimator.tolerance = golden.tag == "tiny_var" ? 0 : estimator.tolerance
        let advantages: Ragged<Double> = try estimator.advantages(for: rows)
        file.expect(advantages.values, try golden.expectedRagged(key).values, key, of: golden)
      }
    }
  }

  @Test("one score per rollout, however many rows it has")
  func rolloutLevel() throws {
    let file = try GoldenFile("rollout_level_grpo")
    #expect(file.cases.count == 10)
    for golden in file.cases {
      let normalised = try golden.flag("norm_by_std")
      let estimator = GroupRelative(
        scale: normalised ? .standardDeviation(correction: 1, epsilon: 1e-6) : .none,
        loneMember: .raw)
      let advantages: Ragged<Double> = try estimator.advantages(
        for: rows(golden, groups: "uid", rollouts: "rollout_id"))
      file.expect(
        advantages.values, try golden.expectedRagged("rollout_level_advantages").values,
        "advantages", of: golden)
    }
  }

  @Test("GAE, raw, whitened and its returns")
  func gae() throws {
    let file = try GoldenFile("gae")
    for golden in file.cases {
      let counts = try golden.tokenCounts()
      var rows = try ScoredRows(
        scores: counts.map { _ in .value(0) }, groups: counts.map { _ in 0 },
        tokenCounts: counts)
      rows.tokenRewards = try golden.ragged("token_level_rewards")
      rows.values = try golden.ragged("values")
      var estimator = try GeneralizedAdvantage(
        discount: golden.number("gamma"), lambda: golden.number("lam"))
      if golden.expected["error"] != nil {
        #expect(throws: AdvantageError.tooFewTokens(count: 1, needed: 2)) {
          try estimator.credit(for: rows)
        }
        continue
      }
      let whitened = try estimator.credit(for: rows)
      estimator.whitening = nil
      let raw = try estimator.credit(for: rows)
      file.expect(
        whitened.advantages.values, try golden.expectedRagged("advantages_whitened").values,
        "whitened", of: golden)
      file.expect(
        raw.advantages.values, try golden.expectedRagged("advantages_raw").values, "raw",
        of: golden)
      file.expect(
        try #require(raw.returns).values, try golden.expectedRagged("returns").values, "returns",
        of: golden)
      #expect(raw.returns == whitened.returns)
    }
  }

  @Test("means, variances and whitening")
  func statistics() throws {
    let file = try GoldenFile("masked_stats")
    let cases = try file.cases(tagged: "right_padded", "multi_turn_mask", "constant_values")
    for golden in cases {
      let numbers = try golden.ragged("values", mask: "mask").values
      let moments = Moments(numbers)
      file.expect(moments.mean, try golden.expectedNumber("masked_mean"), "mean", of: golden)
      for (correction, key) in [(1, "masked_var_unbiased"), (0, "masked_var_biased")] {
        let variance = try #require(moments.variance(correction: correction))
        file.expect(variance, try golden.expectedNumber(key), key, of: golden)
      }
      if golden.tag == "constant_values" {
        #expect(try Whitening()(numbers).allSatisfy { $0 == 0 })
      } else {
        file.expect(
          try Whitening()(numbers), try golden.expectedRagged("whiten", mask: "mask").values,
          "whitened", of: golden)
      }
    }
  }

  @Test("the adaptive coefficient")
  func adaptiveCoefficient() throws {
    let file = try GoldenFile("kl_controller")
    for golden in file.cases {
      var coefficient = try AdaptiveKLCoefficient(
        startingAt: golden.number("init_kl_coef"), target: golden.number("target_kl"),
        horizon: golden.number("horizon"))
      var values: [Double] = []
      for update in try golden.matrix("updates") {
        coefficient.observe(update[0], over: Int(update[1]))
        values.append(coefficient.value)
      }
      file.expect(
        values, try #require(golden.expected["values"]?.numbers), "values",
        of: golden)
    }
  }
}
