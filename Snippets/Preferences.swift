// Two pairs of completions, and what DPO and IPO make of them.
import Advantage
import Trajectories

// Log-probabilities per token under the weights being trained; the reference gave -1 to each.
let chosen = Ragged<Float>([[-0.8, -0.9], [-1.5, -1.2, -1.1]])
let rejected = Ragged<Float>([[-1.2, -1.4, -1.0], [-0.9]])
let pairs = PreferencePairs(
  chosen: chosen, rejected: rejected,
  referenceChosen: chosen.with(chosen.values.map { _ in -1 }),
  referenceRejected: rejected.with(rejected.values.map { _ in -1 }))

func rounded(_ number: Double) -> Double { (number * 1e4).rounded() / 1e4 + 0 }
for (name, loss) in [
  ("DPO", PreferenceLoss(beta: 0.5)), ("IPO", PreferenceLoss(.ipo(), beta: 0.5)),
] {
  let result = try loss.evaluate(pairs)
  print(name, "loss", rounded(result.loss), "of pairs", result.pairLosses.map(rounded))
  let tokens = result.gradients.perToken(chosen: chosen, rejected: rejected)
  print("  gradient per token", tokens.chosen.values.map { rounded(Double($0)) })
}
let seen = try PreferenceLoss(beta: 0.5).evaluate(pairs).diagnostics
print("ranked right", seen[.preferenceAccuracy] ?? .nan)
