// Two questions, four answers each. One answer got no score, and all answers to the second
// question are right.
import Advantage
import Trajectories

let scores: [Score] = [
  .value(1), .value(3), .value(2), .missing(reason: "the judge timed out"),
  .value(1), .value(1), .value(1), .value(1),
]
let rows = try ScoredRows(
  scores: scores, groups: [0, 0, 0, 0, 1, 1, 1, 1], tokenCounts: [2, 3, 1, 4, 2, 2, 2, 2])
let advantages: Ragged<Double> = try GroupRelative.grpo.advantages(for: rows)

// Since they were sampled, tokens of the first question became likelier by 0.3 nats.
let old = rows.broadcast(Array(repeating: -1.0, count: 8))
let current = rows.broadcast([-0.7, -0.7, -0.7, -0.7, -1, -1, -1, -1])
let weights = LossAggregation.tokenMean.weights(for: rows)
let result = try ClippedSurrogate().evaluate(
  ObjectiveInput(current: current, weights: weights, old: old, advantages: advantages))

func rounded(_ number: Double) -> Double { (number * 1e4).rounded() / 1e4 }
for row in 0..<rows.rowCount {
  let token = rows.range(ofRow: row).lowerBound
  print(
    "row", row, "advantage", rounded(advantages.values[token]), "weight",
    rounded(weights.perToken[row]), "gradient", rounded(result.gradients.logProbabilities[token]))
}
print("loss", rounded(result.loss))
