import Advantage
import Foundation
import OrderedJSON
import Trajectories

/// A padded batch of an original, as rows of selected tokens.
struct ObjectivesBatch {
  private let golden: GoldenCase
  private let mask: [[Double]]

  init(_ golden: GoldenCase, mask: String = "response_mask") throws {
    self.golden = golden
    self.mask = try golden.input.matrix(mask)
  }

  private init(_ golden: GoldenCase, mask: [[Double]]) {
    self.golden = golden
    self.mask = mask
  }

  /// The same batch with fewer tokens: those that a rejection left.
  func keeping(_ kept: Ragged<Bool>) -> ObjectivesBatch {
    var (mask, token) = (mask, 0)
    for row in mask.indices {
      for position in mask[row].indices where mask[row][position] > 0 {
        if !kept.values[token] { mask[row][position] = 0 }
        token += 1
      }
    }
    return ObjectivesBatch(golden, mask: mask)
  }

  /// How many tokens of each row are selected.
  var tokenCounts: [Int] { mask.map { $0.count { $0 > 0 } } }

  /// The selected numbers of a padded matrix.
  func selected(_ matrix: [[Double]]) -> Ragged<Double> {
    Ragged(
      zip(matrix, mask).map { row, mask in
        zip(row, mask).filter { $0.1 > 0 }.map(\.0)
      })
  }

  /// The padded matrix of selected numbers, 0 elsewhere.
  func padded(_ numbers: Ragged<Double>) -> [[Double]] {
    var token = 0
    return mask.map { row in
      row.map { selected in
        guard selected > 0 else { return 0 }
        defer { token += 1 }
        return numbers.values[token]
      }
    }
  }

  /// The selected numbers of an input.
  func numbers(_ key: String) throws -> Ragged<Double> {
    selected(try golden.input.matrix(key))
  }

  /// The aggregation that the case names; the original's default length is the padded width.
  func aggregation() throws -> LossAggregation {
    let name = try golden.input.text("loss_agg_mode")
    switch name {
    case "token-mean": return .tokenMean
    case "token-sum": return .tokenSum
    case "seq-mean-token-sum": return .sequenceMeanTokenSum
    case "seq-mean-token-mean": return .sequenceMeanTokenMean
    case "seq-mean-token-sum-norm":
      return .constantLength(golden.input["loss_scale_factor"]?.integer ?? mask[0].count)
    default: throw UnexpectedShape(description: "nobody knows the aggregation \(name)")
    }
  }

  /// The numbers of an objective, with old log-probabilities and advantages by their usual names.
  ///
  /// Weights for the sampler become log-probabilities of a sampler that would have given them.
  func input(
    aggregation: LossAggregation? = nil, counts: BatchCounts? = nil, old: String = "old_log_prob"
  ) throws -> ObjectiveInput<Double> {
    let oldValues = golden.input[old] == nil ? nil : try numbers(old)
    var sampler: Ragged<Double>?
    if hasWeights, let oldValues {
      let weights = try numbers("rollout_is_weights")
      sampler = oldValues.with(zip(oldValues.values, weights.values).map { $0 - log($1) })
    }
    return ObjectiveInput(
      current: try numbers("log_prob"),
      weights: try (aggregation ?? self.aggregation())
        .weights(tokenCounts: tokenCounts, counts: counts),
      old: oldValues, sampler: sampler, advantages: try numbers("advantages"))
  }

  /// Whether the case weighs tokens by importance.
  var hasWeights: Bool { golden.input["rollout_is_weights"]?.array != nil }

  /// A correction that gives the weights of the case just as they are.
  var correction: SamplerCorrection { hasWeights ? .truncated(at: 1e9) : .none }

  /// Compares loss, gradient, and those diagnostics that mean the same.
  func compare(
    _ result: ObjectiveResult<Double>, _ findings: inout Findings,
    _ metrics: [(Diagnostics.Name, String)] = [(.approximateKL, "ppo_kl")]
  ) throws {
    findings.expect(result.loss, try golden.expected.number("loss"), "loss")
    findings.expect(
      result.gradients.logProbabilities,
      selected(try golden.expected.matrix("grad_log_prob")).values, "gradient")
    for (name, key) in metrics {
      guard let expected = golden.expected["metrics"]?[key]?.asNumber else { continue }
      guard let actual = result.diagnostics[name] else {
        findings.fail("there is no diagnostic \(name.rawValue)")
        continue
      }
      findings.expect(actual, expected, key)
    }
  }
}
