import Advantage
import OrderedJSON

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
  }
]
