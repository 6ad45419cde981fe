// An estimator and an objective of one's own, beside those of the library.
import Advantage
import Trajectories

/// Pays only the best of a group: its distance to the mean, and nothing for the others.
struct BestOfGroup: AdvantageEstimator {
  func credit(for rows: ScoredRows) -> Credit {
    var byRow = Array(repeating: 0.0, count: rows.rowCount)
    for group in rows.grouped {
      let moments = Moments(group.values)
      guard !moments.isConstant() else { continue }
      for member in group.members where member.score.value == moments.maximum {
        for row in member.rows { byRow[row] = moments.maximum - moments.mean }
      }
    }
    return Credit(advantages: rows.broadcast(byRow))
  }
}

/// REINFORCE: minus advantage times log-probability, without a ratio and without a clip.
struct Reinforce: PolicyObjective {
  let needs: ObjectiveNeeds = .advantages

  func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var gradient = Array(repeating: 0.0, count: input.current.values.count)
    var loss = 0.0
    input.forEachToken { token, weight in
      let pull = weight * (input.advantages?.values[token] ?? 0)
      loss -= pull * input.current.values[token]
      gradient[token] = -pull
    }
    return ObjectiveResult(loss: loss, gradients: ObjectiveGradients(logProbabilities: gradient))
  }
}

let objective = Reinforce() + 0.001 * KLPenalty(.k3)
let rows = try ScoredRows(
  scores: [.value(0), .value(1), .value(0.5)], groups: [0, 0, 0], tokenCounts: [2, 1, 3])
let current = Ragged<Float>([[-1, -2], [-0.5], [-1, -1, -3]])
let result = try objective.evaluate(
  ObjectiveInput(
    current: current, weights: LossAggregation.sequenceMeanTokenMean.weights(for: rows),
    reference: current, advantages: try BestOfGroup().advantages(for: rows)))
print(result.loss, result.gradients.logProbabilities)
