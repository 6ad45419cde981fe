import Advantage
import Testing
import Trajectories

@Suite("Sampler and trainer apart")
struct SamplerMismatchTests {
  @Test("where both give the same numbers there is no drift")
  func noDrift() {
    let numbers = Ragged<Float>([[-1, -0.5], [-2]])
    let drift = samplerDrift(trainer: numbers, sampler: numbers)
    #expect(drift.tokens == 3)
    #expect(drift.meanAbsoluteDifference == 0)
    #expect(drift.maximumAbsoluteDifference == 0)
    #expect(drift.kl == 0)
    #expect(drift.k3 == 0)
    #expect(drift.effectiveSampleSize == 1)
  }

  @Test("differences are seen in mean, maximum and sample size")
  func drift() {
    let drift = samplerDrift(
      trainer: Ragged([[-1.5, -1.0]]), sampler: Ragged([[-1.0, -1.0]]))
    #expect(drift.meanAbsoluteDifference == 0.25)
    #expect(drift.maximumAbsoluteDifference == 0.5)
    #expect(drift.kl == 0.25)
    #expect(abs(drift.effectiveSampleSize - 0.94339) < 1e-4)
  }

  @Test("no tokens are no drift")
  func empty() {
    let none = Ragged<Double>(values: [], offsets: [0])
    #expect(samplerDrift(trainer: none, sampler: none).effectiveSampleSize == 1)
  }

  @Test("a truncated weight scales the token's loss and gradient, and is reported")
  func truncated() throws {
    func result(_ correction: SamplerCorrection) throws -> ObjectiveResult<Double> {
      try ClippedSurrogate(correction: correction).evaluate(
        ObjectiveInput(
          current: Ragged([[-1.0, -1.0]]), weights: RowWeights(perToken: [0.5]),
          old: Ragged([[-1.0, -1.0]]), sampler: Ragged([[-4.0, -1.0]]),
          advantages: Ragged([[1.0, 1.0]])))
    }
    let plain = try result(.none)
    let corrected = try result(.truncated(at: 2))
    #expect(plain.gradients.logProbabilities == [-0.5, -0.5])
    #expect(corrected.gradients.logProbabilities == [-1, -0.5])
    #expect(corrected.diagnostics[.correctedFraction] == 0.5)
    #expect(corrected.diagnostics[.meanCorrection] == 1.5)
    #expect(plain.diagnostics[.meanCorrection] == nil)
    #expect(try result(.masked(in: 0.5...2)).gradients.logProbabilities == [0, -0.5])
  }
}
