import Advantage
import Agents
import Policy
import RandomStreams
import Rewards
import Synchronization
import Testing
import Trajectories
import Transformer

@testable import Training

@Suite("Rows without advantage in a step of learning")
struct RowsWithoutAdvantageTests {
  /// What one step did with a batch in which some groups have equal scores.
  struct Step {
    var metrics: [String: Double]
    var logProbabilities: [Float]
    var marked: [Set<Int>]
    var rowCount: Int
  }

  func step(
    _ objective: any PolicyObjective, skipping: Bool, equal: @escaping @Sendable (Int) -> Bool,
    updates: Int = 1
  ) async throws -> Step {
    let policy = WatchedLearner(base: try await SmallWorld.policy())
    let loop = SmallWorld.loop(policy.base, retriever: try SmallWorld.index())
    let groups = try await loop.groups(
      SmallWorld.tasks(2), step: 1, members: 4, stream: RandomStream(seed: 5))
    let batch = try await RolloutBatch(
      scoring: groups,
      with: ClosureReward("member") { trajectory -> Double in
        equal(trajectory.rollout.group) ? 1 : Double(trajectory.rollout.member)
      })
    var improvement = PolicyImprovement(
      estimator: GroupRelative.grpo, objective: objective, updatesPerBatch: updates,
      learningRate: LearningRateSchedule(peak: 2e-3))
    improvement.skipsRowsWithoutAdvantage = skipping
    let outcome = try await improvement.improve(policy, with: batch, step: 0, of: 1)
    let after = try await policy.base.forward(PackedBatch(batch.trajectories))
    return Step(
      metrics: outcome.metrics, logProbabilities: after.logProbabilities,
      marked: policy.marked.withLock { $0 }, rowCount: batch.trajectories.count)
  }

  @Test("are left out, and metrics and weights are the same, bit for bit", arguments: [1, 2])
  func same(updates: Int) async throws {
    let mixed = { @Sendable (group: Int) in group % 2 == 0 }
    let skipping = try await step(
      ClippedSurrogate(), skipping: true, equal: mixed, updates: updates)
    let plain = try await step(ClippedSurrogate(), skipping: false, equal: mixed, updates: updates)
    #expect(skipping.metrics == plain.metrics)
    #expect(skipping.logProbabilities == plain.logProbabilities)
    #expect(skipping.marked.map(\.count).reduce(0, +) == skipping.rowCount / 2)
    #expect(plain.marked.allSatisfy { $0.isEmpty })
    #expect(skipping.metrics["gradientNorm"] ?? 0 > 0)
  }

  @Test("may be all rows: a step along nothing is taken as without leaving out")
  func all() async throws {
    let skipping = try await step(ClippedSurrogate(), skipping: true) { _ in true }
    let plain = try await step(ClippedSurrogate(), skipping: false) { _ in true }
    #expect(skipping.metrics == plain.metrics)
    #expect(skipping.metrics["gradientNorm"] == 0)
    #expect(skipping.metrics["updates"] == 1)
    #expect(skipping.logProbabilities == plain.logProbabilities)
    #expect(skipping.marked == [Set(0..<skipping.rowCount)])
  }

  @Test("are not left out where a penalty pulls on them")
  func penalty() async throws {
    let mixed = { @Sendable (group: Int) in group % 2 == 0 }
    let result = try await step(
      ClippedSurrogate() + 0.1 * KLPenalty(.k3), skipping: true, equal: mixed)
    #expect(result.marked == [[]])
  }
}

/// A decoder that remembers which rows it was told to need no gradient.
final class WatchedLearner: LearningPolicy {
  let base: TransformerPolicy
  let marked = Mutex<[Set<Int>]>([])

  init(base: TransformerPolicy) { self.base = base }

  var capabilities: PolicyCapabilities { base.capabilities }
  var weightVersion: Int { base.weightVersion }

  func forward(
    _ batch: PackedBatch, weights: WeightReference, outputs: PolicyCapabilities, gradient: Bool
  ) async throws -> PolicyPass {
    if gradient { marked.withLock { $0.append(batch.rowsWithoutGradient) } }
    return try await base.forward(batch, weights: weights, outputs: outputs, gradient: gradient)
  }

  func backward(_ pass: PolicyPass, _ gradients: PolicyGradients) async throws {
    try await base.backward(pass, gradients)
  }

  func step(_ optimizer: OptimizerStep) async throws -> StepReport {
    try await base.step(optimizer)
  }
}
