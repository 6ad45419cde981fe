import Advantage
import Foundation
import Testing
import Trajectories

@Suite("Objectives agree with the originals")
struct GoldenObjectiveTests {
  /// The aggregation of a case; the original's default length is the padded width.
  private func aggregation(_ golden: GoldenFile.Case, width: Int) throws -> LossAggregation {
    switch try golden.string("loss_agg_mode") {
    case "token-mean": .tokenMean
    case "token-sum": .tokenSum
    case "seq-mean-token-sum": .sequenceMeanTokenSum
    case "seq-mean-token-mean": .sequenceMeanTokenMean
    default: .constantLength(Int(golden.input["loss_scale_factor"]?.number ?? Double(width)))
    }
  }

  private func weights(_ golden: GoldenFile.Case, mask: String = "response_mask") throws
    -> RowWeights
  {
    let width = try golden.matrix(mask).first?.count ?? 0
    var counts: BatchCounts?
    if let tokens = golden.input["batch_num_tokens"]?.number,
      let sequences = golden.input["global_batch_size"]?.number
    {
      counts = BatchCounts(tokens: Int(tokens), sequences: Int(sequences))
    }
    return try aggregation(golden, width: width)
      .weights(tokenCounts: golden.tokenCounts(mask: mask), counts: counts)
  }

  @Test("aggregation, also with the counts of a larger batch")
  func aggregation() throws {
    let file = try GoldenFile("agg_loss")
    for golden in file.cases where golden.expected["error"] == nil {
      let losses = try golden.ragged("loss_mat", mask: "loss_mask")
      let result = try ImitationLoss().evaluate(
        ObjectiveInput(
          current: losses.with(losses.values.map { -$0 }),
          weights: weights(golden, mask: "loss_mask")))
      // Data-parallel ranks of the original average, so it scales up; ours add.
      let ranks = golden.input["dp_size"]?.number ?? 1
      file.expect(ranks * result.loss, try golden.expectedNumber("loss"), "loss", of: golden)
      file.expect(
        result.gradients.logProbabilities.map { -ranks * $0 },
        try golden.expectedRagged("grad_loss_mat", mask: "loss_mask").values, "gradient",
        of: golden)
    }
  }

  @Test("the clipped surrogate, its gradient and its fractions")
  func clippedSurrogate() throws {
    let file = try GoldenFile("ppo_clip_loss")
    #expect(file.cases.count == 24)
    for golden in file.cases {
      let old = try golden.ragged("old_log_prob")
      var objective = try ClippedSurrogate(
        lower: golden.number("clip_ratio_low"), upper: golden.number("clip_ratio_high"),
        dualClip: golden.number("clip_ratio_c"))
      var sampler: Ragged<Double>?
      if golden.input["rollout_is_weights"]?.matrix != nil {
        let weights = try golden.ragged("rollout_is_weights")
        sampler = old.with(zip(old.values, weights.values).map { $0 - log($1) })
        objective.correction = .truncated(at: 1e9)
      }
      let result = try objective.evaluate(
        ObjectiveInput(
          current: golden.ragged("log_prob"), weights: weights(golden), old: old,
          sampler: sampler, advantages: golden.ragged("advantages")))
      file.expect(result.loss, try golden.expectedNumber("loss"), "loss", of: golden)
      file.expect(
        result.gradients.logProbabilities, try golden.expectedRagged("grad_log_prob").values,
        "gradient", of: golden)
      let metrics = try #require(golden.expected["metrics"]?.object)
      for (name, key) in [
        (Diagnostics.Name.clipFraction, "pg_clipfrac"), (.approximateKL, "ppo_kl"),
        (.dualClipFraction, "pg_clipfrac_lower"),
      ] {
        file.expect(
          try #require(result.diagnostics[name]), try #require(metrics[key]?.number), key,
          of: golden)
      }
    }
  }

