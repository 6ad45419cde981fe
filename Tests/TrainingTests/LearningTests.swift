import Advantage
import Agents
import Environments
import Evaluation
import PeregrineTesting
import Policy
import RandomStreams
import Rewards
import Synchronization
import Testing
import Trajectories
import Transformer

@testable import Training

@Suite("Learning raises the reward")
struct LearningTests {
  /// Two bytes are written, then it is over: the reward is the share of them that are below 64.
  static let lowBytes = ClosureReward("lowBytes") { trajectory -> Double in
    let tokens = trajectory.spans.filter { $0.origin == .policy }.flatMap(\.tokens)
    return Double(tokens.count { $0 < 64 }) / Double(tokens.count)
  }

  static func train(
    _ improvement: PolicyImprovement, steps: Int, valueHead: Bool = false, groupSize: Int = 8,
    execution: TransformerPolicy.Execution = .init()
  ) async throws -> [MetricsRecord] {
    let directory = try RunDirectory()
    defer { directory.remove() }
    let policy = try TransformerPolicy(
      DecoderConfiguration(
        vocabularyCount: 256, width: 16, feedForwardWidth: 32, layerCount: 1, headCount: 2,
        keyValueHeadCount: 1, contextLength: 32),
      tokenizer: ByteTokenizer(), stream: RandomStream(seed: 30), hasValueHead: valueHead,
      execution: execution)
    let trainer = Trainer(
      policy: policy,
      loop: AgentLoop(
        policy: policy, tokenizer: ByteTokenizer(), limits: AgentLimits(tokensPerTurn: 2)
      ) {
        ScriptedEnvironment([EnvironmentStep(observation: Observation(""), end: .terminated)])
      },
      reward: lowBytes, improvement: improvement, steps: steps, groupSize: groupSize,
      checkpointEvery: 1000, stream: RandomStream(seed: 31),
      writer: try RunWriter(creating: directory.path)
    ) { step in
      (0..<8).map { AgentTask(id: "\(step)-\($0)", question: "go", answers: []) }
    }
    try await trainer.run()
    return try RunFolder(path: directory.path).metrics().all()
  }

  static func reward(_ records: some Sequence<MetricsRecord>) -> Double {
    let values = records.compactMap { $0[.reward] }
    return values.reduce(0, +) / Double(values.count)
  }

  @Test("with GRPO", arguments: [1, 2])
  func grpo(updates: Int) async throws {
    let records = try await Self.train(
      PolicyImprovement(
        estimator: GroupRelative.grpo, objective: ClippedSurrogate() + 0.001 * KLPenalty(.k3),
        updatesPerBatch: updates, learningRate: LearningRateSchedule(peak: 1e-2)),
      steps: 30)
    #expect(records.count == 30)
    #expect(records.allSatisfy { $0.values["updates"] == Double(updates) })
    #expect(Self.reward(records.prefix(3)) < 0.4)
    #expect(Self.reward(records.suffix(3)) > 0.8)
    #expect(records[0].values["kl"] == 0 || updates > 1)
    #expect((records.last?[.kl] ?? 0) > 0.1)
    #expect((records.last?[.entropy] ?? .nan) < (records[0][.entropy] ?? 0))
  }

  @Test("with PPO, whose critic learns what to expect")
  func ppo() async throws {
    let records = try await Self.train(
      PolicyImprovement(
        estimator: GeneralizedAdvantage(),
        objective: ClippedSurrogate() + 0.5 * ValueLoss(), learningRate: .init(peak: 1e-2)),
      steps: 30, valueHead: true, groupSize: 4)
    #expect(Self.reward(records.prefix(3)) < 0.4)
    #expect(Self.reward(records.suffix(3)) > 0.8)
    func error(_ records: some Sequence<MetricsRecord>) throws -> Double {
      try records.map { try #require($0.values["value/mean_absolute_error"]) }.reduce(0, +)
    }
    #expect(try error(records.suffix(3)) < error(records.prefix(3)))
  }

  @Test("a policy without a critic is refused before it learns from one")
  func missingCritic() async throws {
    await #expect(throws: PolicyError.missingCapability("values")) {
      _ = try await Self.train(
        PolicyImprovement(
          estimator: GeneralizedAdvantage(), objective: ClippedSurrogate() + 0.5 * ValueLoss(),
          learningRate: .init(peak: 1e-2)),
        steps: 1)
    }
  }

  @Test("imitation lowers the loss of demonstrations it has not seen")
  func warmStart() async throws {
    let losses = try await SmallWorld.warmStartLosses()
    #expect(losses.count == 80)
    #expect(losses[0] > 5)
    #expect(losses.suffix(5).reduce(0, +) / 5 < 0.6 * losses[0])

    func loss(_ policy: TransformerPolicy) async throws -> Double {
      let unseen = PackedBatch(
        try await SmallWorld.demonstrations(100_000), selecting: .demonstration)
      let pass = try await policy.forward(unseen)
      return -pass.logProbabilities.reduce(0) { $0 + Double($1) } / Double(unseen.selectedCount)
    }
    let before = try await loss(SmallWorld.freshPolicy())
    let after = try await loss(SmallWorld.policy())
    #expect(after < 0.7 * before)
  }

  @Test("imitation learns from demonstrations alone, never from the world's words")
  func imitationSelects() async throws {
    let demonstrations = try await SmallWorld.demonstrations(0)
    let packed = PackedBatch(demonstrations, selecting: .demonstration)
    let marked = demonstrations.flatMap { trajectory in
      trajectory.spans.filter { $0.origin == .demonstration }.flatMap(\.tokens)
    }
    #expect(packed.targets == marked)
    // Rollouts hold nothing to imitate: such a step is passed over.
    let policy = try SmallWorld.freshPolicy()
    let loop = SmallWorld.loop(policy, retriever: try SmallWorld.index())
    let sampled = try await loop.groups(
      SmallWorld.tasks(0), step: 0, members: 1, stream: RandomStream(seed: 1))
    try await WarmStart(steps: 2, learningRate: .init(peak: 1e-2)).train(policy) { _ in
      sampled.flatMap(\.members)
    }
    #expect(policy.weightVersion == 0)
  }

  @Test("imitation asks for each step once, one ahead at most, and leaves out an empty one")
  func imitationSteps() async throws {
    let policy = try SmallWorld.freshPolicy()
    let asked = Mutex<[Int]>([])
    var reported: [Int] = []
    try await WarmStart(steps: 4, learningRate: .init(peak: 1e-3)).train(policy) { step in
      asked.withLock { $0.append(step) }
      return step == 1 ? [] : try await SmallWorld.demonstrations(step)
    } observe: { report in
      #expect(asked.withLock { $0.count } <= report.step + 1)
      reported.append(report.step)
    }
    #expect(asked.withLock { $0 } == [0, 1, 2, 3])
    #expect(reported == [1, 3, 4])
    #expect(policy.weightVersion == 3)
  }
}
