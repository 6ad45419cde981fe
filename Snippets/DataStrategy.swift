// From four groups of answers to the ones that are worth a step.
import Advantage
import RandomStreams
import Trajectories

// Whether each answer was right: the raw metric, not the shaped reward.
let solved = try ScoredRows(
  scores: [1, 0, 1, 0, /**/ 1, 1, 1, 1, /**/ 0, 0, 0, 0, /**/ 0, 1, 0, 0].map { .value($0) },
  groups: [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3],
  tokenCounts: Array(repeating: 10, count: 16))
let selection = GroupFilter().selection(of: solved)
print("kept", selection.kept)
for group in selection.dropped { print("dropped \(group.group): \(group.reason)") }

// A full batch without sampling again: copies of the kept ones, as groups of their own.
var random = RandomStream(seed: 7)
let batch = selection.replacingDropped(using: &random)
print("batch", batch ?? [])

// What length takes away, and who stays out of the loss.
let shaping = OverlongShaping(limit: 4096, buffer: 1024, factor: 0.5)
print("penalties", [3000, 3584, 4096].map(shaping.penalty))
print("left out", EndMask.truncated.leavesOut(.truncated(by: .context)))

// One answer of each kind: of the right ones the cleanest, of the wrong ones the first.
let unclean = [0.5, 0, 0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
print("resampled", ResampleOnCorrect(keeping: 2).rows(of: solved, penalties: unclean).prefix(2))
