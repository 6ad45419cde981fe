// What a token weighs: two questions, three answers of 2, 6 and 4 tokens, on two ranks.
import Advantage
import Trajectories

let rows = try ScoredRows(
  scores: [.value(1), .value(0), .value(1)], groups: [0, 0, 1], tokenCounts: [2, 6, 4])
let modes: [(name: String, mode: LossAggregation)] = [
  ("tokenMean", .tokenMean), ("sequenceMeanTokenMean", .sequenceMeanTokenMean),
  ("sequenceMeanTokenSum", .sequenceMeanTokenSum), ("constantLength(10)", .constantLength(10)),
  ("promptMean", .promptMean), ("tokenSum", .tokenSum),
]
func rounded(_ numbers: [Double]) -> [Double] { numbers.map { ($0 * 1e4).rounded() / 1e4 } }
for (name, mode) in modes { print(name, rounded(mode.weights(for: rows).perToken)) }

// A rank holds the first question only, and is told what the whole batch holds.
let first = try ScoredRows(
  scores: [.value(1), .value(0)], groups: [0, 0], tokenCounts: [2, 6])
let counts = BatchCounts(rows)
print(counts.tokens, "tokens,", counts.sequences, "rollouts,", counts.prompts ?? 0, "questions")
print("told", rounded(LossAggregation.tokenMean.weights(for: first, counts: counts).perToken))
print("not told", rounded(LossAggregation.tokenMean.weights(for: first).perToken))
