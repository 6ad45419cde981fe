// The exact divergence of two distributions over three tokens, and its estimates from one draw.
import Advantage
import Trajectories

let policy = try CategoricalLogits([1.0, 0, -1], vocabularySize: 3)
let reference = try CategoricalLogits([0.0, 0, 0], vocabularySize: 3)

func rounded(_ number: Double) -> Double { (number * 1e4).rounded() / 1e4 + 0 }
print("divergence", rounded(try policy.divergences(from: reference)[0]))
print("entropy", rounded(policy.entropies()[0]), "of", rounded(reference.entropies()[0]))

// Whichever token is drawn, k3 is not negative; k1 may be.
func drawn(_ logits: CategoricalLogits<Double>) -> Ragged<Double> {
  Ragged((0..<3).map { [logits.logProbability(of: $0, at: 0)] })
}
for estimator in [KLPenalty.Estimator.k1, .k2, .k3] {
  let estimates = KLPenalty(estimator).estimates(
    current: drawn(policy), reference: drawn(reference))
  print(estimator, estimates.values.map(rounded))
}

// In a loss: a pull towards the reference, and more entropy while there is too little.
var entropy = AdaptiveEntropyCoefficient(startingAt: 0.01, target: 0.9)
entropy.observe(policy.entropies()[0])
let objective =
  ClippedSurrogate() + 0.001 * KLPenalty(.k3, gradient: .square)
  + entropy.applied * EntropyBonus()
print("coefficient", rounded(entropy.applied), "needs", objective.needs)
