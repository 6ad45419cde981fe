import Environments
import PeregrineTesting
import Policy
import Testing
import Trajectories

@testable import Agents

@Suite("Demonstrations")
struct DemonstrationTests {
  /// Says its lines and notes what it was told.
  struct Actor: Demonstrator {
    var lines: [String]
    mutating func act(observing observation: String?) -> String {
      "\(observation ?? "nothing"): \(lines.removeFirst())"
    }
  }

  static let world = ScriptedEnvironment([
    EnvironmentStep(observation: Observation("found"), events: [TurnLoopTests.event]),
    EnvironmentStep(observation: Observation("unread"), end: .terminated),
  ])

  @Test("a demonstration stands as a rollout would, with nothing in it that was sampled")
  func spans() async throws {
    let trajectory = try await demonstration(
      by: Actor(lines: ["look", "answer"]), of: task, in: Self.world, tokenizer: ByteTokenizer(),
      rollout: firstRollout, stream: stream)
    #expect(
      trajectory.spans.map(\.origin) == [.prompt, .demonstration, .environment, .demonstration])
    #expect(trajectory.spans.map(\.role) == [.user, .assistant, .tool, .assistant])
    #expect(trajectory.spans.map(\.turn) == [0, 0, 0, 1])
    #expect(
      trajectory.spans.map(\.string) == ["question?", "nothing: look", "found", "found: answer"])
    #expect(trajectory.status == .completed)
    #expect(trajectory.events == [TurnLoopTests.event])
    #expect(trajectory.spans.allSatisfy { $0.sampling == nil })
    #expect(trajectory.selection(.policy).count == 0)
    #expect(trajectory.selection(.demonstration).count == 13 + 13)
  }

  @Test("an agent that says the same has the same tokens")
  func sameTokens() async throws {
    let shown = try await demonstration(
      by: Actor(lines: ["look.", "answer."]), of: task, in: Self.world,
      tokenizer: PairTokenizer(), rollout: firstRollout, stream: stream)
    let lines = ["nothing: look.", "found: answer."]
    let loop = AgentLoop(
      policy: ScriptedPolicy(turns: lines, tokenizer: PairTokenizer()), tokenizer: PairTokenizer()
    ) { Self.world }
    let sampled = try await loop.trajectory(of: task, as: firstRollout, stream: stream)
    #expect(sampled.tokens == shown.tokens)
    #expect(sampled.selection(.policy) == shown.selection(.demonstration))
  }

  @Test("turns that run out truncate, a world that breaks throws")
  func ends() async throws {
    let short = try await demonstration(
      by: Actor(lines: ["look"]), of: task, in: Self.world, tokenizer: ByteTokenizer(),
      rollout: firstRollout, turns: 1, stream: stream)
    #expect(short.status == .truncated(by: .turns))
    #expect(short.spans.count == 3)
    await #expect(throws: WorldIsDown.self) {
      try await demonstration(
        by: Actor(lines: ["look"]), of: task, in: BrokenWorld(), tokenizer: ByteTokenizer(),
        rollout: firstRollout, stream: stream)
    }
  }
}
