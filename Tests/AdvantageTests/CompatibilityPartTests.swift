import Advantage
import Foundation
import RandomStreams
import Testing
import Trajectories

@Suite("What single frameworks do")
struct CompatibilityPartTests {
  private func input(seed: Int) throws -> ObjectiveInput<Double> {
    let rows = try RandomBatch(seed: seed).rows()
    return ObjectiveInput.random(
      rows, weights: LossAggregation.sequenceMeanTokenMean.weights(for: rows), seed: seed)
  }

  private func slope(
    _ objective: any PolicyObjective, _ input: ObjectiveInput<Double>, at token: Int
  ) throws -> Double {
    func loss(_ step: Double) throws -> Double {
      var current = input.current
      current.values[token] += step
      return try ObjectiveSum([objective]).evaluate(input.replacing(current: current)).loss
    }
    return try (loss(1e-6) - loss(-1e-6)) / 2e-6
  }

  @Test(
    "whole rows and regions of trust have the gradient that central differences give",
    arguments: 0..<6)
  func gradients(seed: Int) throws {
    let objectives: [any PolicyObjective] = [
      WholeRow(ClippedSurrogate()), WholeRow(ClippedSurrogate(dualClip: 1.5)),
      WholeRow(KLPenalty(.k2)), PrimeRL.TrustRegionLoss(),
      PrimeRL.TrustRegionLoss(region: .symmetric(0.1), pull: 0.5),
    ]
    let input = try input(seed: seed)
    for objective in objectives {
      let gradient = try ObjectiveSum([objective]).evaluate(input).gradients.logProbabilities
      for token in gradient.indices {
        #expect(abs(try slope(objective, input, at: token) - gradient[token]) < 1e-6)
      }
    }
  }

  @Test("a teacher's lead is a constant, so the gradient is not the loss's derivative")
  func teacher() throws {
    let input = ObjectiveInput(
      current: Ragged([[-1.0]]), weights: RowWeights(perToken: [1]), reference: Ragged([[-0.4]]),
      sampler: Ragged([[-1.0]]))
    let objective = PrimeRL.TrustRegionLoss(region: .falling(0.2), signal: .reference, pull: 0)
    let result = try objective.evaluate(input)
    #expect(abs(result.loss + 0.6) < 1e-15)
    #expect(abs(result.gradients.logProbabilities[0] + 0.6) < 1e-15)
    #expect(abs(try slope(objective, input, at: 0) - 0.4) < 1e-6)
    #expect(abs(try #require(result.diagnostics[.teacherLead]) - 0.6) < 1e-15)
  }

  @Test("a region of trust holds a token back only where its advantage pulls it out")
  func region() throws {
    let rows = Ragged([[log(0.5)], [log(0.5)], [log(0.9)], [log(0.9)]])
    let result = try PrimeRL.TrustRegionLoss(pull: 0).evaluate(
      ObjectiveInput(
        current: rows, weights: RowWeights(perToken: [1, 1, 1, 1]),
        sampler: Ragged([[log(0.9)], [log(0.9)], [log(0.5)], [log(0.5)]]),
        advantages: Ragged([[1.0], [-1], [1], [-1]])))
    #expect(result.gradients.logProbabilities.map { $0 != 0 } == [true, false, false, true])
    #expect(result.diagnostics[.outsideLowFraction] == 0.25)
    #expect(result.diagnostics[.outsideHighFraction] == 0.25)
    #expect(result.diagnostics[.outsideFraction] == 0.5)
  }

