import Foundation
import PeregrineTesting
import Rewards
import Testing
import Trajectories

@testable import Training

@Suite("Rewards in a run")
struct RewardedRunTests {
  /// A rollout of a byte that ended somehow.
  static func rollout(
    _ member: Int, _ status: TrajectoryStatus = .completed
  ) throws -> Trajectory {
    var trajectory = Trajectory(
      task: AgentTask(id: "t", question: "q", answers: []),
      rollout: RolloutID(step: 1, group: 0, member: member))
    try trajectory.append(
      Span(
        origin: .demonstration, role: .assistant, turn: 0, tokens: [65], text: [65],
        offsets: [0, 1]))
    trajectory.status = status
    return trajectory
  }

  static func group(_ statuses: [TrajectoryStatus]) throws -> TrajectoryGroup {
    TrajectoryGroup(
      task: AgentTask(id: "t", question: "q", answers: []),
      members: try statuses.enumerated().map { try rollout($0, $1) })
  }

  /// The share of the group that a member is.
  static let share = ClosureGroupReward("share") { group in
    group.members.map { _ in .value(1 / Double(group.members.count)) }
  }

  @Test("a reward that compares sees the members of a task beside each other")
  func groupReward() async throws {
    let groups = try [Self.group([.completed, .looped]), Self.group([.completed])]
    let batch = try await RolloutBatch(scoring: groups, with: Self.share)
    #expect(batch.trajectories.map(\.score) == [.value(0.5), .value(0.5), .value(1)])
    #expect(batch.reports.map { $0[component: "share"] } == batch.trajectories.map(\.score))
  }

  @Test("a rollout that broke is missing and shifts nobody's score")
  func broken() async throws {
    let group = try Self.group([.completed, .failed(.model("m")), .aborted, .completed])
    let batch = try await RolloutBatch(scoring: [group], with: Self.share)
    let scores = batch.trajectories.map(\.score.value)
    #expect(scores == [0.5, nil, nil, 0.5])
    #expect(batch.reports.count == 4)
    #expect(batch.metrics["missingRewards"] == 2)
    #expect(batch.metrics["share"] == 0.5)
  }

  @Test("a group of which nothing is left is not judged at all")
  func allBroken() async throws {
    let never = ClosureGroupReward("never") { group in
      Issue.record("it was asked about \(group.members.count) members")
      return group.members.map { _ in .value(0) }
    }
    let batch = try await RolloutBatch(
      scoring: [try Self.group([.aborted, .aborted])], with: never)
    #expect(batch.trajectories.allSatisfy { $0.score.value == nil })
  }

  /// A reward with two states.
  static func stateful(stages: Int = 3) -> (any GroupReward, StagedRubrics, AdaptiveWeight) {
    let judge = JudgeService(ScriptedJudge(["```json\n{\"score\": 2}\n```"]))
    let staged = StagedRubrics(
      (0..<stages).map { RubricStage("\($0)", rubrics: [WeightedRubric("r")], level: 0) },
      window: 1, extraction: .lastLine, judge: judge)
    let weight = AdaptiveWeight(startingAt: 0.1, target: 1, rate: 0.3, range: 0...1)
    return (share + RewardWeight.adaptive(weight) * staged, staged, weight)
  }

  /// A checkpoint of a reward that has moved on.
  static func checkpoint(in directory: RunDirectory) async throws -> (StageProgress, Double) {
    let (reward, staged, weight) = stateful()
    _ = try await reward.reports(on: group([.completed]))
    weight.observe(0.123)
    try await CheckpointStore(runFolder: directory.path).write(
      RunPosition(step: 1, journalSizes: [:]), policy: Still(), reward: reward.statefulParts)
    return (staged.state, weight.state)
  }

  /// A policy that has nothing to save.
  struct Still: Checkpointable {
    func saveState(to folder: String) {}
    func restoreState(from folder: String) {}
  }

  @Test("what has moved on is as it was, bit for bit")
  func restored() async throws {
    let directory = try RunDirectory()
    defer { directory.remove() }
    let (progress, value) = try await Self.checkpoint(in: directory)
    #expect(progress.stage == 1)
    let (reward, staged, weight) = Self.stateful()
    let store = CheckpointStore(runFolder: directory.path)
    _ = try await store.restoreNewest(Still(), reward: reward.statefulParts)
    #expect(staged.state == progress)
    #expect(weight.state.bitPattern == value.bitPattern)
  }

  @Test("a checkpoint of another reward is refused, and nothing is changed")
  func otherReward() async throws {
    let directory = try RunDirectory()
    defer { directory.remove() }
    _ = try await Self.checkpoint(in: directory)
    let store = CheckpointStore(runFolder: directory.path)
    let (_, staged, weight) = Self.stateful()
    let (_, fewer, _) = Self.stateful(stages: 1)
    let others: [([any StatefulReward], String)] = [
      ([], "states of another reward"), ([weight], "states of another reward"),
      ([staged, weight], "state of adaptiveWeight where stagedRubrics"),
      ([weight, staged, weight], "no state of adaptiveWeight"),
      ([weight, fewer], "stage 1 does not fit 1 stages"),
    ]
    for (parts, reason) in others {
      await #expect {
        _ = try await store.restoreNewest(Still(), reward: parts)
      } throws: { error in
        guard case RunError.brokenCheckpoint(_, let said) = error else { return false }
        return said.contains(reason)
      }
    }
    #expect(staged.state == StageProgress())

    try FileManager.default.removeItem(
      atPath: directory.path + "/checkpoints/step-000001/reward.json")
    await #expect(throws: RunError.self) {
      _ = try await store.restoreNewest(Still(), reward: [weight, staged])
    }
    _ = try await store.restoreNewest(Still(), reward: [])
  }
}
