import Environments
import PeregrineTesting
import Policy
import RandomStreams
import Testing
import Trajectories

@testable import Agents

@Suite("The turn loop")
struct TurnLoopTests {
  static let event = ToolEvent(
    turn: 0, tool: "search", arguments: "q", outcome: .returned(identifiers: ["d"]))

  static func loop<World: Environment>(
    _ policy: ScriptedPolicy, tokenizer: any Tokenizer = ByteTokenizer(),
    limits: AgentLimits = AgentLimits(), world: @escaping @Sendable () -> World
  ) -> AgentLoop<ScriptedPolicy, World> {
    AgentLoop(policy: policy, tokenizer: tokenizer, limits: limits, environment: world)
  }

  static func scripted(_ steps: EnvironmentStep..., turnEnds: [String] = ["."])
    -> @Sendable () -> ScriptedEnvironment
  {
    { ScriptedEnvironment(steps, turnEnds: turnEnds) }
  }

  @Test("prompt, turns and answers stand in order, each with its origin, role and turn")
  func order() async throws {
    let loop = Self.loop(
      ScriptedPolicy(
        turns: ["look.", "answer."], logProbabilities: { -Float($0) - Float($1) / 8 },
        weightVersion: 7),
      world: Self.scripted(
        EnvironmentStep(observation: Observation("found"), events: [Self.event]),
        EnvironmentStep(observation: Observation("unread"), end: .terminated)))
    let trajectory = try await loop.trajectory(of: task, as: firstRollout, stream: stream)
    #expect(trajectory.spans.map(\.origin) == [.prompt, .policy, .environment, .policy])
    #expect(trajectory.spans.map(\.role) == [.user, .assistant, .tool, .assistant])
    #expect(trajectory.spans.map(\.turn) == [0, 0, 0, 1])
    #expect(trajectory.spans.map(\.string) == ["question?", "look.", "found", "answer."])
    #expect(trajectory.status == .completed)
    #expect(trajectory.events == [Self.event])
    #expect(trajectory.rollout == firstRollout)
    #expect(trajectory.score == .missing(reason: "not scored"))
    let record = try #require(trajectory.spans[3].sampling)
    #expect(record.logProbabilities == (0..<7).map { -1 - Float($0) / 8 })
    #expect(record.weightVersion == 7)
    #expect(trajectory.selection(.policy).positions == Array(9..<14) + Array(19..<26))
  }

  @Test("the policy reads exactly the tokens that are on record")
  func contextIsRecord() async throws {
    let loop = Self.loop(
      ScriptedPolicy { turn, text in
        ["a.", "read \(text.utf8.count) bytes: \(text)."][turn]
      },
      world: Self.scripted(
        EnvironmentStep(observation: Observation("[é🙂]")),
        EnvironmentStep(observation: Observation(""), end: .terminated)))
    let trajectory = try await loop.trajectory(of: task, as: firstRollout, stream: stream)
    let read = "question?a.[é🙂]"
    #expect(trajectory.spans.last?.string == "read \(read.utf8.count) bytes: question?a.")
    #expect(trajectory.tokens.starts(with: read.utf8.map(Int32.init)))
  }

  @Test("sampled ids are kept although their text would be encoded otherwise")
  func tokenExact() async throws {
    // The policy spells "aab." byte by byte; the tokenizer would make a pair of the two "a".
    let loop = Self.loop(
      ScriptedPolicy(turns: ["aab."]), tokenizer: PairTokenizer(),
      world: Self.scripted(EnvironmentStep(observation: Observation(""), end: .terminated)))
    let trajectory = try await loop.trajectory(of: task, as: firstRollout, stream: stream)
    let sampled = try #require(trajectory.spans.last)
    #expect(sampled.tokens == [97, 97, 98, 46])
    #expect(sampled.string == "aab.")
    #expect(loop.tokenizer.encode(sampled.string) != sampled.tokens)
    #expect(sampled.offsets == [0, 1, 2, 3, 4])
  }

  @Test("broken UTF-8 from the policy reaches the record as it was drawn")
  func brokenText() async throws {
    let loop = AgentLoop(
      policy: BigramPolicy(vocabularyCount: 256, stream: stream), tokenizer: ByteTokenizer(),
      limits: AgentLimits(turns: 1, tokensPerTurn: 64)
    ) { ScriptedEnvironment([EnvironmentStep(observation: Observation(""), end: .terminated)]) }
    let trajectory = try await loop.trajectory(of: task, as: firstRollout, stream: stream)
    let sampled = try #require(trajectory.spans.last)
    #expect(sampled.tokens.count == 64)
    #expect(sampled.text == sampled.tokens.map { UInt8($0) })
    #expect(sampled.string.contains("\u{FFFD}"))
  }