  @Test("finite numbers never give NaN", arguments: 0..<20)
  func finite(seed: Int) throws {
    let plain = try input(seed: seed)
    var random = RandomStream(seed: UInt64(seed)).child("magnitude")
    func wild(_ numbers: Ragged<Double>?) -> Ragged<Double>? {
      numbers.map {
        $0.with($0.values.map { $0 * [1, 1e3, 1e20, 0][random.index(below: 4)] })
      }
    }
    let input = ObjectiveInput(
      current: try #require(wild(plain.current)), weights: plain.weights, old: wild(plain.old),
      reference: wild(plain.reference), sampler: wild(plain.sampler),
      advantages: wild(plain.advantages))
    let objectives: [any PolicyObjective] = [
      WholeRow(ClippedSurrogate()), PrimeRL.TrustRegionLoss(),
      PrimeRL.TrustRegionLoss(region: .symmetric(0.1)),
      PrimeRL.TrustRegionLoss(region: .falling(0.2), signal: .reference),
    ]
    for objective in objectives {
      let result = try ObjectiveSum([objective]).evaluate(input)
      #expect(!result.loss.isNaN)
      #expect(result.gradients.logProbabilities.allSatisfy { !$0.isNaN })
      #expect(result.diagnostics.all.allSatisfy { !$0.value.isNaN })
    }
  }

  @Test("a mean over all rollouts is diluted by those from which nothing is learned")
  func dilution() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .missing(reason: "crash"), .value(0), .value(0)], groups: [0, 0, 0, 0],
      tokenCounts: [2, 2, 0, 4])
    let plain = LossAggregation.sequenceMeanTokenMean
    #expect(plain.weights(for: rows).perToken == [0.25, 0, 0, 0.125])
    #expect(plain.dividingByAllRollouts.weights(for: rows).perToken == [0.125, 0, 0, 0.0625])
    #expect(
      LossAggregation.tokenMean.dividingByAllRollouts.weights(for: rows)
        == LossAggregation.tokenMean.weights(for: rows))
    let larger = BatchCounts(tokens: 100, sequences: 8)
    #expect(
      plain.dividingByAllRollouts.weights(for: rows, counts: larger).perToken
        == plain.weights(for: rows, counts: larger).perToken)
  }

  @Test("a mean over micro-batches depends on how they are cut")
  func microBatches() throws {
    let rows = try ScoredRows(
      scores: Array(repeating: .value(0), count: 5), groups: [0, 0, 0, 0, 0],
      tokenCounts: [1, 3, 2, 0, 7])
    #expect(
      SkyRL.MicroBatchTokenMean(size: 2).weights(for: rows).perToken
        == [0.125, 0.125, 0.25, 0.25, 0])
    #expect(
      SkyRL.MicroBatchTokenMean(size: 5).weights(for: rows).perToken
        == LossAggregation.tokenMean.weights(for: rows).perToken.map { _ in 1 / 13 })
    #expect(
      SkyRL.MicroBatchTokenMean(size: 6).weights(for: rows).perToken == [0, 0, 0, 0, 0])
  }

  @Test("OpenRLHF's row mask keeps large token weights in rows that did not drift")
  func rowMask() {
    let trainer = Ragged([[0.0, 0, 0], [0.0, 0]])
    let sampler = Ragged([[-2.0, 1, 1.03], [-0.5, -0.5]])
    let weights = SamplerCorrection.openRLHFSequenceMask(0.9...1.1)
      .weights(trainer: trainer, sampler: sampler).factors
    #expect(abs(weights.values[0] - exp(2)) < 1e-12)
    #expect(weights[row: 1].allSatisfy { $0 == 0 })
  }

  @Test("weighed credit is exactly 0 where its factor is, and keeps its returns")
  func weighedCredit() {
    let credit = Credit(
      advantages: Ragged([[1.0, -2], [.infinity]]), returns: Ragged([[3.0, 4], [5]]))
    let weighed = credit.weighed(by: Ragged([[0.5, 0], [0]]))
    #expect(weighed.advantages.values == [0.5, 0, 0])
    #expect(weighed.returns == credit.returns)
  }

  @Test("a whole row of one token is that token")
  func oneToken() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .value(0)], groups: [0, 0], tokenCounts: [1, 1])
    let input = ObjectiveInput.random(
      rows, weights: LossAggregation.tokenMean.weights(for: rows), seed: 2)
    #expect(
      try WholeRow(ClippedSurrogate()).evaluate(input)
        == ClippedSurrogate().evaluate(input))
  }
}
