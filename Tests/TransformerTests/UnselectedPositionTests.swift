import Policy
import RandomStreams
import Synchronization
import Tensor
import Testing
import Trajectories

@testable import Transformer

@Suite("Positions that are not selected")
struct UnselectedPositionTests {
  static let rows: [[Int32]] = [[5, 6, 7, 8, 9, 10, 11], [20, 21, 22, 23, 24]]
  static let selections = [[2, 3, 6], [1, 4]]

  @Test("the loss has no gradient at their output: exactly zero, and elsewhere not")
  func outputGradient() throws {
    let policy = try tinyPolicy()
    let weights = policy.state.withLock { $0.weights }.sampling
    let batch = PackedBatch(rows: Self.rows, selections: Self.selections)
    let predicting = Set(batch.selected.map { $0 - 1 })

    // Every position's output is computed, then those that predict a selected token are taken.
    var tape = Tape()
    let everywhere = weights.hidden(
      batch.tokens, over: SequenceForest(rowOffsets: batch.rowOffsets),
      at: Array(0..<batch.tokenCount), on: &tape)
    let chosen = tape.rows(everywhere, predicting.sorted())
    let (logProbabilities, _) = tape.logProbabilities(
      chosen, head: weights.head, targets: batch.targets, temperatures: batch.temperatures)
    var parameters = Tensor(zeros: [weights.parameters.count])
    let gradients = tape.gradients(
      seeding: [(logProbabilities, Tensor(repeating: -1, shape: [batch.selectedCount]))],
      parameters: &parameters, keeping: true)
    let output = gradients[everywhere]
    for position in 0..<batch.tokenCount {
      let row = output[rows: position..<(position + 1)].values
      #expect(row.allSatisfy { $0 == 0 } != predicting.contains(position), "\(position)")
    }

    // The policy itself computes only the chosen ones: the same numbers, the same gradient.
    var short = Tape()
    let direct = weights.hidden(
      batch.tokens, over: SequenceForest(rowOffsets: batch.rowOffsets), at: predicting.sorted(),
      on: &short)
    #expect(direct.value.values == chosen.value.values)
    let (directly, _) = short.logProbabilities(
      direct, head: weights.head, targets: batch.targets, temperatures: batch.temperatures)
    #expect(directly.value.values == logProbabilities.value.values)
    var again = Tensor(zeros: [weights.parameters.count])
    short.gradients(
      seeding: [(directly, Tensor(repeating: -1, shape: [batch.selectedCount]))],
      parameters: &again)
    let largest = parameters.values.map(abs).max() ?? 0
    #expect(largest > 0)
    #expect(
      zip(parameters.values, again.values).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
  }

  @Test("as targets they can be any token: only what is read afterwards can tell")
  func asTargets() async throws {
    // Row 0's last selected token is its last; a later one, never read before it, is free.
    let policy = try tinyPolicy()
    func gradient(_ last: Int32) async throws -> [Float] {
      var rows = Self.rows
      rows[0].append(last)
      let batch = PackedBatch(rows: rows, selections: Self.selections)
      let pass = try await policy.forward(batch)
      try await policy.backward(
        pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in -1 }))
      defer { policy.state.withLock { $0.gradient = nil } }
      return policy.state.withLock { $0.gradient?.values ?? [] }
    }
    let one = try await gradient(1)
    _ = try await policy.step(OptimizerStep(learningRate: 0))
    let other = try await gradient(200)
    #expect(one == other)
    #expect(one.contains { $0 != 0 })
  }
}
