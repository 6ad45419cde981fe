import Policy
import RandomStreams
import Synchronization
import Tensor
import Testing
import Trajectories

@testable import Transformer

@Suite("Rows that need no gradient")
struct RowsWithoutGradientTests {
  /// The gradient, with the rows left out or computed along.
  func gradients(
    _ policy: TransformerPolicy, _ batch: PackedBatch, without rows: Set<Int>, marked: Bool
  ) async throws -> (numbers: [Float], gradient: [UInt32]) {
    let pass = try await policy.forward(
      marked ? batch.withoutGradient(ofRows: rows) : batch, weights: .current,
      outputs: policy.capabilities, gradient: true)
    var stream = RandomStream(seed: 8)
    var slopes = (0..<batch.selectedCount).map { _ in Float(stream.normal()) }
    var values = slopes.map { $0 * 0.3 }
    var entropies = slopes.map { 0.1 - $0 }
    for row in rows {
      // Zeros of both signs: an advantage of 0 times a ratio has either.
      for token in batch.selectedOffsets[row]..<batch.selectedOffsets[row + 1] {
        slopes[token] = token % 2 == 0 ? 0 : -0.0
        (values[token], entropies[token]) = (0, -0.0)
      }
    }
    try await policy.backward(
      pass,
      PolicyGradients(
        logProbabilities: slopes, entropies: entropies, values: pass.values.map { _ in values }))
    return (
      pass.logProbabilities,
      policy.state.withLock { $0.gradient?.values.map(\.bitPattern) ?? [] }
    )
  }

  @Test(
    "change no number and no bit of the gradient",
    arguments: [
      TransformerPolicy.Execution(), .init(threads: 1, shards: 1, microBatchTokens: 90),
      .init(microBatchTokens: 1), .init(microBatchTokens: 200, retainedTokens: 0),
      .init(shards: 3, microBatchTokens: 100, retainedTokens: 120),
      .init(microBatchTokens: 100, retainedLogits: 20_000),
    ])
  func sameBits(execution: TransformerPolicy.Execution) async throws {
    // Rows of their own, and rows that share beginnings with rows that do need a gradient.
    for batch in [randomBatch(rows: 17), SharedPrefixTests.batch()] {
      let third = Set((0..<batch.rowCount).filter { $0 % 3 == 1 })
      let all = Set(0..<batch.rowCount)
      for (valueHead, ties) in [(false, true), (true, true), (false, false)] {
        for rows in [all.subtracting(third), [0], all.subtracting([0]), []] {
          func policy() throws -> TransformerPolicy {
            try TransformerPolicy(
              tinyConfiguration(ties: ties), tokenizer: Bytes(), stream: RandomStream(seed: 1),
              hasValueHead: valueHead, execution: execution)
          }
          let plain = try await gradients(policy(), batch, without: rows, marked: false)
          let skipping = try await gradients(policy(), batch, without: rows, marked: true)
          #expect(skipping.numbers == plain.numbers)
          #expect(skipping.gradient == plain.gradient)
        }
      }
    }
  }

  @Test("may be all of them: the gradient is 0 and a step can be taken")
  func all() async throws {
    let policy = try tinyPolicy()
    let batch = randomBatch(rows: 5)
    let result = try await gradients(policy, batch, without: Set(0..<5), marked: true)
    #expect(result.gradient.count == policy.parameterCount)
    #expect(result.gradient.allSatisfy { $0 == 0 })
    let report = try await policy.step(OptimizerStep(learningRate: 0.1))
    #expect(report.applied && report.gradientNorm == 0 && report.weightVersion == 1)
  }

  @Test("keep their place when rows are taken out of a batch")
  func rows() {
    let batch = randomBatch(rows: 6).withoutGradient(ofRows: [1, 4])
    #expect(batch.rows([4, 0, 2, 1]).rowsWithoutGradient == [0, 3])
    #expect(batch.rows([0, 5]).rowsWithoutGradient.isEmpty)
  }
}
