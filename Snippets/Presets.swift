// One question, four answers, one of them never judged: what several recipes make of the same numbers.
import Advantage
import Trajectories

let rows = try ScoredRows(
  scores: [.value(1), .value(0), .value(0), .missing(reason: "the judge timed out")],
  groups: [0, 0, 0, 0], tokenCounts: [4, 2, 1, 3])
let old = rows.broadcast([-1, -1, -1, -1])
let current = rows.broadcast([-0.9, -1.3, -1, -1])

func rounded(_ number: Double) -> Double { (number * 1e4).rounded() / 1e4 + 0 }
let recipes: [PolicyGradientRecipe] = [
  .grpo, .verlGRPO, .rLLMGRPO, .trlGRPO, .drGRPO(length: 4), .rloo, .openRLHFReinforceBaseline,
]
for recipe in recipes {
  let input = try recipe.input(for: rows, current: current, old: old, reference: old)
  let result = try recipe.evaluate(input)
  print(
    recipe.name, "advantage", rounded(input.advantages?.values[0] ?? 0), "weight",
    rounded(input.weights.perToken[0]), "loss", rounded(result.loss))
}
