internal import Advantage
internal import Measuring
internal import Policy
internal import Trajectories
internal import Transformer

/// One GRPO step: forward, the clipped surrogate with 0.04 k3, backward, clipping, AdamW.
///
/// Old and reference log-probabilities are given; the definition is that of `Peers/learning.py`.
struct LearningStep {
  static let objective = ClippedSurrogate() + 0.04 * KLPenalty(.k3)

  let policy: TransformerPolicy
  let batch: PackedBatch

  func work() async throws -> Work {
    let (policy, batch) = (policy, batch)
    let given = try await Given(policy, batch)
    policy.releaseReference()
    func step() async throws -> [Double] {
      let pass = try await policy.forward(batch)
      let result = try Self.objective.evaluate(
        ObjectiveInput(
          current: batch.ragged(pass.logProbabilities), weights: given.weights, old: given.old,
          reference: given.reference, advantages: given.advantages))
      try await policy.backward(
        pass, PolicyGradients(logProbabilities: result.gradients.logProbabilities))
      let report = try await policy.step(OptimizerStep(learningRate: 1e-6))
      return [result.loss, report.gradientNorm]
    }
    return Work(suspending: { _ = try await step() }, check: step)
  }

  /// What is known before the step.
  private struct Given {
    let weights: RowWeights
    let old, reference, advantages: Ragged<Float>

    init(_ policy: TransformerPolicy, _ batch: PackedBatch) async throws {
      let pass = try await policy.forward(batch, weights: .current, outputs: [], gradient: false)
      var draw = SplitMix64(seed: 3)
      let rowAdvantages = (0..<batch.rowCount).map { _ in 2 * draw.signed() }
      var (old, reference) = (pass.logProbabilities, pass.logProbabilities)
      for index in old.indices {
        old[index] += 0.02 * draw.signed()
        reference[index] += 0.02 * draw.signed()
      }
      let counts = (0..<batch.rowCount).map {
        batch.selectedOffsets[$0 + 1] - batch.selectedOffsets[$0]
      }
      self.old = batch.ragged(old)
      self.reference = batch.ragged(reference)
      advantages = batch.ragged(
        zip(rowAdvantages, counts).flatMap { Array(repeating: $0, count: $1) })
      weights = LossAggregation.tokenMean.weights(tokenCounts: counts)
    }
  }
}
