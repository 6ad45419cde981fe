import Advantage
import Agents
import Evaluation
import Foundation
import Policy
import RandomStreams
import Testing
import Trajectories
import Transformer

@testable import Training

@Suite("Learning from what narrow weights sampled")
struct NarrowSamplingTests {
  static let narrow: [WeightPrecision] = [.bfloat16, .int8, .bfloat16Products, .int8Products]

  /// A policy that samples narrow weights, and a batch that it made.
  static func sampled(
    _ precision: WeightPrecision, seed: UInt64 = 5
  ) async throws -> (TransformerPolicy, RolloutBatch) {
    let policy = try await SmallWorld.policy(execution: .init(samplingPrecision: precision))
    let loop = SmallWorld.loop(policy, retriever: try SmallWorld.index())
    let groups = try await loop.groups(
      SmallWorld.tasks(2), step: 1, members: 4, stream: RandomStream(seed: seed))
    return (policy, try await RolloutBatch(scoring: groups, with: SmallWorld.reward))
  }

  /// The learner's log-probabilities of a batch and those it was drawn with.
  static func logProbabilities(
    _ policy: TransformerPolicy, _ batch: RolloutBatch
  ) async throws -> (learner: Ragged<Float>, sampler: Ragged<Float>) {
    let packed = PackedBatch(batch.trajectories)
    let pass = try await policy.forward(
      packed, weights: .current, outputs: [], gradient: false)
    return (
      packed.ragged(pass.logProbabilities),
      packed.ragged(try batch.trajectories.flatMap { try $0.samplerLogProbabilities() })
    )
  }

  @Test("the drift is measured and does not stop the run", arguments: narrow)
  func drift(precision: WeightPrecision) async throws {
    let (policy, batch) = try await Self.sampled(precision)
    #expect(batch.trajectories.allSatisfy { $0.isSampledNarrowly })
    let numbers = try await Self.logProbabilities(policy, batch)
    let drift = samplerDrift(trainer: numbers.learner, sampler: numbers.sampler)
    #expect(drift.maximumAbsoluteDifference > 0)
    var strict = SmallWorld.grpo
    strict.driftLimit = drift.maximumAbsoluteDifference / 2
    let metrics = try await strict.improve(policy, with: batch, step: 0, of: 1).metrics
    #expect(metrics["drift"] == drift.meanAbsoluteDifference)
    #expect(metrics["driftMaximum"] == drift.maximumAbsoluteDifference)
    #expect(metrics["effectiveSampleSize"] == drift.effectiveSampleSize)
  }

  @Test(
    "each token counts as much as its importance weight says, in one update and in two",
    arguments: narrow, [1, 2])
  func weights(precision: WeightPrecision, updates: Int) async throws {
    let (policy, batch) = try await Self.sampled(precision)
    let numbers = try await Self.logProbabilities(policy, batch)
    var improvement = SmallWorld.grpo
    improvement.updatesPerBatch = updates
    // So small a step moves no float.
    improvement.learningRate = LearningRateSchedule(peak: 1e-30)
    let outcome = try await improvement.improve(policy, with: batch, step: 0, of: 1)
    // Nothing moves, so every ratio is 1 and a token's loss is its weighed advantage.
    var (loss, weight, count) = (0.0, 0.0, 0.0)
    for row in batch.trajectories.indices {
      let differences = zip(numbers.learner[row: row], numbers.sampler[row: row])
      for (advantage, pair) in zip(outcome.advantages[row], differences) {
        let ratio = min(exp(Double(pair.0) - Double(pair.1)), 2)
        loss -= ratio * Double(advantage)
        weight += ratio
        count += 1
      }
    }
    #expect(abs((outcome.metrics["sampler/mean_weight"] ?? 0) - weight / count) < 1e-9)
    #expect(weight != count)
    if updates == 1 {
      #expect(abs((outcome.metrics["loss/surrogate"] ?? 0) - loss / count) < 1e-5)
    }
    #expect(abs((outcome.metrics["ratio/mean"] ?? 0) - 1) < 1e-6)
  }

  @Test("an objective with a correction of its own weighs tokens once")
  func ownCorrection() async throws {
    var losses: [Double?] = []
    for objective in [
      ClippedSurrogate(correction: .truncated(at: 2)), ClippedSurrogate(),
    ] {
      let (policy, batch) = try await Self.sampled(.int8)
      let improvement = PolicyImprovement(
        estimator: GroupRelative.grpo, objective: objective, learningRate: .init(peak: 1e-3))
      let metrics = try await improvement.improve(policy, with: batch, step: 0, of: 1).metrics
      losses.append(metrics["loss"])
    }
    let (own, ours) = (try #require(losses[0]), try #require(losses[1]))
    #expect(own != 0 && abs(own - ours) < 1e-6)
  }

  @Test("what float32 sampled is learned from as before")
  func float32() async throws {
    let (policy, batch) = try await Self.sampled(.float32)
    let metrics = try await SmallWorld.grpo.improve(policy, with: batch, step: 0, of: 1).metrics
    #expect(metrics["driftMaximum"] == 0)
    #expect(metrics["effectiveSampleSize"] == nil && metrics["sampler/mean_weight"] == nil)
  }

  @Test("a sampler too far from the learner stops the run before it learns")
  func tooFar() async throws {
    let (policy, batch) = try await Self.sampled(.int8)
    var strict = SmallWorld.grpo
    strict.sampleSizeLimit = 1
    let error = await #expect(throws: RunError.self) {
      _ = try await strict.improve(policy, with: batch, step: 2, of: 3)
    }
    guard case .sampleSize(let step, let share, let limit) = error else {
      Issue.record("\(String(describing: error)) is no sample size")
      return
    }
    #expect(step == 3 && limit == 1 && share < 1 && share > 0.9)
    #expect(error?.description.contains("samplingPrecision") == true)
    #expect(policy.weightVersion == 0)
  }

  @Test("the reward rises when narrow weights sample", arguments: narrow, [1, 2])
  func learning(precision: WeightPrecision, updates: Int) async throws {
    let records = try await LearningTests.train(
      PolicyImprovement(
        estimator: GroupRelative.grpo, objective: ClippedSurrogate() + 0.001 * KLPenalty(.k3),
        updatesPerBatch: updates, learningRate: LearningRateSchedule(peak: 1e-2)),
      steps: 30, execution: .init(samplingPrecision: precision))
    #expect(LearningTests.reward(records.prefix(3)) < 0.4)
    #expect(LearningTests.reward(records.suffix(3)) > 0.8)
    #expect(records.allSatisfy { $0.values["driftMaximum"] ?? 0 > 0 })
    #expect(records.allSatisfy { $0.values["effectiveSampleSize"] ?? 0 > 0.999 })
  }
}
