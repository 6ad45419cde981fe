import Advantage
import RandomStreams
import Trajectories

/// Random scored rows: groups of rollouts, some with branches, some without a score.
struct RandomBatch {
  var scores: [Score] = []
  var groups: [Int] = []
  var rollouts: [Int] = []
  var tokenCounts: [Int] = []

  init(seed: Int, missing: Float = 0.2, branching: Float = 0.3) {
    var random = RandomStream(seed: UInt64(seed)).child("batch")
    var rollout = 0
    for group in 0..<(1 + random.index(below: 5)) {
      let binary = random.chance(0.5)
      for _ in 0..<(1 + random.index(below: 6)) {
        let value = binary ? Double(random.index(below: 2)) : random.normal()
        let score: Score =
          random.chance(missing) ? .missing(reason: "the judge was silent") : .value(value)
        for _ in 0..<(random.chance(branching) ? 2 : 1) {
          scores.append(score)
          groups.append(group * 7 - 3)
          rollouts.append(rollout)
          tokenCounts.append(random.index(below: 5))
        }
        rollout += 1
      }
    }
  }

  func rows() throws -> ScoredRows {
    try ScoredRows(
      scores: scores, groups: groups, rollouts: rollouts, tokenCounts: tokenCounts)
  }

  func permuted(_ order: [Int]) -> RandomBatch {
    var result = self
    result.scores = order.map { scores[$0] }
    result.groups = order.map { groups[$0] }
    result.rollouts = order.map { rollouts[$0] }
    result.tokenCounts = order.map { tokenCounts[$0] }
    return result
  }
}

extension RandomStream {
  /// Numbers around 0, one per token.
  mutating func numbers(like offsets: [Int], mean: Double = 0, deviation: Double = 1)
    -> Ragged<Double>
  {
    let count = offsets.last ?? 0
    return Ragged(values: (0..<count).map { _ in mean + deviation * normal() }, offsets: offsets)
  }
}

extension Ragged {
  /// Some rows, in the order given.
  func picking(_ rows: [Int]) -> Ragged { Ragged(rows.map { Array(self[row: $0]) }) }
}

extension ObjectiveInput<Double> {
  /// Random numbers of every kind for scored rows.
  static func random(
    _ rows: ScoredRows, weights: RowWeights, seed: Int
  ) -> ObjectiveInput<Double> {
    var random = RandomStream(seed: UInt64(seed)).child("numbers")
    let old = random.numbers(like: rows.offsets, mean: -1.5, deviation: 0.7)
    func near(_ deviation: Double) -> Ragged<Double> {
      old.with(old.values.map { $0 + deviation * random.normal() })
    }
    let (current, reference, sampler) = (near(0.3), near(0.8), near(0.2))
    let advantages = random.numbers(like: rows.offsets)
    let entropies = random.numbers(like: rows.offsets, mean: 2)
    let values = random.numbers(like: rows.offsets)
    let oldValues = random.numbers(like: rows.offsets)
    let returns = random.numbers(like: rows.offsets)
    let chosen = (0..<rows.tokenCount).filter { _ in random.chance(0.3) }
    let observed = Ragged(
      (0..<rows.rowCount).map { row in (0...row % 3).map { _ in -random.normal() } })
    return ObjectiveInput(
      current: current, weights: weights, old: old, reference: reference, sampler: sampler,
      advantages: advantages, entropies: entropies, values: values, oldValues: oldValues,
      returns: returns, chosen: TokenChoice(chosen, offsets: rows.offsets),
      observations: ObservedTokens(logProbabilities: observed, weights: weights))
  }

  /// The same numbers for some of the rows.
  func picking(_ rows: [Int]) -> ObjectiveInput { self.rows(rows) }

