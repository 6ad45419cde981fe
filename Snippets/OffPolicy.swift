// Two rows whose sampler and trainer disagree: one at a single token, one everywhere a little.
import Advantage
import Trajectories

let trainer = Ragged([[-1.0, -1, -1, -1], [-1.1, -1.1, -1.1, -1.1]])
let sampler = Ragged([[-1.0, -3, -1, -1], [-1.0, -1.0, -1.0, -1.0]])

func rounded(_ number: Double) -> Double { (number * 1e3).rounded() / 1e3 + 0 }
let corrections: [(String, SamplerCorrection)] = [
  ("truncated", .truncated(at: 2)),
  ("masked", .masked(in: 0.5...2)),
  ("of rows", .truncated(at: 2, level: .sequence)),
  ("drifted rows out", .rejecting(DivergenceRejection(.ratio(in: 0.9...1.1, of: .rowMean)))),
]
for (name, correction) in corrections {
  let weights = CorrectionWeights(correction, trainer: trainer, sampler: sampler)
  print(name, weights.factors.values.map(rounded), "worth", rounded(weights.effectiveSampleSize))
}

let metrics = OffPolicyMetrics(trainer: trainer, sampler: sampler)
print("kl", rounded(metrics.kl), "k3", rounded(metrics.k3), "χ²", rounded(metrics.tokenChiSquared))

// In a loss: token weights, and rows out that were bad and that the policy has left.
let objective = OffPolicySequenceMask(
  ClippedSurrogate(upper: 0.28, correction: .truncated(at: 2)), threshold: 0.5)
print("needs", objective.needs)
