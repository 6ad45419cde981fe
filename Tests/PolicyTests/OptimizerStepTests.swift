import Foundation
import Policy
import Testing

@Suite struct OptimizerStepTests {
  @Test("rates and norms outside their ranges trap, made or set")
  func traps() async {
    await #expect(processExitsWith: .failure) { _ = OptimizerStep(learningRate: -1) }
    await #expect(processExitsWith: .failure) { _ = OptimizerStep(learningRate: .nan) }
    await #expect(processExitsWith: .failure) { _ = OptimizerStep(learningRate: .infinity) }
    await #expect(processExitsWith: .failure) {
      _ = OptimizerStep(learningRate: 1, maximumGradientNorm: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = OptimizerStep(learningRate: 1, maximumGradientNorm: .nan)
    }
    await #expect(processExitsWith: .failure) {
      var step = OptimizerStep(learningRate: 1)
      step.learningRate = -1
    }
    await #expect(processExitsWith: .failure) {
      var step = OptimizerStep(learningRate: 1)
      step.maximumGradientNorm = -1
    }
  }

  @Test("settings are read as they were written, and impossible ones refused by name")
  func decoding() throws {
    func read(_ text: String) throws -> OptimizerStep {
      try JSONDecoder().decode(OptimizerStep.self, from: Data(text.utf8))
    }
    for step in [
      OptimizerStep(learningRate: 0), OptimizerStep(learningRate: 0.5, maximumGradientNorm: nil),
      OptimizerStep(learningRate: 1e-6, maximumGradientNorm: 2),
    ] {
      #expect(try read(String(decoding: JSONEncoder().encode(step), as: UTF8.self)) == step)
    }
    for (text, culprit) in [
      (#"{"learningRate": -1}"#, "learningRate"),
      (#"{"learningRate": 1, "maximumGradientNorm": 0}"#, "maximumGradientNorm"),
      (#"{"maximumGradientNorm": 1}"#, "learningRate"),
    ] {
      let error = #expect(throws: DecodingError.self) { try read(text) }
      #expect("\(error as Any)".contains(culprit))
    }
  }
}
