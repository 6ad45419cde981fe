public import Agents
public import Environments
internal import Evaluation
internal import FoundationEssentials
public import Policy
public import RandomStreams
public import Rewards
public import Trajectories

/// Runs steps of roll out, score, improve, write down; from the start or from a checkpoint.
///
/// Everything it does is a call of one of the smaller pieces (``RolloutBatch``,
/// ``PolicyImprovement``, ``RunWriter``): copy ``step(_:)`` into a loop of your own to change the
/// order of things.
public struct Trainer<
  Learner: SamplingPolicy & LearningPolicy & Checkpointable, World: Environment
>:
  Sendable
{
  /// Who learns.
  public let policy: Learner
  /// How it acts.
  public let loop: AgentLoop<Learner, World>
  /// What its rollouts are worth.
  ///
  /// A ``Rewards/Reward`` judges each for itself, any other ``Rewards/GroupReward`` a task's rollouts
  /// beside each other. Its ``Rewards/GroupReward/statefulParts`` are saved with every checkpoint.
  public let reward: any GroupReward
  /// How it learns from them.
  public let improvement: PolicyImprovement
  /// Steps of the run.
  public let steps: Int
  /// Rollouts per task.
  public let groupSize: Int
  /// Steps from one checkpoint to the next.
  public let checkpointEvery: Int
  /// The root of the run's randomness.
  public let stream: RandomStream
  /// The tasks of a step, counted from 0.
  ///
  /// The same step must always give the same tasks.
  public let tasks: @Sendable (Int) -> [AgentTask]
  /// Where the run is written down.
  public let writer: RunWriter

  /// What a step did, for whoever watches.
  public struct Report: Sendable {
    /// The step, from 1.
    public let step: Int
    /// Its metrics.
    public let metrics: [String: Double]
    /// Its wall-clock times, and tokens per second.
    public let timings: [String: Double]
  }

  /// A trainer of all its parts.
  public init(
    policy: Learner, loop: AgentLoop<Learner, World>, reward: any GroupReward,
    improvement: PolicyImprovement, steps: Int, groupSize: Int, checkpointEvery: Int = 5,
    stream: RandomStream, writer: RunWriter, tasks: @escaping @Sendable (Int) -> [AgentTask]
  ) {
    precondition(steps >= 0 && groupSize > 0 && checkpointEvery > 0, "counts must be positive")
    self.policy = policy
    self.loop = loop
    self.reward = reward
    self.improvement = improvement
    self.steps = steps
    self.groupSize = groupSize
    self.checkpointEvery = checkpointEvery
    self.stream = stream
    self.tasks = tasks
    self.writer = writer
  }

  /// Takes the newest checkpoint of the folder back and cuts the journals to it.
  ///
  /// - Returns: How many steps are done; `nil` when the run was killed before its first checkpoint,
  ///   and the journals are then empty: start over.
  public func resume() async throws -> Int? {
    guard
      let position = try await CheckpointStore(runFolder: writer.path).restoreNewest(
        policy, reward: reward.statefulParts)
    else {
      try writer.cut(to: [:])
      return nil
    }
    try writer.cut(to: position.journalSizes)
    return position.step
  }

  /// Writes a checkpoint of where the run stands.
  public func checkpoint(afterStep step: Int) async throws {
    let position = RunPosition(step: step, journalSizes: try writer.sync())
    try await CheckpointStore(runFolder: writer.path).write(
      position, policy: policy, reward: reward.statefulParts)
  }

  /// Runs the remaining steps.
  ///
  /// - Parameters:
  ///   - done: Steps done before, as ``resume()`` said.
  ///   - observe: Called after each step and before its checkpoint, so that a weight which it moves
  ///     (``Rewards/AdaptiveWeight``) is saved as it has become.
  public func run(
    after done: Int = 0, observe: @Sendable (Report) async throws -> Void = { _ in }
  ) async throws {
    for step in done..<max(done, steps) {
      try Task.checkCancellation()
      try await observe(try await self.step(step))
      if (step + 1).isMultiple(of: checkpointEvery) || step + 1 == steps {
        try await checkpoint(afterStep: step + 1)
      }
    }
  }

  /// One step, counted from 0: roll out, score, improve, write down.
  public func step(_ step: Int) async throws -> Report {
    let clock = ContinuousClock()
    let start = clock.now
    let groups = try await loop.groups(
      tasks(step), step: step + 1, members: groupSize, stream: stream)
    let rolledOut = clock.now
    let batch = try await RolloutBatch(scoring: groups, with: reward)
    let outcome = try await improvement.improve(policy, with: batch, step: step, of: steps)
    let learned = clock.now

    let metrics = batch.metrics.merging(outcome.metrics) { $1 }
    let trajectories = batch.trajectories
    try writer.append(
      trajectories.indices.map { index in
        TrajectoryRecord(
          trajectory: trajectories[index], report: batch.reports[index],
          advantages: outcome.advantages[index])
      }, to: .trajectories)
    try writer.append([MetricsRecord(step: step + 1, values: metrics)], to: .metrics)
    let rollout = (rolledOut - start).inSeconds
    let timings = [
      TimingRecord.rollout: rollout,
      TimingRecord.learning: (learned - rolledOut).inSeconds,
      TimingRecord.total: (clock.now - start).inSeconds,
      TimingRecord.tokensPerSecond: (metrics["sampledTokens"] ?? 0) / max(rollout, 1e-9),
    ]
    try writer.append([TimingRecord(step: step + 1, seconds: timings)], to: .timings)
    return Report(step: step + 1, metrics: metrics, timings: timings)
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
