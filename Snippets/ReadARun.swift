// What a run folder says: a step's metrics, and the loss of its rollouts computed once more.
import Advantage
import Evaluation
import Trajectories

let path = CommandLine.arguments.dropFirst().first ?? "runs/search-r1-1"
let folder = RunFolder(path: path)
for record in try folder.metrics().all() {
  print(record.step, record.values["reward"] ?? .nan, record.values["driftMaximum"] ?? .nan)
}

let records = try folder.trajectories().all().filter { $0.trajectory.rollout.step == 1 }
if !records.isEmpty {
  let rows = try ScoredRows(records.map(\.trajectory))
  let again: Ragged<Float> = try GroupRelative.grpo.advantages(for: rows)
  let differing = records.indices.filter { row in
    rows.scores[row].value != nil && Array(again[row: row]) != records[row].advantages
  }
  print("step 1:", GroupSignal(rows).differing, "groups teach;", differing.count, "rows differ")
}
