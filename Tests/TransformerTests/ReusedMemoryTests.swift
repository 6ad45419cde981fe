import Policy
import Tensor
import Testing
import Trajectories

@testable import Transformer

@Suite("Memory of a step of learning") struct ReusedMemoryTests {
  @Test("steps like the one before take no memory from the system")
  func furtherSteps() async {
    // In a process of its own: tensors of other tests would count as well.
    await #expect(processExitsWith: .success) {
      // One thread, since how much of two threads' work overlaps is nobody's promise.
      let policy = try tinyPolicy(context: 512, execution: .init(threads: 1))
      let batch = randomBatch(rows: 40, longest: 400)
      func step() async throws {
        _ = try await policy.forward(batch, weights: .reference, outputs: [], gradient: false)
        let pass = try await policy.forward(
          batch, weights: .current, outputs: .entropies, gradient: true)
        try await policy.backward(
          pass, PolicyGradients(logProbabilities: pass.logProbabilities.map { _ in -0.01 }))
        _ = try await policy.step(OptimizerStep(learningRate: 1e-3))
      }
      // The first step also makes weights that are no longer the reference's.
      try await step()
      try await step()
      let blocks = Tensor.freshBlockCount
      #expect(blocks > 10, "the step is too small to need blocks")
      // A block that one thread frees a moment after another asked for it is not found then.
      for _ in 0..<10 { try await step() }
      #expect(Tensor.freshBlockCount - blocks < 10, "ten steps took what one may")
    }
  }
}
