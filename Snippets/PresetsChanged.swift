// A recipe is a value: start from one that is known, and change what you know better.
import Advantage
import Trajectories

var recipe = PolicyGradientRecipe.searchR1
recipe.name = "searchR1, off-policy"
// Clip higher, and weigh tokens that another engine drew.
recipe.surrogate = ClippedSurrogate(lower: 0.2, upper: 0.28, correction: .truncated(at: 2))
// No reference model to keep.
recipe.divergence = nil
// Only groups that differ, and no blame for answers that did not fit.
recipe.filter = GroupFilter()
recipe.truncation = .leaveOutNegative

var rows = try ScoredRows(
  scores: [.value(1), .value(0), .value(0), .value(1), .value(1)], groups: [0, 0, 0, 1, 1],
  tokenCounts: [2, 2, 3, 2, 2])
rows.ends[2] = .truncated(bootstrap: 0)
let credit = try recipe.credit(for: rows)
print("needs", recipe.objective.needs)
print("weights", recipe.weights(for: rows, credit: credit).perToken)
