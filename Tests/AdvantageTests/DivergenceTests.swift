import Advantage
import Foundation
import RandomStreams
import Testing
import Trajectories

@Suite("Divergences and entropies")
struct DivergenceTests {
  static let penalties: [(name: String, objective: any PolicyObjective)] = [
    ("unbiased k1", UnbiasedKLPenalty(KLPenalty(.k1))),
    ("unbiased k3", UnbiasedKLPenalty()),
    ("OpenRLHF k1", OpenRLHFKLPenalty(.k1)),
    ("OpenRLHF k2", OpenRLHFKLPenalty(.k2)),
    ("OpenRLHF k3", OpenRLHFKLPenalty(.k3)),
  ]

  private func input(_ seed: Int) throws -> ObjectiveInput<Double> {
    let rows = try RandomBatch(seed: seed).rows()
    return ObjectiveInput.random(
      rows, weights: LossAggregation.tokenMean.weights(for: rows), seed: seed)
  }

  @Test("penalties have the gradient that central differences give", arguments: penalties.indices)
  func gradient(index: Int) throws {
    let (name, objective) = Self.penalties[index]
    let input = try input(index)
    let gradient = try objective.evaluate(input).gradients.logProbabilities
    for token in gradient.indices {
      let sides = try [1e-6, -1e-6].map { step in
        var moved = input.current
        moved.values[token] += step
        return try objective.evaluate(input.replacing(current: moved)).loss
      }
      #expect(abs((sides[0] - sides[1]) / 2e-6 - gradient[token]) < 1e-6, "\(name) \(token)")
    }
  }

  @Test("penalties stay numbers however far apart the policies are", arguments: penalties.indices)
  func finite(index: Int) throws {
    for distance in [0, 25, 800, 1e20, 1e150] {
      for sign in [1.0, -1] {
        let result = try Self.penalties[index].objective.evaluate(
          ObjectiveInput(
            current: Ragged([[sign * distance]]), weights: RowWeights(perToken: [1]),
            old: Ragged([[-sign * distance]]), reference: Ragged([[-sign * distance]])))
        #expect(!result.loss.isNaN)
        #expect(!result.gradients.logProbabilities[0].isNaN)
      }
    }
  }

  @Test("a straight-through gradient keeps the value and pulls like k2")
  func straightThrough() throws {
    let input = try input(5)
    let square = try KLPenalty(.k2).evaluate(input)
    for estimator in KLPenalty.Estimator.allCases {
      let own = try KLPenalty(estimator).evaluate(input)
      let through = try KLPenalty(estimator, gradient: .square).evaluate(input)
      #expect(through.loss == own.loss)
      #expect(through.gradients == square.gradients)
    }
  }

  @Test("estimates per token are what the loss adds up")
  func estimates() throws {
    let input = try input(7)
    let reference = try #require(input.reference)
    for estimator in KLPenalty.Estimator.allCases {
      let penalty = KLPenalty(estimator)
      let estimates = penalty.estimates(current: input.current, reference: reference)
      var total = 0.0
      input.forEachToken { token, weight in total += weight * estimates.values[token] }
      #expect(abs(total - (try penalty.evaluate(input).loss)) < 1e-12)
    }
  }

  @Test("k1 and k3 are the exact divergence in expectation over the policy")
  func expectation() throws {
    var random = RandomStream(seed: 11).child("logits")
    let size = 6
    let (here, there) = (0..<2).map { _ in (0..<size).map { _ in random.normal() } }.pair
    let logits = try CategoricalLogits(here, vocabularySize: size)
    let reference = try CategoricalLogits(there, vocabularySize: size)
    let exact = try logits.divergences(from: reference)[0]
    for estimator in [KLPenalty.Estimator.k1, .k3] {
      let tokens = (0..<size).map { token in
        (
          logits.logProbability(of: token, at: 0), reference.logProbability(of: token, at: 0)
        )
      }
      let estimates = KLPenalty(estimator).estimates(
        current: Ragged(tokens.map { [$0.0] }), reference: Ragged(tokens.map { [$0.1] }))
      let mean = zip(tokens, estimates.values).reduce(0) { $0 + exp($1.0.0) * $1.1 }
      #expect(abs(mean - exact) < 1e-12, "\(estimator)")
    }
  }

  @Test("gradients by logits are those of central differences")
  func logitGradients() throws {
    var random = RandomStream(seed: 2).child("logits")
    let (positions, size) = (3, 5)
    let values = (0..<positions * size).map { _ in 2 * random.normal() }
    let reference = try CategoricalLogits(
      (0..<positions * size).map { _ in random.normal() }, vocabularySize: size)
    let (tokens, scale) = ([4, 0, 2], [1.0, -0.5, 2])
    func dot(_ numbers: [Double]) -> Double { zip(scale, numbers).reduce(0) { $0 + $1.0 * $1.1 } }
    let logits = try CategoricalLogits(values, vocabularySize: size)
    let gradients = try [
      logits.logProbabilityGradient(of: tokens, scaledBy: scale),
      logits.entropyGradient(scaledBy: scale),
      logits.divergenceGradient(from: reference, scaledBy: scale),
    ]
    for index in values.indices {
      let sides = try [1e-6, -1e-6].map { step -> [Double] in
        var moved = values
        moved[index] += step
        let logits = try CategoricalLogits(moved, vocabularySize: size)
        return [
          dot(logits.logProbabilities(of: tokens)), dot(logits.entropies()),
          dot(try logits.divergences(from: reference)),
        ]
      }
      for kind in 0..<3 {
        let slope = (sides[0][kind] - sides[1][kind]) / 2e-6
        #expect(abs(slope - gradients[kind][index]) < 1e-8, "\(kind) \(index)")
      }
    }
  }