  /// The same numbers with one kind replaced.
  func replacing(
    current: Ragged<Double>? = nil, old: Ragged<Double>? = nil,
    advantages: Ragged<Double>? = nil, entropies: Ragged<Double>? = nil,
    values: Ragged<Double>? = nil, observed: Ragged<Double>? = nil
  ) -> ObjectiveInput {
    ObjectiveInput(
      current: current ?? self.current, weights: weights, old: old ?? self.old,
      reference: reference, sampler: sampler, advantages: advantages ?? self.advantages,
      entropies: entropies ?? self.entropies, values: values ?? self.values,
      oldValues: oldValues, returns: returns, chosen: chosen,
      observations: observations.map {
        ObservedTokens(
          logProbabilities: observed ?? $0.logProbabilities, weights: $0.weights)
      })
  }
}

/// Objectives whose gradient is the derivative of their loss, alone and together, by name.
let differentiableObjectives: [(name: String, objective: any PolicyObjective)] = [
  ("clipped", ClippedSurrogate()),
  ("clipped higher", ClippedSurrogate(lower: 0.2, upper: 0.28)),
  ("dual clip", ClippedSurrogate(dualClip: 1.5)),
  ("two-sided", ClippedSurrogate(cap: 1.4)),
  ("tightly capped", ClippedSurrogate(cap: 1.05)),
  ("truncated", ClippedSurrogate(correction: .truncated(at: 1.1))),
  ("masked", ClippedSurrogate(correction: .masked(in: 0.8...1.2, level: .sequence))),
  ("REINFORCE", Reinforce()),
  ("corrected REINFORCE", Reinforce(correction: .truncated(at: 1.1))),
  ("GSPO", GSPO(lower: 0.1, upper: 0.1)),
  ("corrected GSPO", GSPO(correction: .truncated(at: 1.1))),
  ("SAPO", SAPO()),
  ("corrected SAPO", SAPO(negativeTemperature: 2, correction: .masked(in: 0.8...1.2))),
  ("GMPO", GMPO(lower: 0.2, upper: 0.3)),
  ("corrected GMPO", GMPO(correction: .truncated(at: 1.1))),
  ("DRO", DRO(strength: 0.5)),
  ("Clip-Cov", ClipCov()),
  ("KL-Cov", KLCov()),
  ("k1", KLPenalty(.k1)),
  ("absolute", KLPenalty(.absolute)),
  ("k2", KLPenalty(.k2)),
  ("k3", KLPenalty(.k3)),
  ("k3 without end", KLPenalty(.k3, maximum: nil)),
  ("entropy", EntropyBonus()),
  ("value", ValueLoss()),
  ("value without range", ValueLoss(range: nil)),
  ("imitation", ImitationLoss()),
  ("observations", ObservationPrediction()),
  (
    "sum",
    ClippedSurrogate() + 0.1 * KLPenalty(.k3) + 0.01 * EntropyBonus() + 0.5 * ValueLoss()
      + 0.2 * ObservationPrediction()
  ),
]

/// Objectives that hold a ratio constant in their gradient but not in their loss.
let stoppedObjectives: [(name: String, objective: any PolicyObjective)] = [
  ("CISPO", CISPO()),
  ("corrected CISPO", CISPO(range: 0...5, correction: .truncated(at: 1.1))),
  ("DPPO", DPPO(lower: 0.05, upper: 0.05)),
  ("DPPO by divergence", DPPO(.binaryKL, lower: 0.02, upper: 0.02, cap: 1.2)),
  ("VESPO", VESPO()),
  ("corrected VESPO", VESPO(correction: .truncated(at: 1.1))),
]

/// Every objective there is, alone and together, by name.
let objectives: [(name: String, objective: any PolicyObjective)] =
  differentiableObjectives + stoppedObjectives + [
    ("GSPO by token", GSPO(lower: 0.1, upper: 0.1, gradient: .token))
  ]

let aggregations: [LossAggregation] = [
  .tokenMean, .sequenceMeanTokenMean, .sequenceMeanTokenSum, .constantLength(12), .tokenSum,
  .promptMean,
]
