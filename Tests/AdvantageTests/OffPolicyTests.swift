import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Off-policy corrections")
struct OffPolicyTests {
  private let trainer = Ragged<Double>([[-1, -2], [-1, -1, -1], []])
  private let sampler = Ragged<Double>([[-1.5, -1], [-1, -1, -1], []])

  private func factors(_ correction: SamplerCorrection) -> [Double] {
    correction.weights(trainer: trainer, sampler: sampler).factors.values
  }

  @Test("a row's weight is the product or the geometric mean of its tokens' weights")
  func levels() {
    let limit = 1e9
    let token = factors(.truncated(at: limit))
    let row = factors(.truncated(at: limit, level: .sequence))
    let mean = factors(.truncated(at: limit, level: .geometric))
    #expect(abs(token[0] * token[1] - row[0]) < 1e-15)
    #expect(abs(mean[0] * mean[0] - row[0]) < 1e-15)
    #expect(row[0] == row[1])
    #expect(token[2...] == [1, 1, 1])
  }

  @Test("outside of the limits a weight is cut, clamped, zeroed or rejected, and reported")
  func limits() {
    // The weights are about 1.65, 0.37, 1, 1, 1.
    func seen(_ correction: SamplerCorrection) -> ([Double], [Bool]) {
      let weights = correction.weights(trainer: trainer, sampler: sampler)
      return (Array(weights.factors.values[..<2]), Array(weights.limited[..<2]))
    }
    let plain = factors(.truncated(at: 10))
    #expect(seen(.truncated(at: 1.5)) == ([1.5, plain[1]], [true, false]))
    #expect(seen(.clamped(to: 0.5...1.5)) == ([1.5, 0.5], [true, true]))
    #expect(seen(.masked(in: 0.5...2)) == ([plain[0], 0], [false, true]))
    let rejection = DivergenceRejection(.ratio(in: 0.5...2, of: .token))
    #expect(seen(.rejecting(rejection)) == ([1, 0], [false, true]))
    #expect(
      seen(.product([.truncated(at: 1.5), .rejecting(rejection)])) == ([1.5, 0], [true, true]))
    #expect(seen(.product([])) == ([1, 1], [false, false]))
  }

  @Test("a product of token weights and row rejection reaches the surrogate")
  func surrogate() throws {
    let correction = SamplerCorrection.product([
      .truncated(at: 2), .rejecting(DivergenceRejection(.ratio(in: 0.9...1.1, of: .rowMean))),
    ])
    let result = try ClippedSurrogate(correction: correction).evaluate(
      ObjectiveInput(
        current: trainer, weights: RowWeights(perToken: [1, 1, 1]), old: trainer,
        sampler: sampler, advantages: trainer.with([1, 1, 1, 1, 1])))
    #expect(result.gradients.logProbabilities == [0, 0, -1, -1, -1])
    #expect(result.diagnostics[.correctedFraction] == 0.4)
  }

  @Test("each unit of rejection drops what it names")
  func units() {
    func kept(_ criteria: DivergenceRejection.Criterion...) -> [Bool] {
      DivergenceRejection(criteria).kept(trainer: trainer, sampler: sampler).values
    }
    // d is 0.5, -1, 0, 0, 0: the first row sums to -0.5 and has mean -0.25.
    #expect(kept(.ratio(in: 0.5...2, of: .token)) == [true, false, true, true, true])
    #expect(kept(.ratio(in: 0.6...1, of: .rowSum)) == [true, true, true, true, true])
    #expect(kept(.ratio(in: 0.7...1, of: .rowSum)) == [false, false, true, true, true])
    #expect(kept(.ratio(in: 0.7...1, of: .rowMean)) == [true, true, true, true, true])
    #expect(kept(.ratio(in: 0.5...2, of: .rowMaximum)) == [false, false, true, true, true])
    #expect(kept(.k2(atMost: 0.2, of: .token)) == [true, false, true, true, true])
    #expect(kept(.k2(atMost: 0.62, of: .rowSum)) == [false, false, true, true, true])
    #expect(kept(.k2(atMost: 0.32, of: .rowMean)) == [true, true, true, true, true])
    #expect(kept(.k2(atMost: 0.49, of: .rowMaximum)) == [false, false, true, true, true])
    #expect(kept(.k3(atMost: 0.2, of: .token)) == [true, false, true, true, true])
    #expect(kept(.binaryKL(atMost: 0.1)) == [true, false, true, true, true])
    #expect(
      kept(.ratio(in: 0.1...1, of: .token), .k2(atMost: 0.2, of: .token))
        == [false, false, true, true, true])
    #expect(kept() == [true, true, true, true, true])
  }

  @Test("verl's k1 bounds act on the inverse ratio")
  func verl() throws {
    // The first token's ratio is 1.65: inside of 0.9...1.7, but its inverse is not.
    let ours = DivergenceRejection(.ratio(in: 0.9...1.7, of: .token))
    let theirs = try DivergenceRejection(verl: "token_k1", thresholds: "0.9_1.7")
    #expect(ours.kept(trainer: trainer, sampler: sampler).values[0])
    #expect(!theirs.kept(trainer: trainer, sampler: sampler).values[0])
    let both = try DivergenceRejection(verl: "seq_mean_k2, binary_kl", thresholds: "0.5, 0.1")
    #expect(both.criteria == [.k2(atMost: 0.5, of: .rowMean), .binaryKL(atMost: 0.1)])
    let symmetric = try DivergenceRejection(verl: "seq_sum_k1", thresholds: "2")
    #expect(symmetric.criteria == [.ratio(in: 0.5...2, of: .rowSum)])
    #expect(try SamplerCorrection(verl: "token", threshold: "2.0") == .truncated(at: 2))
    #expect(
      try SamplerCorrection(verl: "sequence", threshold: "0.5_2")
        == .masked(in: 0.5...2, level: .sequence))
  }

  @Test(
    "settings that verl would refuse are refused",
    arguments: [
      ("token_k4", "1"), ("seq_max_k1", "1"), ("token_k2", "0.1_0.2"), ("token_k1", "2_1"),
      ("token_k1", "-1"), ("token_k1", "x"), ("token_k1,token_k2", "1,2,3"), ("", "1"),
      ("row_k1", "1"),
    ])
  func refusedSettings(options: String, thresholds: String) {
    #expect(throws: VerlSettingError.self) {
      try DivergenceRejection(verl: options, thresholds: thresholds)
    }
  }

  @Test("weights of mean 1 keep their proportions, and zeros stay zeros")
  func normalised() {
    let weights = CorrectionWeights(Ragged([[2, 0], [], [4]]))
    #expect(weights.normalised(.token).factors.values == [1, 0, 2])
    #expect(weights.normalised(.sequence).factors.values == [0.8, 0, 1.6])
    #expect(weights.rowMeans == [1, 4])
    let none = CorrectionWeights(Ragged([[0.0, 0]]))
    #expect(none.normalised(.token) == none)
    #expect(none.effectiveSampleSize == 0)
  }

  @Test("statistics of weights, also of none and of very large ones")
  func statistics() {
    let weights = CorrectionWeights(Ragged([[1.0, 3]]))
    #expect(weights.mean == 2)
    #expect(weights.deviation == 1)
    #expect(abs(weights.effectiveSampleSize - 0.8) < 1e-15)
    #expect(weights.fraction(above: 2) == 0.5)
    #expect(weights.fraction(below: 1) == 0)
    let none = CorrectionWeights(Ragged(values: [], offsets: [0]))
    #expect([none.mean, none.deviation, none.effectiveSampleSize] == [1, 0, 1])
    let large = CorrectionWeights(Ragged([[1e200, 1e200]]))
    #expect(large.effectiveSampleSize == 1)
  }

  @Test("weighing advantages is weighing the surrogate's loss")
  func weighedAdvantages() throws {
    let rows = try RandomBatch(seed: 4).rows()
    let input = ObjectiveInput.random(
      rows, weights: LossAggregation.tokenMean.weights(for: rows), seed: 4)
    let (old, sampler) = try (#require(input.old), #require(input.sampler))
    let correction = SamplerCorrection.truncated(at: 1.05)
    let weights = CorrectionWeights(correction, trainer: old, sampler: sampler)
    let inside = try ClippedSurrogate(dualClip: 2, correction: correction).evaluate(input)
    let outside = try ClippedSurrogate(dualClip: 2).evaluate(
      ObjectiveInput(
        current: input.current, weights: input.weights, old: old,
        advantages: weights.applied(to: #require(input.advantages))))
    #expect(abs(inside.loss - outside.loss) < 1e-12)
    for (left, right) in zip(
      inside.gradients.logProbabilities, outside.gradients.logProbabilities)
    { #expect(abs(left - right) < 1e-14) }
  }

  @Test("the same policy is on policy, and rows without tokens take no part")
  func metrics() {
    let same = OffPolicyMetrics(trainer: trainer, sampler: trainer)
    #expect(same.rows == 2)
    #expect([same.kl, same.k3, same.tokenChiSquared, same.rowChiSquared] == [0, 0, 0, 0])
    #expect([same.perplexityRatio, same.effectiveSampleSize] == [1, 1])
    #expect(same.logPerplexityDifferenceRange == 0...0)
    #expect(same.trainerLogPerplexity == 1.25)
    let none = Ragged<Float>(values: [], offsets: [0])
    let nothing = OffPolicyMetrics(trainer: none, sampler: none)
    #expect([nothing.kl, nothing.tokenChiSquared, nothing.rowChiSquared] == [0, 0, 0])
    #expect([nothing.trainerPerplexity, nothing.perplexityRatio] == [1, 1])
    let far = OffPolicyMetrics(
      trainer: Ragged([[1e200, -1e200]]), sampler: Ragged([[-1e200, -1e200]]))
    #expect(far.k3 >= 0)
    #expect(!far.rowChiSquared.isNaN)
  }

  @Test("bad rows that the policy left stop pulling, good ones and near ones do not")
  func sequenceMask() throws {
    let sampler = Ragged<Double>([[-1, -1], [-1, -1], [-1, -1]])
    let current = Ragged<Double>([[-2, -1.5], [-2, -1.5], [-1.1, -1]])
    let advantages = Ragged<Double>([[-1, 0.5], [1, 1], [-1, -1]])
    let input = ObjectiveInput(
      current: current, weights: RowWeights(perToken: [1, 1, 1]), old: current,
      sampler: sampler, advantages: advantages)
    let mask = OffPolicySequenceMask(ClippedSurrogate(), threshold: 0.5)
    let result = try mask.evaluate(input)
    #expect(result.gradients.logProbabilities == [0, -0.5, -1, -1, 1, 1])
    #expect(try #require(result.diagnostics[.offPolicyDropped]) == 1.0 / 6)
    let old = OffPolicySequenceMask(ClippedSurrogate(), threshold: 0.5, anchor: .old)
    #expect(old.needs.contains(.old))
    #expect(try old.evaluate(input).gradients.logProbabilities == [1, -0.5, -1, -1, 1, 1])
    // What stands outside of the mask still sees the dropped tokens.
    let withPenalty = mask + 0.1 * KLPenalty(.k1)
    #expect(withPenalty.needs.contains([.sampler, .reference, .advantages, .old]))
  }

  @Test("a masked surrogate adds up over micro-batches", arguments: 0..<8)
  func maskedMicroBatches(seed: Int) throws {
    let rows = try RandomBatch(seed: seed).rows()
    let input = ObjectiveInput.random(
      rows, weights: LossAggregation.sequenceMeanTokenMean.weights(for: rows), seed: seed)
    let mask = OffPolicySequenceMask(ClippedSurrogate(), threshold: 0.05)
    let whole = try mask.evaluate(input)
    let cut = rows.rowCount / 2
    let parts = try [Array(0..<cut), Array(cut..<rows.rowCount)].map {
      try mask.evaluate(input.picking($0))
    }
    #expect(abs(parts[0].loss + parts[1].loss - whole.loss) < 1e-12)
    #expect(
      parts[0].gradients.logProbabilities + parts[1].gradients.logProbabilities
        == whole.gradients.logProbabilities)
  }
}
