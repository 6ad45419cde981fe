// One optimiser batch in two micro-batches: weights and choices are made once for all of it.
import Advantage
import RandomStreams
import Trajectories

let current = Ragged([[-0.2, -1.1, -0.4], [-2.0, -0.6], [-1.2], [-0.1, -3.0]])
let input = ObjectiveInput(
  current: current,
  weights: LossAggregation.sequenceMeanTokenMean.weights(tokenCounts: [3, 2, 1, 2]),
  old: current.with(current.values.map { $0 - 0.05 }),
  advantages: current.with([1, 1, 1, -1, -1, 1, -1, -1]))

let objective = ClipCov(fraction: 0.25, range: 0.2...2)
var random = RandomStream(seed: 7)
let choice = try objective.choose(from: input, drawing: &random)
let whole = try objective.evaluate(input.choosing(choice))

var loss = 0.0
var seen = Diagnostics()
for rows in [[0, 3], [1, 2]] {
  let result = try objective.evaluate(input.choosing(choice).rows(rows))
  loss += result.loss
  seen += result.diagnostics
}
print(choice.count, "of", current.values.count, "tokens were left out")
print("the parts add up:", abs(loss - whole.loss) < 1e-15)
print("share left out:", seen[.chosenFraction] ?? 0)
