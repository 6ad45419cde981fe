import Advantage
import Agents
import Environments
import Foundation
import Policy
import RandomStreams
import Rewards
import Testing
import Trajectories
import Transformer

@testable import Training

@Suite("The sampler's numbers are the learner's")
struct SamplerIsLearnerTests {
  @Test("bit for bit over whole episodes of searching, at any temperature, and the drift is 0")
  func episodes() async throws {
    for temperature: Float in [1, 0.7] {
      let policy = try await SmallWorld.policy()
      var loop = SmallWorld.loop(policy, retriever: try SmallWorld.index())
      loop.settings = SamplingSettings(temperature: temperature)
      let groups = try await loop.groups(
        SmallWorld.tasks(2), step: 1, members: 4, stream: RandomStream(seed: 5))
      let trajectories = groups.flatMap(\.members)
      #expect(trajectories.contains { $0.turnCount > 1 })
      let pass = try await policy.forward(PackedBatch(trajectories))
      let recorded = try trajectories.flatMap { try $0.samplerLogProbabilities() }
      #expect(recorded.count > 200)
      #expect(pass.logProbabilities == recorded)
      let batch = try await RolloutBatch(scoring: groups, with: SmallWorld.reward)
      let outcome = try await SmallWorld.grpo.improve(policy, with: batch, step: 0, of: 1)
      #expect(outcome.metrics["drift"] == 0)
      #expect(outcome.metrics["driftMaximum"] == 0)
    }
  }

  @Test(
    "where tokens are left out of draws too: no drift, ratios of 1, corrections by what was kept")
  func truncated() async throws {
    let policy = try await SmallWorld.policy()
    var loop = SmallWorld.loop(policy, retriever: try SmallWorld.index())
    loop.settings = SamplingSettings(temperature: 1.5, topK: 30, topP: 0.8, minP: 0.02)
    let groups = try await loop.groups(
      SmallWorld.tasks(2), step: 1, members: 4, stream: RandomStream(seed: 5))
    let records = groups.flatMap(\.members).flatMap { $0.spans.compactMap(\.sampling) }
    let kept = records.flatMap(\.keptLogMasses).map { exp(Double($0)) }
    #expect(kept.contains { $0 < 0.9 })
    let batch = try await RolloutBatch(scoring: groups, with: SmallWorld.reward)
    let outcome = try await PolicyImprovement(
      estimator: GroupRelative.grpo, objective: ClippedSurrogate(correction: .truncated(at: 2)),
      learningRate: LearningRateSchedule(peak: 2e-3)
    ).improve(policy, with: batch, step: 0, of: 1)
    #expect(outcome.metrics["driftMaximum"] == 0)
    #expect(outcome.metrics["ratio/mean"] == 1)
    let correction = try #require(outcome.metrics["sampler/mean_weight"])
    let mean = kept.reduce(0, +) / Double(kept.count)
    #expect(abs(correction - mean) < 1e-5)
  }

  @Test("a sampler that records other numbers stops the run before it learns from them")
  func drifting() async throws {
    let directory = try RunDirectory()
    defer { directory.remove() }
    func train(noise: Float, in path: String) async throws {
      let policy = NoisySampler(base: try await SmallWorld.policy(), noise: noise)
      let trainer = Trainer(
        policy: policy, loop: SmallWorld.loop(policy, retriever: try SmallWorld.index()),
        reward: SmallWorld.reward, improvement: SmallWorld.grpo, steps: 1, groupSize: 4,
        stream: RandomStream(seed: 6), writer: try RunWriter(creating: path),
        tasks: SmallWorld.tasks)
      do {
        try await trainer.run()
      } catch {
        #expect(policy.weightVersion == 0)
        throw error
      }
    }
    let error = await #expect(throws: RunError.self) {
      try await train(noise: 0.1, in: directory.path + "/loud")
    }
    guard case .drift(let step, let largest, let limit) = error else {
      Issue.record("\(String(describing: error)) is no drift")
      return
    }
    #expect(step == 1 && limit == 0.05)
    #expect(abs(largest - 0.1) < 1e-5)
    #expect(error?.description.contains("step 1") == true)
    try await train(noise: 0.01, in: directory.path + "/quiet")
  }
}

/// A decoder whose sampler records log-probabilities that are off.
struct NoisySampler: SamplingPolicy, LearningPolicy, Checkpointable {
  let base: TransformerPolicy
  let noise: Float

  func makeContext() async throws -> NoisyContext {
    NoisyContext(base: try await base.makeContext(), noise: noise)
  }

  var capabilities: PolicyCapabilities { base.capabilities }
  var weightVersion: Int { base.weightVersion }

  func forward(
    _ batch: PackedBatch, weights: WeightReference, outputs: PolicyCapabilities, gradient: Bool
  ) async throws -> PolicyPass {
    try await base.forward(batch, weights: weights, outputs: outputs, gradient: gradient)
  }

  func backward(_ pass: PolicyPass, _ gradients: PolicyGradients) async throws {
    try await base.backward(pass, gradients)
  }

  func step(_ optimizer: OptimizerStep) async throws -> StepReport {
    try await base.step(optimizer)
  }
  func saveState(to folder: String) async throws { try await base.saveState(to: folder) }
  func restoreState(from folder: String) async throws { try await base.restoreState(from: folder) }
}

/// A context that subtracts the noise from the first log-probability of each generation.
final class NoisyContext: SamplingContext {
  private let base: TransformerContext
  private let noise: Float

  init(base: TransformerContext, noise: Float) {
    self.base = base
    self.noise = noise
  }

  var tokens: [Int32] { base.tokens }
  func append(_ tokens: [Int32]) async throws { try await base.append(tokens) }

  func generate(_ request: GenerationRequest) async throws -> Generation {
    let drawn = try await base.generate(request)
    var logProbabilities = drawn.record.logProbabilities
    logProbabilities[0] -= noise
    return Generation(
      tokens: drawn.tokens,
      record: SamplingRecord(
        logProbabilities: logProbabilities, weightVersion: drawn.record.weightVersion,
        settings: drawn.record.settings),
      stopReason: drawn.stopReason)
  }

  func fork() async throws -> NoisyContext {
    NoisyContext(base: try await base.fork(), noise: noise)
  }
}
