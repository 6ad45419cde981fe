// A reward written as its formula, and what its report says of one rollout.
import PeregrineTesting
import Rewards
import Trajectories

let exact = ExactMatch()
let brevity = ClosureReward("brevity") { 1 / Double(max($0.turnCount, 1)) }
let fade = RewardWeight.linear(from: 0.5, to: 0, over: 0..<100)

let reward =
  exact
  + 0.2 * brevity.onlyIfCorrect(exact)
  + fade * TokenF1().clamped(to: 0...0.8)

let shortest = ClosureGroupReward("shortest") { group in
  let least = group.members.map(\.tokenCount).min()
  return group.members.map { .value($0.tokenCount == least ? 1 : 0) }
}
let compared = reward.named("each") + 0.1 * shortest

let rollout = Trajectory.unusual[6]
let report = try await reward.report(on: rollout)
print(report.score)
for component in report.components { print(component.name, component.score) }

let group = TrajectoryGroup(task: rollout.task, members: [rollout])
print(try await compared.reports(on: group).map(\.score))