  @Test("estimates of the divergence and their gradients")
  func divergence() throws {
    let file = try GoldenFile("kl_penalty")
    for golden in file.cases where golden.expected["error"] == nil {
      let kind = try golden.string("kind")
      let estimators: [String: KLPenalty.Estimator] = [
        "k1": .k1, "kl": .k1, "abs": .absolute, "k2": .k2, "mse": .k2, "k3": .k3,
        "low_var_kl": .k3,
      ]
      let estimator = try #require(estimators[kind.replacing("+", with: "")])
      let penalty = KLPenalty(estimator, gradient: kind.hasSuffix("+") ? .square : .own)
      let current = try golden.matrix("log_prob")
      let reference = try golden.matrix("ref_log_prob")
      let expected = try #require(golden.expected["kl"]?.matrix).flatMap { $0 }
      let expectedGradient = try #require(golden.expected["grad_log_prob_of_sum"]?.matrix)
      // One token per row, so that the loss of each row is the estimate at one token.
      let tokens = Array(zip(current.flatMap { $0 }, reference.flatMap { $0 }))
      var (values, gradient): ([Double], [Double]) = ([], [])
      for (current, reference) in tokens {
        let result = try penalty.evaluate(
          ObjectiveInput(
            current: Ragged([[current]]), weights: RowWeights(perToken: [1]),
            reference: Ragged([[reference]])))
        values.append(result.loss)
        gradient += result.gradients.logProbabilities
      }
      file.expect(values, expected, "value", of: golden)
      file.expect(gradient, expectedGradient.flatMap { $0 }, "gradient", of: golden)
    }
  }

  @Test("the critic's loss, clipped and not")
  func valueLoss() throws {
    let file = try GoldenFile("value_loss")
    for golden in file.cases {
      let values = try golden.ragged("vpreds")
      func result(_ loss: ValueLoss, _ weights: RowWeights) throws -> ObjectiveResult<Double> {
        try loss.evaluate(
          ObjectiveInput(
            current: values, weights: weights, values: values,
            oldValues: golden.ragged("values"), returns: golden.ragged("returns")))
      }
      let range = try golden.number("cliprange_value")
      let clipped = try result(ValueLoss(range: range), weights(golden))
      file.expect(clipped.loss, try golden.expectedNumber("loss"), "loss", of: golden)
      file.expect(
        try #require(clipped.gradients.values), try golden.expectedRagged("grad_vpreds").values,
        "gradient", of: golden)
      file.expect(
        try #require(clipped.diagnostics[.valueClipFraction]),
        try golden.expectedNumber("vf_clipfrac"), "clip fraction", of: golden)

      let mean = try LossAggregation.tokenMean.weights(tokenCounts: golden.tokenCounts())
      let free = try result(ValueLoss(range: nil), mean)
      file.expect(
        free.loss, try golden.expectedNumber("openrlhf_unclipped_loss"), "free loss", of: golden)
      file.expect(
        try #require(free.gradients.values),
        try golden.expectedRagged("openrlhf_unclipped_grad").values, "free gradient", of: golden)
    }
  }

  @Test("weights that correct for the sampler, truncated and masked")
  func samplerCorrection() throws {
    let file = try GoldenFile("rollout_correction")
    for golden in try file.cases(tagged: "is_truncate", "is_icepop") {
      // The original can divide by the mean weight afterwards; the factor is part of its metrics.
      let factor =
        golden.expected["metrics"]?.object?["rollout_is_batch_norm_factor"]?.number ?? 1
      let name = try golden.string("rollout_is")
      let level = try #require(SamplerCorrection.Level(rawValue: name))
      let correction: SamplerCorrection =
        if let limit = golden.input["rollout_is_threshold"]?.number {
          .truncated(at: limit, level: level)
        } else {
          .masked(in: 0.5...2, level: level)
        }
      let weights = try correction.weights(
        trainer: golden.ragged("old_log_prob"), sampler: golden.ragged("rollout_log_prob"))
      file.expect(
        weights.factors.values.map { $0 / factor }, try golden.expectedRagged("weights").values,
        "weights", of: golden)
    }
  }

  @Test("how far trainer and sampler are apart")
  func drift() throws {
    let file = try GoldenFile("rollout_correction")
    for golden in try file.cases(tagged: "offpolicy_metrics") {
      let drift = try samplerDrift(
        trainer: golden.ragged("old_log_prob"), sampler: golden.ragged("rollout_log_prob"))
      let metrics = try #require(golden.expected["metrics"]?.object)
      file.expect(drift.kl, try #require(metrics["kl"]?.number), "kl", of: golden)
      file.expect(drift.k3, try #require(metrics["k3_kl"]?.number), "k3", of: golden)
    }
  }
}
