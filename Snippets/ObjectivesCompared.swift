// How strongly each objective pulls on one token, as the token's ratio to the old policy grows.
import Advantage
import Trajectories

let objectives: [(name: String, objective: any PolicyObjective)] = [
  ("REINFORCE", Reinforce()),
  ("clipped", ClippedSurrogate(upper: 0.28)),
  ("two-sided", ClippedSurrogate(cap: 2)),
  ("CISPO", CISPO(range: 0...1.28)),
  ("SAPO", SAPO()),
  ("GMPO", GMPO()),
  ("DPPO", DPPO()),
  ("VESPO", VESPO()),
]

func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 + 0 }

/// The gradient of one token of probability 5% under the old policy.
func pull(_ objective: any PolicyObjective, logRatio: Double, advantage: Double) throws -> Double {
  let old = Ragged([[-3.0]])
  let input = ObjectiveInput(
    current: old.with([-3 + logRatio]),
    weights: LossAggregation.tokenMean.weights(tokenCounts: [1]),
    old: old, advantages: old.with([advantage]))
  return rounded(try objective.evaluate(input).gradients.logProbabilities[0])
}

let logRatios = [-1.0, -0.1, 0, 0.1, 1]
for advantage in [1.0, -1] {
  print("advantage", advantage, "at log-ratios", logRatios)
  for (name, objective) in objectives {
    let pulls = try logRatios.map { try pull(objective, logRatio: $0, advantage: advantage) }
    print(" ", name, pulls)
  }
}
