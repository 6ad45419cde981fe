import Agents
import Environments
import Evaluation
import PeregrineTesting
import Policy
import RandomStreams
import Retrieval
import Rewards
import Synthesis
import Testing
import Trajectories
import Transformer

@testable import Training

@Suite("The same seed gives the same run")
struct SameSeedTests {
  static func slow(_ index: BM25Index, seed: UInt64) -> DelayedRetriever {
    DelayedRetriever(index, delays: 0...0.004, stream: RandomStream(seed: seed)) {
      try await Task.sleep(for: $0)
    }
  }

  /// A whole run: measure, three steps, measure.
  static func run(threads: Int, retriever: any Retriever, seed: UInt64 = 1) async throws
    -> RunDirectory
  {
    let directory = try RunDirectory()
    let policy = try await SmallWorld.policy(execution: .init(threads: threads))
    let loop = SmallWorld.loop(policy, retriever: retriever)
    let writer = try RunWriter(creating: directory.path)
    let stream = RandomStream(seed: seed)
    let trainer = Trainer(
      policy: policy, loop: loop, reward: SmallWorld.reward, improvement: SmallWorld.grpo, steps: 3,
      groupSize: 4, stream: stream, writer: writer, tasks: SmallWorld.tasks)
    func measure(_ phase: EvaluationRecord.Phase) async throws {
      let records = try await loop.measured(
        on: Array(SmallWorld.questions.map(\.task).prefix(6)), by: ExactMatch(), phase: phase,
        set: .heldOut, stream: stream)
      try writer.append(records, to: .evaluations)
    }
    try await measure(.before)
    try await trainer.run()
    try await measure(.after)
    _ = try writer.sync()
    return directory
  }

  @Test("bit for bit, on one thread or two, however late the search answers")
  func threadsAndDelays() async throws {
    let index = try SmallWorld.index()
    let plain = try await Self.run(threads: 1, retriever: index)
    let other = try await Self.run(threads: 1, retriever: index, seed: 2)
    defer {
      plain.remove()
      other.remove()
    }
    #expect(try plain.bytes("trajectories.jsonl") != other.bytes("trajectories.jsonl"))
    for (threads, seed) in [(2, nil), (1, 7), (2, 8), (2, 9)] as [(Int, UInt64?)] {
      let run = try await Self.run(
        threads: threads, retriever: seed.map { Self.slow(index, seed: $0) } ?? index)
      defer { run.remove() }
      try expectSameRun(
        run, plain, steps: 3, "\(threads) threads, delays \(seed.map(String.init) ?? "none")")
    }

    // The run was worth comparing: it searched, it learned, its members differ.
    let folder = RunFolder(path: plain.path)
    let metrics = try folder.metrics().all()
    #expect(metrics.map(\.step) == [1, 2, 3])
    #expect(metrics.contains { ($0[.gradientNorm] ?? 0) > 0 })
    #expect(try folder.evaluations().count == 12)
    let trajectories = try folder.trajectories().all().map(\.trajectory)
    #expect(trajectories.count == 3 * 4 * 4)
    let searches = trajectories.flatMap(\.events).count {
      if case .returned = $0.outcome { true } else { false }
    }
    #expect(searches > 12)
    let groups = Dictionary(grouping: trajectories) {
      [$0.rollout.step, $0.rollout.group]
    }
    #expect(groups.values.allSatisfy { Set($0.map(\.tokens)).count > 1 })
  }

  @Test("a rollout doesn't change with who else is decoding")
  func alone() async throws {
    let policy = try await SmallWorld.policy()
    let loop = SmallWorld.loop(policy, retriever: try SmallWorld.index())
    let (tasks, stream) = (SmallWorld.tasks(5), RandomStream(seed: 3))
    let together = try await loop.groups(tasks, step: 1, members: 4, stream: stream)
    for (group, member) in [(0, 0), (1, 3), (3, 2)] {
      let alone = try await loop.trajectory(
        of: tasks[group], as: RolloutID(step: 1, group: group, member: member),
        stream: stream.child("rollout", 1, group, member))
      #expect(together[group].members[member] == alone)
    }
    let few = try await loop.groups(tasks, step: 1, members: 2, stream: stream)
    #expect(zip(few, together).allSatisfy { $0.members == Array($1.members.prefix(2)) })
  }
}