  @Test("entropy lies between 0 and log V, and tokens that can't occur add nothing")
  func entropies() throws {
    let uniform = try CategoricalLogits<Float>(
      Array(repeating: 1e4, count: 8), vocabularySize: 8)
    #expect(abs(uniform.entropies()[0] - 2.0794415416798357) < 1e-14)
    #expect(abs(uniform.collisionProbabilities()[0] - 0.125) < 1e-15)
    let certain = try CategoricalLogits([-Double.infinity, 3, -.infinity], vocabularySize: 3)
    #expect(certain.entropies() == [0])
    #expect(certain.collisionProbabilities() == [1])
    #expect(certain.entropyGradient(scaledBy: [1]) == [0, 0, 0])
    #expect(certain.logProbabilities(of: [0]) == [-.infinity])
    #expect(try certain.divergences(from: certain) == [0])
    let wild = try CategoricalLogits([1e300, -1e300, 0], vocabularySize: 3)
    #expect(wild.entropies() == [0])
    #expect(!wild.entropyGradient(scaledBy: [1]).contains { $0.isNaN })
  }

  @Test("what makes no distribution is refused by position")
  func refusals() throws {
    #expect(throws: LogitError.notADistribution(position: 1)) {
      try CategoricalLogits([0.0, 1, .nan, 1], vocabularySize: 2)
    }
    #expect(throws: LogitError.notADistribution(position: 0)) {
      try CategoricalLogits([-Double.infinity, -.infinity], vocabularySize: 2)
    }
    let full = try CategoricalLogits([0.0, 1], vocabularySize: 2)
    let half = try CategoricalLogits([0, -Double.infinity], vocabularySize: 2)
    #expect(throws: LogitError.unsupported(position: 0, token: 1)) {
      try full.divergences(from: half)
    }
    #expect(abs(try half.divergences(from: full)[0] - 1.3132616875182228) < 1e-14)
  }

  @Test("the surest tokens stop learning, and equal ones all stay")
  func highEntropy() {
    let entropies = Ragged<Double>([[0.1, 2], [1, 3, 0.5]])
    let half = HighEntropyTokens(share: 0.5)
    #expect(half.threshold(of: entropies.values) == 1)
    #expect(half.kept(entropies).values == [false, true, true, true, false])
    let advantages = entropies.with([1.0, -2, 3, -4, 5])
    #expect(half.restricting(advantages, by: entropies).values == [0, -2, 3, -4, 0])
    #expect(HighEntropyTokens(share: 1).kept(entropies).values.allSatisfy { $0 })
    #expect(
      HighEntropyTokens(share: 0).kept(entropies).values == [false, false, false, true, false])
    let equal = Ragged<Double>([[0.1, 0.1, 0.1]])
    #expect(HighEntropyTokens(share: 0.2).kept(equal).values == [true, true, true])
    #expect(HighEntropyTokens().threshold(of: []) == nil)
  }

  @Test("a zero advantage leaves a token out of a surrogate")
  func restricted() throws {
    let input = try input(3)
    let (advantages, entropies) = try (#require(input.advantages), #require(input.entropies))
    let tokens = HighEntropyTokens(share: 0.3)
    let kept = tokens.kept(entropies).values
    let restricted = ObjectiveInput(
      current: input.current, weights: input.weights, old: input.old,
      advantages: tokens.restricting(advantages, by: entropies))
    let all = try ClippedSurrogate().evaluate(input).gradients.logProbabilities
    let some = try ClippedSurrogate().evaluate(restricted).gradients.logProbabilities
    for token in kept.indices { #expect(some[token] == (kept[token] ? all[token] : 0)) }
  }

  @Test("the entropy bonus steps in one step after the policy became too sure")
  func adaptiveEntropy() {
    var coefficient = AdaptiveEntropyCoefficient(
      startingAt: 0.01, target: 0.5, step: 0.005, range: 0...0.02)
    #expect(coefficient.applied == 0)
    coefficient.observe(0.7)
    #expect(coefficient.applied == 0)
    #expect(abs(coefficient.value - 0.005) < 1e-15)
    for _ in 0..<5 { coefficient.observe(0.5) }
    #expect(coefficient.applied == 0.02)
    coefficient.observe(.nan)
    #expect(coefficient.applied == 0.02)
    for _ in 0..<9 { coefficient.observe(1) }
    #expect(coefficient.value == 0)
  }
}

extension Array {
  fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}
