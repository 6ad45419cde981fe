import PeregrineTesting
import Policy
import RandomStreams
import Testing
import Trajectories

@testable import Transformer

@Suite("The decoder keeps the contracts of policies")
struct ConformanceTests {
  @Test("as a sampler", arguments: [false, true])
  func sampling(valueHead: Bool) async throws {
    let policy = try tinyPolicy(valueHead: valueHead)
    #expect(
      await checkSamplingPolicy(policy, prompt: [72, 101, 108, 108], tokenizer: Bytes()) == [])
  }

  @Test("as a learner", arguments: [false, true])
  func learning(valueHead: Bool) async throws {
    let hot = PackedBatch(
      rows: [[1, 2, 3, 4], [5, 6, 5, 6, 7]], selections: [[1, 3], [2, 3, 4]],
      temperatures: [[1, 0.5], [2, 1, 0.25]])
    // A policy each: the optimiser's memory of one check moves weights in the next.
    for batch in [randomBatch(rows: 5, longest: 30), hot] {
      let violations = await checkLearningPolicy(
        try tinyPolicy(valueHead: valueHead), batch: batch)
      #expect(violations == [])
    }
  }

  @Test("a value head learns from its own gradient and leaves a frozen copy alone")
  func values() async throws {
    let policy = try tinyPolicy(valueHead: true)
    let batch = randomBatch(rows: 4, longest: 12)
    var errors: [Float] = []
    for _ in 0..<40 {
      let pass = try await policy.forward(
        batch, weights: .current, outputs: .values, gradient: true)
      let values = try #require(pass.values)
      // Half the squared distance to 1.
      errors.append(values.reduce(0) { $0 + ($1 - 1) * ($1 - 1) } / Float(values.count))
      try await policy.backward(
        pass,
        PolicyGradients(
          logProbabilities: values.map { _ in 0 }, values: values.map { ($0 - 1) / 10 }))
      _ = try await policy.step(OptimizerStep(learningRate: 1e-2))
    }
    #expect(errors[0] == 1)
    #expect(errors[39] < 0.1)
    let reference = try await policy.forward(
      batch, weights: .reference, outputs: .values, gradient: false)
    #expect(reference.values?.allSatisfy { $0 == 0 } == true)
  }
}
