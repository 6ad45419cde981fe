import Advantage
import Agents
import Environments
import Evaluation
import PeregrineTesting
import Policy
import RandomStreams
import Retrieval
import Rewards
import Synchronization
import Testing
import Trajectories
import Transformer

@testable import Training

@Suite("Bad input")
struct BadInputTests {
  /// Two steps on given tasks with a given reward: the records of the run.
  static func train<Given: Environment>(
    on tasks: [AgentTask], groupSize: Int = 4, reward: any Reward,
    improvement: PolicyImprovement = SmallWorld.grpo,
    world: @escaping @Sendable () -> Given
  ) async throws -> (metrics: [MetricsRecord], trajectories: [TrajectoryRecord]) {
    let directory = try RunDirectory()
    defer { directory.remove() }
    let policy = try await SmallWorld.policy()
    let trainer = Trainer(
      policy: policy,
      loop: AgentLoop(
        policy: policy, tokenizer: SmallWorld.tokenizer, limits: SmallWorld.limits,
        environment: world),
      reward: reward, improvement: improvement, steps: 2, groupSize: groupSize,
      stream: RandomStream(seed: 8), writer: try RunWriter(creating: directory.path)
    ) { _ in tasks }
    try await trainer.run()
    let folder = RunFolder(path: directory.path)
    return (try folder.metrics().all(), try folder.trajectories().all())
  }

  static func searching() throws -> @Sendable () -> SearchR1Environment {
    let index = try SmallWorld.index()
    return { SearchR1Environment(retriever: index, settings: SmallWorld.settings) }
  }

  @Test("an empty corpus can't be indexed")
  func emptyCorpus() {
    #expect(throws: RetrievalError.emptyCorpus) { try BM25Index([]) }
  }

  @Test("a question of ten thousand tokens is a truncated trajectory, and the run goes on")
  func longQuestion() async throws {
    let long = AgentTask(
      id: "long", question: String(repeating: "why? ", count: 5000), answers: ["x"])
    try #require(SmallWorld.tokenizer.encode(long.question).count >= 10_000)
    let (metrics, records) = try await Self.train(
      on: SmallWorld.tasks(0) + [long], reward: TokenF1(), world: Self.searching())
    #expect(metrics.map(\.step) == [1, 2])
    let truncated = records.filter { $0.trajectory.task.id == "long" }
    #expect(truncated.count == 8)
    #expect(truncated.allSatisfy { $0.trajectory.status == .truncated(by: .context) })
    #expect(truncated.allSatisfy { $0.advantages.isEmpty })
    #expect(records.contains { $0.trajectory.status == .completed })
    #expect(metrics.allSatisfy { $0.values["updates"] == 1 && $0.values["loss"]?.isFinite == true })
  }

  @Test("a step of nothing but questions too long changes nothing and goes on")
  func onlyLongQuestions() async throws {
    let long = AgentTask(
      id: "long", question: String(repeating: "why? ", count: 5000), answers: ["x"])
    let (metrics, records) = try await Self.train(
      on: [long], reward: TokenF1(), world: Self.searching())
    #expect(metrics.map { $0.values["updates"] } == [0, 0])
    #expect(records.count == 8)
  }

  @Test("a reward that is not a number is missing: never learned from, and the run goes on")
  func notANumber() async throws {
    let first = try #require(SmallWorld.tasks(0).first)
    struct Careless: Reward {
      let name = "careless"
      let bad: String
      func report(on trajectory: Trajectory) -> RewardReport {
        // Not checked on purpose, as a reward of somebody else's may be.
        let isBad = trajectory.task.id == bad
        let score = Score.value(isBad ? .nan : Double(trajectory.tokenCount))
        return RewardReport(score: score, components: [RewardComponent(name: name, score: score)])
      }
    }
    let (metrics, records) = try await Self.train(
      on: SmallWorld.tasks(0), reward: Careless(bad: first.id), world: Self.searching())
    #expect(metrics.count == 2)
    for step in metrics {
      #expect(step.values["missingRewards"] == 4)
      #expect(step.values["reward"]?.isFinite == true)
      #expect(step.values["careless"]?.isFinite == true)
      #expect(step.values["loss"]?.isFinite == true)
    }
    for record in records {
      let isBad = record.trajectory.task.id == first.id
      #expect((record.trajectory.score.value == nil) == isBad)
      #expect(record.advantages.isEmpty == isBad)
    }
  }

