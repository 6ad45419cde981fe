import Advantage
import Foundation
import RandomStreams
import Testing
import Trajectories

@Suite("Objectives at chosen points")
struct ObjectiveCheckpoints {
  /// One row of tokens.
  private func row(
    current: [Double], old: [Double], advantages: [Double], sampler: [Double]? = nil,
    chosen: [Int] = []
  ) -> ObjectiveInput<Double> {
    let rows = Ragged([current])
    return ObjectiveInput(
      current: rows, weights: RowWeights(perToken: [1]), old: Ragged([old]),
      sampler: sampler.map { Ragged([$0]) }, advantages: Ragged([advantages]),
      chosen: TokenChoice(chosen, offsets: rows.offsets))
  }

  @Test("where nothing has moved, every surrogate pulls like the policy gradient")
  func onPolicy() throws {
    let tokens = [-0.5, -2, -1]
    let input = row(current: tokens, old: tokens, advantages: [1.5, 1.5, 1.5])
    let surrogates: [any PolicyObjective] = [
      ClippedSurrogate(), ClippedSurrogate(upper: 0.28, dualClip: 3, cap: 4), Reinforce(), GSPO(),
      GSPO(gradient: .token), CISPO(), SAPO(), GMPO(), DPPO(), DPPO(.binaryKL), VESPO(),
      DRO(strength: 1), ClipCov(), KLCov(),
    ]
    for surrogate in surrogates {
      let gradient = try surrogate.evaluate(input).gradients.logProbabilities
      #expect(
        zip(gradient, [-1.5, -1.5, -1.5]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(surrogate)")
    }
  }

  @Test("where a bound holds the ratio there is no pull at all, elsewhere that of the loss")
  func heldRatios() throws {
    // How far a token has moved, what it deserves, and its slope under the clip and without one.
    let tokens: [(moved: Double, advantage: Double, clipped: Double, free: Double)] = [
      (25, -1, 0, 0), (25, 1, 0, 0), (-25, -1, 0, 0), (-25, 1, 0, 0),
      (0.5, 1, 0, -exp(0.5)), (-0.5, -1, 0, exp(-0.5)),
      (0.5, -2, 2 * exp(0.5), 2 * exp(0.5)), (-0.5, 2, -2 * exp(-0.5), -2 * exp(-0.5)),
      (19, -1, exp(19), exp(19)), (-19, 1, -exp(-19), -exp(-19)),
    ]
    let input = row(
      current: tokens.map { $0.moved - 30 }, old: tokens.map { _ in -30 },
      advantages: tokens.map(\.advantage))
    let clipped = try ClippedSurrogate().evaluate(input).gradients.logProbabilities
    let free = try KLCov(coefficient: 0).evaluate(input).gradients.logProbabilities
    let dual = try ClippedSurrogate(dualClip: 3).evaluate(input).gradients.logProbabilities
    for (index, token) in tokens.enumerated() {
      for (got, want) in [(clipped[index], token.clipped), (free[index], token.free)] {
        #expect(want == 0 ? got == 0 : abs(got / want - 1) < 1e-13, "\(token): \(got)")
      }
      // The dual clip stops what costs more than three times its advantage.
      let isStopped = token.advantage < 0 && exp(min(token.moved, 20)) > 3
      #expect(dual[index] == (isStopped ? 0 : clipped[index]), "\(token): \(dual[index])")
    }
    let penalty = try KLPenalty(.k3, maximum: nil).evaluate(
      ObjectiveInput(
        current: Ragged([[-26.0, -1, -2]]), weights: RowWeights(perToken: [1]),
        reference: Ragged([[-1.0, -26, -1.5]]))
    ).gradients.logProbabilities
    #expect(penalty[0] == 0 && penalty[1] == 0)
    #expect(abs(penalty[2] - (1 - exp(0.5))) < 1e-15)
  }

  @Test("a cap of at least the upper bound is a dual clip")
  func cap() throws {
    var random = RandomStream(seed: 4)
    let old = (0..<200).map { _ in random.normal() - 2 }
    let input = row(
      current: old.map { $0 + random.normal() }, old: old,
      advantages: old.map { _ in random.normal() })
    let capped = try ClippedSurrogate(cap: 1.7).evaluate(input)
    let dual = try ClippedSurrogate(dualClip: 1.7).evaluate(input)
    #expect(abs(capped.loss - dual.loss) < 1e-12)
    #expect(capped.gradients == dual.gradients)
    #expect(try capped.gradients != ClippedSurrogate().evaluate(input).gradients)
  }

  @Test("both gradients of GSPO agree where a row's tokens deserve the same")
  func sequenceGradients() throws {
    let old = [-1.0, -2, -0.5], current = [-0.9, -2.2, -0.45]
    let same = row(current: current, old: old, advantages: [2, 2, 2])
    let token = try GSPO(lower: 0.2, upper: 0.2, gradient: .token).evaluate(same)
    let sequence = try GSPO(lower: 0.2, upper: 0.2, gradient: .sequence).evaluate(same)
    #expect(token.loss == sequence.loss)
    for pair in zip(token.gradients.logProbabilities, sequence.gradients.logProbabilities) {
      #expect(abs(pair.0 - pair.1) < 1e-14)
    }
    let apart = row(current: current, old: old, advantages: [3, 2, 1])
    let byToken = try GSPO(lower: 0.2, upper: 0.2, gradient: .token).evaluate(apart)
      .gradients.logProbabilities
    let bySequence = try GSPO(lower: 0.2, upper: 0.2, gradient: .sequence).evaluate(apart)
      .gradients.logProbabilities
    #expect(byToken != bySequence)
    #expect(abs(byToken.reduce(0, +) - bySequence.reduce(0, +)) < 1e-13)
  }

  @Test("the logarithm of a sequence's ratio is held at 10, without a pull beyond")
  func longRatios() throws {
    let input = row(current: [-1, -1], old: [-13, -13], advantages: [-1, -1])
    let result = try GSPO().evaluate(input)
    #expect(abs(result.loss - 2 * exp(10)) < 1e-6)
    #expect(result.gradients.logProbabilities == [0, 0])
  }

  @Test("a token pulled outside the trust region is left out, one that returns is not")
  func trustRegion() throws {
    // From probability 0.5 to 0.8 and to 0.2.
    let old = [log(0.5), log(0.5), log(0.5), log(0.5)]
    let current = [log(0.8), log(0.8), log(0.2), log(0.2)]
    let input = row(current: current, old: old, advantages: [1, -1, 1, -1])
    for objective in [DPPO(lower: 0.25, upper: 0.25), DPPO(.binaryKL, lower: 0.1, upper: 0.1)] {
      let result = try objective.evaluate(input)
      let gradient = result.gradients.logProbabilities
      #expect(gradient[0] == 0 && gradient[3] == 0)
      #expect(abs(gradient[1] - 1.6) < 1e-12 && abs(gradient[2] + 0.4) < 1e-12)
      #expect(result.diagnostics[.clipFraction] == 0.5)
    }
    // The bound of each direction is its own.
    let free = try DPPO(lower: 0.25, upper: 0.35).evaluate(input).gradients.logProbabilities
    #expect(free[0] != 0 && free[3] == 0)
  }

  @Test("a soft gate fades on both sides, faster for a larger temperature")
  func softGate() throws {
    func pull(_ logRatio: Double, _ advantage: Double) throws -> Double {
      try SAPO(positiveTemperature: 1, negativeTemperature: 3).evaluate(
        row(current: [logRatio - 5], old: [-5], advantages: [advantage])
      ).gradients.logProbabilities[0]
    }
    #expect(try pull(0.5, 1) > pull(0, 1) * exp(0.5))
    #expect(try abs(pull(1, 1)) < exp(1) * abs(pull(0, 1)))
    #expect(try abs(pull(1, -1)) < abs(pull(1, 1)))
    #expect(try pull(8, -1) >= 0)
  }

  @Test("a geometric mean holds each token on the side its advantage pulls to")
  func geometricMean() throws {
    let input = row(
      current: [-0.2, -1.8, -0.2, -1.8], old: [-1, -1, -1, -1], advantages: [2, 2, -1, -1])
    let result = try GMPO(lower: 0.4, upper: 0.4).evaluate(input)
    // Held: 0.4, -0.8, 0.8, -0.4; their mean is 0, and the mean advantage is a half.
    #expect(abs(result.loss + 4 * 0.5) < 1e-12)
    let gradient = result.gradients.logProbabilities
    #expect(gradient[0] == 0 && gradient[3] == 0)
    #expect(abs(gradient[1] + 0.5) < 1e-12 && abs(gradient[2] + 0.5) < 1e-12)
    #expect(result.diagnostics[.clipFraction] == 0.5)
  }

  @Test("a token whose weight is masked takes its row out of a geometric mean")
  func maskedGeometricMean() throws {
    let input = row(
      current: [-1, -1], old: [-1, -1], advantages: [1, 1], sampler: [-1, -5])
    let result = try GMPO(correction: .masked(in: 0.5...2)).evaluate(input)
    #expect(result.loss == 0)
    #expect(result.gradients.logProbabilities == [0, 0])
  }

  @Test("a gamma-shaped weight is 1 for a sequence that has not moved and fades both ways")
  func gammaShape() throws {
    func weight(_ logRatio: Double, _ advantage: Double) throws -> Double {
      try abs(
        VESPO().evaluate(row(current: [-9 + logRatio], old: [-9], advantages: [advantage]))
          .gradients.logProbabilities[0])
    }
    #expect(try abs(weight(0, 1) - 1) < 1e-12)
    // w² exp(3 (1 - w)) and w³ exp(2 (1 - w)).
    #expect(try abs(weight(log(2), 1) - 4 * exp(-3)) < 1e-12)
    #expect(try abs(weight(log(2), -1) - 8 * exp(-2)) < 1e-12)
    #expect(try weight(20, 1) == 0)
    #expect(try weight(-20, -1) < 1e-20)
  }

  @Test("GSPO with a sum over tokens weighs each sequence's loss by its length: LUSPO")
  func lengthUnbiased() throws {
    let current = Ragged([[-1.0, -2], [-1, -1, -3]])
    let old = current.with([-1.1, -2, -0.9, -1.2, -3])
    let advantages = current.with([1.0, 1, -2, -2, -2])
    let result = try GSPO(lower: 0.2, upper: 0.2).evaluate(
      ObjectiveInput(
        current: current,
        weights: LossAggregation.sequenceMeanTokenSum.weights(tokenCounts: [2, 3]), old: old,
        advantages: advantages))
    let (first, second) = (exp(0.05), exp(0.1 / 3))
    let expected = 3 * second - first
    #expect(abs(result.loss - expected) < 1e-12)
  }

  @Test("VESPO and LUSPO agree with their original", arguments: ["vespo", "luspo"])
  func sequenceOriginals(tag: String) throws {
    let file = try GoldenFile("trl_grpo_loss")
    for golden in try file.cases(tagged: tag) {
      let current = try golden.ragged("per_token_logps", mask: "mask")
      let lengths = try golden.tokenCounts(mask: "mask")
      let advantages = try #require(golden.input["advantages"]?.numbers)
      let aggregation: LossAggregation = tag == "vespo" ? .tokenMean : .sequenceMeanTokenSum
      // The original's mean counts rows without a selected token too.
      let counts = BatchCounts(tokens: lengths.reduce(0, +), sequences: lengths.count)
      let objective: any PolicyObjective =
        tag == "vespo" ? VESPO() : GSPO(lower: 0.002, upper: 0.0025)
      let result = try objective.evaluate(
        ObjectiveInput(
          current: current, weights: aggregation.weights(tokenCounts: lengths, counts: counts),
          old: golden.ragged("old_per_token_logps", mask: "mask"),
          advantages: Ragged(zip(advantages, lengths).map { Array(repeating: $0, count: $1) })))
      file.expect(result.loss, try golden.expectedNumber("loss"), "loss", of: golden)
      file.expect(
        result.gradients.logProbabilities,
        try golden.expectedRagged("grad_per_token_logps", mask: "mask").values, "gradient",
        of: golden)
    }
  }
}
