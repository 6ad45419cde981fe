import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Every objective")
struct ObjectiveTests {
  private func input(
    seed: Int, _ aggregation: LossAggregation = .tokenMean
  ) throws -> ObjectiveInput<Double> {
    let rows = try RandomBatch(seed: seed).rows()
    return ObjectiveInput.random(rows, weights: aggregation.weights(for: rows), seed: seed)
  }

  private func slope(
    _ numbers: Ragged<Double>, at token: Int, _ replaced: (Ragged<Double>) throws -> Double
  ) rethrows -> Double {
    var (above, below) = (numbers, numbers)
    let step = 1e-6
    above.values[token] += step
    below.values[token] -= step
    return try (replaced(above) - replaced(below)) / (2 * step)
  }

  @Test(
    "has the gradient that central differences give", arguments: differentiableObjectives.indices,
    0..<4)
  func gradient(index: Int, seed: Int) throws {
    let (name, objective) = differentiableObjectives[index]
    let input = try input(seed: seed, aggregations[seed])
    let result = try objective.evaluate(input)
    let scale = input.weights.perToken.max() ?? 1
    func expect(
      _ numbers: Ragged<Double>?, _ gradient: [Double]?, _ what: String,
      _ replaced: (Ragged<Double>) -> ObjectiveInput<Double>
    ) throws {
      let numbers = try #require(numbers)
      for token in numbers.values.indices {
        let slope = try slope(numbers, at: token) { try objective.evaluate(replaced($0)).loss }
        #expect(
          abs(slope - (gradient?[token] ?? 0)) < 1e-6 * scale, "\(name), \(what) \(token)")
      }
    }
    let gradients = result.gradients
    try expect(input.current, gradients.logProbabilities, "log-probability") {
      input.replacing(current: $0)
    }
    try expect(input.values, gradients.values, "value") { input.replacing(values: $0) }
    try expect(input.entropies, gradients.entropies, "entropy") { input.replacing(entropies: $0) }
    try expect(
      input.observations?.logProbabilities, gradients.observations, "observation"
    ) { input.replacing(observed: $0) }
  }

  @Test(
    "a ratio that is held constant is constant in the gradient only",
    arguments: stoppedObjectives.indices)
  func stopGradient(index: Int) throws {
    let (name, objective) = stoppedObjectives[index]
    var differs = false
    for seed in 0..<4 {
      let input = try input(seed: seed, aggregations[seed])
      if try isHeldConstant(objective, name, in: input) { differs = true }
    }
    #expect(differs, "\(name)")
  }

  /// Expects the gradient with frozen ratios; whether the derivative of the loss is another.
  private func isHeldConstant(
    _ objective: any PolicyObjective, _ name: String, in input: ObjectiveInput<Double>
  ) throws -> Bool {
    let old = try #require(input.old)
    let sampler = try #require(input.sampler)
    let result = try objective.evaluate(input)
    let scale = input.weights.perToken.max() ?? 1
    var differs = false
    for token in input.current.values.indices {
      let gradient = result.gradients.logProbabilities[token]
      // Moving current, old and sampler together leaves every ratio as it is.
      let frozen = try slope(input.current, at: token) { moved in
        let by = moved.values[token] - input.current.values[token]
        var (movedOld, movedSampler) = (old, sampler)
        movedOld.values[token] += by
        movedSampler.values[token] += by
        return try objective.evaluate(
          ObjectiveInput(
            current: moved, weights: input.weights, old: movedOld, sampler: movedSampler,
            advantages: input.advantages)
        ).loss
      }
      #expect(abs(frozen - gradient) < 1e-6 * scale, "\(name), log-probability \(token)")
      let whole = try slope(input.current, at: token) {
        try objective.evaluate(input.replacing(current: $0)).loss
      }
      if abs(whole - gradient) > 1e-3 * scale { differs = true }
    }
    return differs
  }

  @Test("is the same however its batch is cut into micro-batches", arguments: 0..<20)
  func microBatches(seed: Int) throws {
    for aggregation in aggregations {
      let input = try input(seed: seed, aggregation)
      var random = RandomStream(seed: UInt64(seed)).child("cut")
      let order = random.shuffled(Array(0..<input.current.rowCount))
      let cut = random.index(below: order.count + 1)
      for (name, objective) in objectives {
        let whole = try objective.evaluate(input)
        let parts = try [Array(order[..<cut]), Array(order[cut...])].map {
          try objective.evaluate(input.rows($0))
        }
        #expect(
          abs(parts[0].loss + parts[1].loss - whole.loss) <= 1e-12 * max(1, abs(whole.loss)),
          "\(name)")
        let gradient = Ragged(
          values: whole.gradients.logProbabilities, offsets: input.current.offsets)
        #expect(
          parts[0].gradients.logProbabilities + parts[1].gradients.logProbabilities
            == gradient.picking(order).values, "\(name)")
        if let observed = whole.gradients.observations, let rows = input.observations {
          #expect(
            (parts[0].gradients.observations ?? []) + (parts[1].gradients.observations ?? [])
              == rows.logProbabilities.with(observed).picking(order).values, "\(name)")
        }
        let diagnostics = parts[0].diagnostics + parts[1].diagnostics
        for (name, value) in whole.diagnostics.all {
          let together = try #require(diagnostics[Diagnostics.Name(rawValue: name)])
          #expect(abs(together - value) <= 1e-12 * max(1, abs(value)), "\(name)")
        }
      }
    }
  }

  @Test("never sees rows that do not count, whatever they hold", arguments: objectives.indices)
  func uncountedRows(index: Int) throws {
    let objective = objectives[index].objective
    let tokenCounts = [3, 2, 4]
    let scores: [Score] = [.value(1), .missing(reason: "crash"), .value(0)]
    let rows = try ScoredRows(scores: scores, groups: [0, 0, 0], tokenCounts: tokenCounts)
    let kept = try ScoredRows(
      scores: [scores[0], scores[2]], groups: [0, 0], tokenCounts: [3, 4])
    for aggregation in aggregations {
      let input = ObjectiveInput.random(rows, weights: aggregation.weights(for: rows), seed: 9)
      var broken = input.current
      for token in broken.range(ofRow: 1) { broken.values[token] = .nan }
      let with = try objective.evaluate(input.replacing(current: broken))
      let without = try objective.evaluate(
        ObjectiveInput(
          current: input.current.picking([0, 2]), weights: aggregation.weights(for: kept),
          old: input.old?.picking([0, 2]), reference: input.reference?.picking([0, 2]),
          sampler: input.sampler?.picking([0, 2]), advantages: input.advantages?.picking([0, 2]),
          entropies: input.entropies?.picking([0, 2]), values: input.values?.picking([0, 2]),
          oldValues: input.oldValues?.picking([0, 2]), returns: input.returns?.picking([0, 2]),
          chosen: input.chosen?.rows([0, 2]),
          observations: input.observations.map {
            ObservedTokens(
              logProbabilities: $0.logProbabilities.picking([0, 2]),
              weights: aggregation.weights(for: kept))
          }))
      #expect(with.loss == without.loss)
      #expect(with.diagnostics == without.diagnostics)
      #expect(with.gradients.logProbabilities[3..<5].allSatisfy { $0 == 0 })
    }
  }

  @Test("gives single precision the double-precision gradient, rounded once, outside the fast pass")
  func singlePrecision() throws {
    let rows = try RandomBatch(seed: 3).rows()
    let weights = LossAggregation.tokenMean.weights(for: rows)
    let double = ObjectiveInput.random(rows, weights: weights, seed: 3)
    func single(_ numbers: Ragged<Double>?) -> Ragged<Float>? {
      numbers.map { $0.with($0.values.map { Float($0) }) }
    }
    func back(_ numbers: Ragged<Float>?) -> Ragged<Double>? {
      numbers.map { $0.with($0.values.map { Double($0) }) }
    }
    let current = try #require(single(double.current))
    let objective = CISPO() + 0.1 * KLPenalty()
    let fast = try objective.evaluate(
      ObjectiveInput(
        current: current, weights: weights, old: single(double.old),
        reference: single(double.reference), advantages: single(double.advantages)))
    let exact = try objective.evaluate(
      ObjectiveInput(
        current: #require(back(current)), weights: weights, old: back(single(double.old)),
        reference: back(single(double.reference)), advantages: back(single(double.advantages))))
    #expect(fast.loss == exact.loss)
    #expect(
      fast.gradients.logProbabilities == exact.gradients.logProbabilities.map { Float($0) })
  }

  @Test("finite numbers never give NaN", arguments: 0..<40)
  func finite(seed: Int) throws {
    let rows = try RandomBatch(seed: seed).rows()
    let plain = ObjectiveInput.random(
      rows, weights: LossAggregation.sequenceMeanTokenMean.weights(for: rows), seed: seed)
    var random = RandomStream(seed: UInt64(seed)).child("magnitude")
    func wild(_ numbers: Ragged<Double>?) -> Ragged<Double>? {
      numbers.map {
        $0.with($0.values.map { $0 * [1, 1e3, 1e20, 0][random.index(below: 4)] })
      }
    }
    let input = ObjectiveInput(
      current: try #require(wild(plain.current)), weights: plain.weights, old: wild(plain.old),
      reference: wild(plain.reference), sampler: wild(plain.sampler),
      advantages: wild(plain.advantages), entropies: wild(plain.entropies),
      values: wild(plain.values), oldValues: wild(plain.oldValues), returns: wild(plain.returns),
      chosen: plain.chosen, observations: plain.observations)
    for (name, objective) in objectives {
      let result = try objective.evaluate(input)
      #expect(!result.loss.isNaN, "\(name)")
      #expect(result.gradients.logProbabilities.allSatisfy { !$0.isNaN }, "\(name)")
      #expect(result.gradients.values?.allSatisfy { !$0.isNaN } ?? true, "\(name)")
      #expect(result.diagnostics.all.allSatisfy { !$0.value.isNaN }, "\(name)")
    }
  }

  @Test("names what is missing and what is not finite")
  func refusals() throws {
    let input = ObjectiveInput(
      current: Ragged([[-1.0], [-1, .infinity]]), weights: RowWeights(perToken: [1, 1]),
      old: Ragged([[-1.0], [-1, -1]]))
    #expect(throws: ObjectiveError.missing(.advantages)) { try ClippedSurrogate().evaluate(input) }
    #expect(
      throws: ObjectiveError.nonFinite(input: "current log-probabilities", row: 1, token: 1)
    ) { try ImitationLoss().evaluate(input) }
    #expect(
      ObjectiveError.missing([.advantages, .reference]).description.contains(
        "reference log-probabilities, advantages"))
  }

  @Test("a coefficient of 0 needs nothing and gives nothing")
  func zeroCoefficient() throws {
    let input = ObjectiveInput(
      current: Ragged([[-1.0, -2]]), weights: RowWeights(perToken: [1]))
    let result = try (0 * KLPenalty()).evaluate(input)
    #expect(result.loss == 0)
    #expect(result.gradients.logProbabilities == [0, 0])
  }
}