  @Test("what is missing has no part in what the others learn")
  func missingTeachesNothing() async throws {
    let tasks = SmallWorld.tasks(3)
    let stream = RandomStream(seed: 8)
    let missing = try #require(tasks.last).id
    let reward = ClosureReward("length") { trajectory -> Double in
      trajectory.task.id == missing ? .nan : Double(trajectory.tokenCount)
    }
    func learned(from tasks: [AgentTask]) async throws -> [String: Double] {
      let policy = try await SmallWorld.policy()
      let loop = SmallWorld.loop(policy, retriever: try SmallWorld.index())
      let groups = try await loop.groups(tasks, step: 1, members: 4, stream: stream)
      let batch = try await RolloutBatch(scoring: groups, with: reward)
      return try await SmallWorld.grpo.improve(policy, with: batch, step: 0, of: 1).metrics
    }
    let with = try await learned(from: tasks)
    let without = try await learned(from: tasks.dropLast())
    #expect(with["loss"] == without["loss"])
    let norms = (with["gradientNorm"] ?? .nan, without["gradientNorm"] ?? .nan)
    #expect(norms.0 > 0 && abs(norms.0 - norms.1) <= 1e-5 * norms.0)
  }

  @Test("nothing but missing rewards stops the run and says why")
  func allMissing() async throws {
    let error = await #expect(throws: RunError.self) {
      _ = try await Self.train(
        on: SmallWorld.tasks(0), reward: ConstantReward(.missing(reason: "the judge is dead")),
        world: Self.searching())
    }
    #expect(
      error == .rewardsMissing(step: 1, missing: 16, of: 16, reason: "the judge is dead"))
  }

  @Test("a world that breaks at times costs its rollouts their score and nobody else's")
  func brokenWorld() async throws {
    struct Fragile: Environment {
      var turnEnds: [String] { base.turnEnds }
      var base: SearchR1Environment
      var breaks = false
      struct Broken: Error {}
      mutating func reset(_ task: AgentTask, stream: RandomStream) async throws -> Observation {
        breaks = stream.uniform(at: 0) < 0.25
        return try await base.reset(task, stream: stream)
      }
      mutating func step(_ action: String) async throws -> EnvironmentStep {
        if breaks { throw Broken() }
        return try await base.step(action)
      }
    }
    let index = try SmallWorld.index()
    let (metrics, records) = try await Self.train(on: SmallWorld.tasks(0), reward: TokenF1()) {
      Fragile(base: SearchR1Environment(retriever: index, settings: SmallWorld.settings))
    }
    #expect(metrics.count == 2)
    let failed = records.filter { $0.trajectory.status == .failed(.environment("Broken()")) }
    #expect(!failed.isEmpty && failed.count < records.count)
    #expect(failed.allSatisfy { $0.trajectory.score.value == nil && $0.advantages.isEmpty })
    #expect(failed.allSatisfy { $0.report.score.value == nil })
    let others = records.filter { $0.trajectory.status == .completed }
    #expect(others.allSatisfy { $0.trajectory.score.value != nil })
  }

  @Test("a group of one has nothing to compare itself with: advantage 0, and the run goes on")
  func groupOfOne() async throws {
    let (metrics, records) = try await Self.train(
      on: SmallWorld.tasks(0), groupSize: 1, reward: TokenF1(), world: Self.searching())
    #expect(metrics.count == 2)
    #expect(records.allSatisfy { !$0.advantages.isEmpty && $0.advantages.allSatisfy { $0 == 0 } })
    #expect(metrics.allSatisfy { $0.values["loss"]?.isFinite == true })
  }

  @Test("a step without tasks is a step without updates")
  func noTasks() async throws {
    let (metrics, records) = try await Self.train(
      on: [], reward: TokenF1(), world: Self.searching())
    #expect(metrics.map { $0.values["updates"] } == [0, 0])
    #expect(records.isEmpty)
  }
}
