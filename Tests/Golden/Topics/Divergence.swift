import Advantage
import Foundation
import OrderedJSON
import Testing
import Trajectories

/// Divergences, entropies and log-probabilities.
let divergenceTopics: [String: TopicCheck] = [
  "algorithms/kl_penalty": { golden, findings in
    let kind = try golden.input.text("kind")
    let names: [String: KLPenalty.Estimator] = [
      "k1": .k1, "kl": .k1, "abs": .absolute, "k2": .k2, "mse": .k2, "k3": .k3, "low_var_kl": .k3,
    ]
    guard let estimator = names[kind.hasSuffix("+") ? String(kind.dropLast()) : kind] else {
      // The original refuses an estimate from two numbers that needs a vocabulary; here it can't
      // be asked for.
      return findings.expect(golden.raises, "NotImplementedError", "what the original raises")
    }
    let penalty = KLPenalty(estimator, gradient: kind.hasSuffix("+") ? .square : .own)
    try divergenceCheck(penalty, golden, &findings)
    let (current, reference) = try divergenceTokens(golden)
    findings.expect(
      penalty.estimates(current: current, reference: reference).values,
      try golden.expected.matrix("kl").flatMap { $0 }, "estimates")
  },
  "algorithms/kl_openrlhf": { golden, findings in
    let name = try golden.input.text("kind")
    let estimator = try #require(KLPenalty.Estimator(rawValue: name))
    try divergenceCheck(OpenRLHFKLPenalty(estimator), golden, &findings)
  },
  "algorithms/kl_full": { golden, findings in
    let logits = try divergenceLogits(golden.input.at("logits"))
    let reference = try divergenceLogits(golden.input.at("ref_logits"))
    findings.expect(
      try logits.divergences(from: reference),
      try golden.expected.matrix("kl").flatMap { $0 }, "divergences")
    findings.expect(
      try logits.divergenceGradient(
        from: reference, scaledBy: Array(repeating: 1, count: logits.count)),
      try divergenceNumbers(golden.expected.at("grad_logits_of_sum")), "gradient")
  },
  "algorithms/entropy_logprob": { golden, findings in
    let (input, expected) = (golden.input, golden.expected)
    let logits = try divergenceLogits(input.at("logits"))
    let labels = try input.matrix("labels").flatMap { $0 }.map { Int($0) }
    let ones = Array(repeating: 1.0, count: logits.count)
    let entropies = logits.entropies()
    let numbers = { (name: String) in try divergenceNumbers(expected.at(name)) }
    var answers: [(String, [Double])] = [
      ("entropy", entropies),
      ("grad_entropy_sum", logits.entropyGradient(scaledBy: ones)),
      ("log_probs", logits.logProbabilities(of: labels)),
      ("grad_log_probs_sum", logits.logProbabilityGradient(of: labels, scaledBy: ones)),
      ("sum_pi_squared", logits.collisionProbabilities()),
    ]

    // The bonus sees selected tokens only; its gradient goes back to their places.
    let mask = try input.matrix("response_mask")
    let selected = zip(mask.joined(), entropies).map { $0 > 0 ? $1 : nil }
    let width = try #require(mask.first).count
    let rows = Ragged(
      mask.indices.map { row in selected[row * width..<(row + 1) * width].compactMap { $0 } })
    let aggregation: LossAggregation =
      switch try input.text("loss_agg_mode") {
      case "token-mean": .tokenMean
      case "token-sum": .tokenSum
      case "seq-mean-token-sum": .sequenceMeanTokenSum
      case "seq-mean-token-mean": .sequenceMeanTokenMean
      default: .constantLength(width)
      }
    let lengths = (0..<rows.rowCount).map { rows.range(ofRow: $0).count }
    let result = try EntropyBonus().evaluate(
      ObjectiveInput(
        current: rows, weights: aggregation.weights(tokenCounts: lengths), entropies: rows))
    var gradients = try #require(result.gradients.entropies)[...]
    let scale = selected.map { $0 == nil ? 0 : -(gradients.popFirst() ?? .nan) }
    answers.append(("entropy_loss", [-result.loss]))
    answers.append(("grad_entropy_loss", logits.entropyGradient(scaledBy: scale)))

    // The file holds nine digits of each logit, the original had more: logits around 1000 are known
    // to 5e-6, and what follows from them to a few times that.
    let largest = logits.values.map(abs).max() ?? 0
    let rounding = 4 * 0.5e-9 * pow(10, log10(max(largest, 1)).rounded(.up))
    for (name, actual) in answers {
      let expected = try numbers(name)
      findings.expect(actual.count, expected.count, "count of \(name)")
      for (actual, expected) in zip(actual, expected)
      where !golden.agrees(actual, expected) && abs(actual - expected) > rounding {
        findings.fail("\(name) holds \(actual), not \(expected)")
      }
    }
  },
  "algorithms/trl_top_entropy_mask": { golden, findings in
    let mask = try golden.input.matrix("mask")
    let rows = { (matrix: [[Double]]) in
      Ragged(zip(matrix, mask).map { zip($0, $1).compactMap { $1 > 0 ? $0 : nil } })
    }
    let entropies = try rows(golden.input.matrix("entropies"))
    let kept = try HighEntropyTokens(share: golden.input.number("top_entropy_quantile"))
      .keptLikeTRL(entropies)
    findings.expect(
      kept.values, try rows(golden.expected.matrix("entropy_mask")).values.map { $0 > 0 }, "kept")
  },
]

/// Current and reference log-probabilities, one token per row, so that each row's loss is the
/// estimate at one token.
private func divergenceTokens(
  _ golden: GoldenCase
) throws -> (current: Ragged<Double>, reference: Ragged<Double>) {
  (
    Ragged(try golden.input.matrix("log_prob").flatMap { $0 }.map { [$0] }),
    Ragged(try golden.input.matrix("ref_log_prob").flatMap { $0 }.map { [$0] })
  )
}

private func divergenceCheck(
  _ objective: some PolicyObjective, _ golden: GoldenCase, _ findings: inout Findings
) throws {
  let (current, reference) = try divergenceTokens(golden)
  let count = current.rowCount
  let gradient = try objective.evaluate(
    ObjectiveInput(
      current: current, weights: RowWeights(perToken: Array(repeating: 1, count: count)),
      reference: reference)
  ).gradients.logProbabilities
  let values = try (0..<count).map { row in
    var weights = Array(repeating: 0.0, count: count)
    weights[row] = 1
    return try objective.evaluate(
      ObjectiveInput(
        current: current, weights: RowWeights(perToken: weights), reference: reference)
    ).loss
  }
  findings.expect(values, try golden.expected.matrix("kl").flatMap { $0 }, "values")
  findings.expect(
    gradient, try golden.expected.matrix("grad_log_prob_of_sum").flatMap { $0 }, "gradient")
}

/// Logits of shape [rows][tokens][vocabulary].
private func divergenceLogits(_ value: JSONValue) throws -> CategoricalLogits<Double> {
  let size = try #require(value.array?.first?.array?.first?.array).count
  return try CategoricalLogits(divergenceNumbers(value), vocabularySize: size)
}

/// All numbers of nested lists, in order.
private func divergenceNumbers(_ value: JSONValue) throws -> [Double] {
  if let array = value.array { return try array.flatMap(divergenceNumbers) }
  return [try #require(value.asNumber)]
}