  @Test("an observation longer than its limit is cut to the limit")
  func observationCut() async throws {
    let loop = Self.loop(
      ScriptedPolicy(turns: ["look.", "end."]), limits: AgentLimits(observationTokens: 4),
      world: Self.scripted(
        EnvironmentStep(observation: Observation("0123456789")),
        EnvironmentStep(observation: Observation(""), end: .terminated)))
    let trajectory = try await loop.trajectory(of: task, as: firstRollout, stream: stream)
    #expect(trajectory.spans.map(\.string) == ["question?", "look.", "0123", "end."])
    #expect(trajectory.status == .completed)
  }

  @Test("an empty observation leaves no span, and the next turn follows")
  func emptyObservation() async throws {
    let loop = Self.loop(
      ScriptedPolicy(turns: ["one.", "two."]),
      world: Self.scripted(
        EnvironmentStep(observation: Observation("")),
        EnvironmentStep(observation: Observation(""), end: .looped)))
    let trajectory = try await loop.trajectory(of: task, as: firstRollout, stream: stream)
    #expect(trajectory.spans.map(\.string) == ["question?", "one.", "two."])
    #expect(trajectory.status == .looped)
  }

  @Test("every limit ends the episode under its own name, with what happened until then")
  func limits() async throws {
    let world = Self.scripted(
      EnvironmentStep(observation: Observation("more")),
      EnvironmentStep(observation: Observation("more")))
    func ended(_ limits: AgentLimits, contextLimit: Int = 1 << 20) async throws -> Trajectory {
      try await Self.loop(
        ScriptedPolicy(turns: ["1234567.", "1234567.", "1234567."], contextLimit: contextLimit),
        limits: limits, world: world
      ).trajectory(of: task, as: firstRollout, stream: stream)
    }
    let turns = try await ended(AgentLimits(turns: 1))
    #expect(turns.status == .truncated(by: .turns))
    #expect(turns.spans.map(\.string) == ["question?", "1234567.", "more"])

    let perTurn = try await ended(AgentLimits(turns: 1, tokensPerTurn: 3))
    #expect(perTurn.spans[1].string == "123")

    let prompt = try await ended(AgentLimits(contextTokens: 8))
    #expect(prompt.status == .truncated(by: .context))
    #expect(prompt.spans.isEmpty)

    let exact = try await ended(AgentLimits(contextTokens: 9))
    #expect(exact.status == .truncated(by: .context))
    #expect(exact.spans.map(\.string) == ["question?"])

    let observation = try await ended(AgentLimits(contextTokens: 20))
    #expect(observation.status == .truncated(by: .context))
    #expect(observation.spans.map(\.string) == ["question?", "1234567."])
    #expect(observation.tokenCount <= 20)

    let policy = try await ended(AgentLimits(), contextLimit: 12)
    #expect(policy.status == .truncated(by: .context))
    #expect(policy.spans.map(\.string) == ["question?", "123"])
  }

  @Test("an environment that throws fails the trajectory, and what happened is kept")
  func environmentThrows() async throws {
    let policy = ScriptedPolicy(turns: ["hello."])
    let atStep = try await Self.loop(policy) { BrokenWorld() }
      .trajectory(of: task, as: firstRollout, stream: stream)
    #expect(atStep.status == .failed(.environment("WorldIsDown()")))
    #expect(atStep.spans.map(\.string) == ["question?", "hello."])
    let atReset = try await Self.loop(policy) { BrokenWorld(atReset: true) }
      .trajectory(of: task, as: firstRollout, stream: stream)
    #expect(atReset.status == .failed(.environment("WorldIsDown()")))
    #expect(atReset.spans.isEmpty)
  }

  @Test("an environment's errors are its own, whatever their type")
  func errorsOfOthers() async throws {
    // A world may hold a policy of its own, or a request that somebody cancelled.
    for error: any Error & Sendable in [
      PolicyError.contextFull(limit: 1), CancellationError(),
    ] {
      let trajectory = try await Self.loop(ScriptedPolicy(turns: ["hello."])) {
        BrokenWorld(error: error)
      }.trajectory(of: task, as: firstRollout, stream: stream)
      guard case .failed(.environment) = trajectory.status else {
        Issue.record("\(error) of the environment gave \(trajectory.status)")
        continue
      }
    }
  }

  @Test("a policy that can't go on fails the trajectory as a model")
  func policyThrows() async throws {
    let loop = Self.loop(
      ScriptedPolicy(turns: ["only one."]),
      world: Self.scripted(EnvironmentStep(observation: Observation("go on"))))
    let trajectory = try await loop.trajectory(of: task, as: firstRollout, stream: stream)
    #expect(trajectory.status == .failed(.model("\(ScriptError(turns: 1))")))
    #expect(trajectory.spans.map(\.string) == ["question?", "only one.", "go on"])
  }

  @Test("a cancelled episode throws, also while the world is silent")
  func cancellation() async throws {
    let (steps, stepped) = AsyncStream.makeStream(of: Void.self)
    let loop = Self.loop(ScriptedPolicy(turns: ["hello."])) { SilentWorld { stepped.yield() } }
    let running = Task {
      try await loop.groups([task], step: 1, members: 3, stream: stream)
    }
    for await _ in steps { break }
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
  }
}
