internal import Advantage
internal import Agents
internal import Evaluation
internal import RandomStreams
package import Rewards
internal import Synthesis
internal import Training
internal import Trajectories
internal import Transformer

/// One seed of a comparison: its worlds and its exam, the same for every reward.
package struct Experiment: Sendable {
  /// Where the agent learns.
  package let training: Library
  private let held: Library
  private let reporter: Reporter
  private let steps: Int
  private let stream: RandomStream

  /// Reports take more words than bare answers.
  private static let limits = {
    var limits = Library.limits
    limits.tokensPerTurn = 320
    return limits
  }()

  /// Everything that the runs of a seed depend on besides the reward.
  ///
  /// - Parameters:
  ///   - pool: How many questions there are to learn from; each step asks 8 of them.
  ///   - exam: How many questions are asked before and after, about other worlds.
  package init(seed: UInt64, reporter: Reporter, steps: Int, pool: Int, exam: Int) throws {
    self.reporter = reporter
    self.steps = steps
    stream = RandomStream(seed: seed)
    training = try Library.invented(
      worlds: 6, questionsPerWorld: (pool + 5) / 6, shapes: Reporter.shapes, names: .train,
      prefix: "train", stream: stream.child("training"))
    held = try Library.invented(
      worlds: 4, questionsPerWorld: (exam + 3) / 4, shapes: Reporter.shapes, names: .heldOut,
      prefix: "exam", stream: stream.child("exam"))
  }

  /// The marks of the reporter as it was taught.
  package func before() async throws -> Marks { try await marks(of: reporter.policy()) }

  /// Trains a copy of the reporter with GRPO and a reward, and returns its marks.
  ///
  /// - Parameters:
  ///   - title: What is said on the console.
  ///   - shown: Which metrics are shown beside the reward.
  ///   - folder: Where the run is written down.
  package func marks(
    after reward: any GroupReward, _ title: String, showing shown: [String], in folder: String,
    _ console: Console
  ) async throws -> Marks {
    let policy = try reporter.policy()
    let loop = AgentLoop(policy: policy, tokenizer: policy.tokenizer, limits: Self.limits) {
      training.environment(passages: Reporter.passages)
    }
    let (stream, pool) = (stream, training.tasks)
    let trainer = Trainer(
      policy: policy, loop: loop, reward: reward,
      improvement: PolicyImprovement(
        estimator: GroupRelative.grpo, objective: ClippedSurrogate() + 0.001 * KLPenalty(.k3),
        learningRate: LearningRateSchedule(peak: 1.5e-4, warmup: 2, final: 0.1)),
      steps: steps, groupSize: 8, stream: stream, writer: try RunWriter(creating: folder)
    ) { step in
      // Round after round through the pool, each time in another order.
      let (round, place) = (step * 8 / pool.count, step * 8 % pool.count)
      var draws = stream.child("tasks", round)
      return Array((draws.shuffled(pool) + draws.shuffled(pool))[place..<(place + 8)])
    }
    let progress = console.progress(title, total: steps)
    let start = ContinuousClock.now
    try await trainer.run { report in
      progress.update(
        completed: report.step, elapsed: (ContinuousClock.now - start).inSeconds,
        metrics: (["reward"] + shown).compactMap { name in
          report.metrics[name].map { .init(name, $0) }
        })
    }
    progress.finish()
    return try await marks(of: policy)
  }

  private func marks(of policy: TransformerPolicy) async throws -> Marks {
    try await Marks(
      of: policy, in: held, limits: Self.limits, stream: stream.child("measuring"))
  }
}
