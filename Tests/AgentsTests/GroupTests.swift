import Environments
import PeregrineTesting
import Policy
import RandomStreams
import Synchronization
import Testing
import Trajectories

@testable import Agents

@Suite("Groups of rollouts")
struct GroupTests {
  static let tasks = (0..<5).map { AgentTask(id: "\($0)", question: "q\($0)", answers: []) }

  static func loop(_ policy: BigramPolicy) -> AgentLoop<BigramPolicy, ScriptedEnvironment> {
    AgentLoop(
      policy: policy, tokenizer: ByteTokenizer(), limits: AgentLimits(turns: 2, tokensPerTurn: 8)
    ) {
      ScriptedEnvironment([
        EnvironmentStep(observation: Observation("more")),
        EnvironmentStep(observation: Observation(""), end: .terminated),
      ])
    }
  }

  @Test("there is one group per task and one member per rollout, in order, whatever ends first")
  func order() async throws {
    let count = Mutex(0)
    let groups = try await Self.loop(BigramPolicy(vocabularyCount: 256, stream: stream)).groups(
      Self.tasks, step: 3, members: 4, stream: stream, finished: { count.withLock { $0 += 1 } })
    #expect(groups.map(\.task) == Self.tasks)
    #expect(
      groups.map { $0.members.map(\.rollout) }
        == (0..<5).map { group in
          (0..<4).map { RolloutID(step: 3, group: group, member: $0) }
        })
    #expect(count.withLock { $0 } == 20)
  }

  @Test("members of a group differ, and the same stream repeats them all")
  func streams() async throws {
    let loop = Self.loop(BigramPolicy(vocabularyCount: 256, stream: stream))
    let groups = try await loop.groups(Self.tasks, step: 1, members: 4, stream: stream)
    for group in groups { #expect(Set(group.members.map(\.tokens)).count == 4) }
    #expect(try await loop.groups(Self.tasks, step: 1, members: 4, stream: stream) == groups)
    let later = try await loop.groups(Self.tasks, step: 2, members: 4, stream: stream)
    #expect(zip(later, groups).allSatisfy { $0.members[0].tokens != $1.members[0].tokens })
  }

  @Test("concurrency changes no rollout, and never more episodes are in progress")
  func concurrency() async throws {
    for limit in [1, 3, 7, 100] {
      let crowd = Crowd()
      let loop = AgentLoop(
        policy: BigramPolicy(vocabularyCount: 256, stream: stream), tokenizer: ByteTokenizer(),
        limits: AgentLimits(tokensPerTurn: 5)
      ) { CrowdedWorld(crowd: crowd) }
      let groups = try await loop.groups(
        Self.tasks, step: 1, members: 4, concurrency: limit, stream: stream)
      #expect(crowd.most <= limit)
      #expect(crowd.most > 0)
      let alone = try await loop.trajectory(
        of: Self.tasks[2], as: RolloutID(step: 1, group: 2, member: 3),
        stream: stream.child("rollout", 1, 2, 3))
      #expect(groups[2].members[3] == alone)
    }
  }

  @Test("no tasks make no groups")
  func nothing() async throws {
    let loop = Self.loop(BigramPolicy(vocabularyCount: 256, stream: stream))
    #expect(try await loop.groups([], step: 1, members: 4, stream: stream).isEmpty)
  }
}
