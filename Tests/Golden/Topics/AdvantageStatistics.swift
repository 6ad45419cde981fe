import Advantage
import OrderedJSON
import Trajectories

/// Masked statistics, and the controller of the KL coefficient.
let advantageStatisticsTopics: [String: TopicCheck] = [
  "algorithms/kl_controller": { golden, findings in
    let input = golden.input
    var coefficient = try AdaptiveKLCoefficient(
      startingAt: input.number("init_kl_coef"), target: input.number("target_kl"),
      horizon: input.number("horizon"))
    var values: [Double] = []
    for update in try input.matrix("updates") {
      coefficient.observe(update[0], over: Int(update[1]))
      values.append(coefficient.value)
    }
    findings.expect(values, try golden.expected.numbers("values"), "values")
  },
  "algorithms/masked_stats": { golden, findings in
    let input = try EstimatorsInput(golden, mask: "mask")
    let numbers = try input.selected("values")
    let moments = Moments(numbers.values)
    findings.expect(moments.mean, try golden.expected.number("masked_mean"), "masked_mean")
    if golden.raises != nil {
      findings.expect(moments.variance(correction: 1), nil, "variance")
      return findings.expectError("whitening of nothing") {
        _ = try VerlWhitening()(numbers.values)
      }
    }
    findings.expect(moments.sum, try golden.expected.number("masked_sum"), "masked_sum")
    if golden.tag == "nan_outside_mask_sum_mean_only" { return }
    findings.expect(
      numbers.rowMoments.map(\.mean), try golden.expected.numbers("masked_mean_rows"),
      "masked_mean_rows")
    for (correction, key) in [(1, "masked_var_unbiased"), (0, "masked_var_biased")] {
      findings.expect(
        moments.variance(correction: correction) ?? .nan, try golden.expected.number(key), key)
    }
    let whitened = try VerlWhitening()(numbers.values)
    findings.expect(whitened, try input.expected("whiten"), "whiten")
    if golden.tag == "constant_values" {
      return findings.expect(
        try Whitening()(numbers.values), numbers.values.map { _ in 0 }, "our whitening")
    }
    findings.expect(try Whitening()(numbers.values), whitened, "our whitening")
    findings.expect(
      try Whitening(damping: .underRoot(1e-8), keepsMean: true)(numbers.values),
      try input.expected("whiten_keep_mean"), "whiten_keep_mean")
  },
]
