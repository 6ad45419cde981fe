// Four answers to one question, seen by five estimators. The last answer got no score.
import Advantage
import Trajectories

var rows = try ScoredRows(
  scores: [.value(1), .value(0), .value(0.5), .missing(reason: "the judge timed out")],
  groups: [0, 0, 0, 0], tokenCounts: [6, 2, 4, 3])
rows.components = [
  "answer": [.value(1), .value(0), .value(0), .value(0)],
  "citations": [.value(0.2), .value(0.2), .value(0.6), .missing(reason: "no citations")],
]

@MainActor func show(_ name: String, _ estimator: some RolloutEstimator) throws {
  let advantages = try estimator.rowAdvantages(for: rows)
  print(name, advantages.map { ($0 * 100).rounded() / 100 + 0 })
}

try show("grpo      ", GroupRelative.grpo)
try show("rloo      ", GroupRelative.rloo)
try show("opo       ", GroupRelative.opo)
try show("best      ", BestOfGroup(scale: .none))
try show(
  "components", ComponentSum(weights: ["answer": 1, "citations": 0.5], of: GroupRelative.grpo))

// The parts may be put together anew: distance to the mean over the population's deviation, a lone
// answer an error, and all of it on one scale over the rollouts of the batch.
let own = GroupRelative(
  baseline: .mean, scale: .standardDeviation(correction: 0, epsilon: 1e-4), loneMember: .refuse
).normalisedOverRollouts(by: Whitening(damping: .floor(1e-8)))
try show("own       ", own)
