import Advantage
import Foundation
import RandomStreams
import Testing
import Trajectories

@Suite("A clipped surrogate with k3, in single precision")
struct FusedPassTests {
  /// The bound that `evaluate` promises.
  private let bound = 4e-6

  /// Random numbers, of single precision in both widths.
  private struct Batch {
    var double: ObjectiveInput<Double>
    var single: ObjectiveInput<Float>
  }

  private func batch(seed: Int, spread: Double, lengths: [Int]? = nil) -> Batch {
    var random = RandomStream(seed: UInt64(seed)).child("fused")
    let lengths =
      lengths ?? (0..<(1 + random.index(below: 9))).map { _ in random.index(below: 700) }
    func numbers(_ mean: (Int, Int) -> Double, _ deviation: Double) -> Ragged<Float> {
      Ragged(
        lengths.enumerated().map { row, length in
          (0..<length).map { Float(mean(row, $0) + deviation * random.normal()) }
        })
    }
    let old = numbers({ _, _ in -3 }, 1)
    func near() -> Ragged<Float> { numbers({ Double(old[row: $0][old.offsets[$0] + $1]) }, spread) }
    let (current, reference) = (near(), near())
    let advantages = numbers({ _, _ in 0 }, 1)
    let weights = RowWeights(
      perToken: lengths.indices.map { [0, 0.01, 0.01, 0.3][($0 + seed) % 4] })
    func wide(_ numbers: Ragged<Float>) -> Ragged<Double> {
      numbers.with(numbers.values.map { Double($0) })
    }
    return Batch(
      double: ObjectiveInput(
        current: wide(current), weights: weights, old: wide(old), reference: wide(reference),
        advantages: wide(advantages), entropies: wide(numbers({ _, _ in 2 }, 1))),
      single: ObjectiveInput(
        current: current, weights: weights, old: old, reference: reference, advantages: advantages,
        entropies: current.with(Array(repeating: Float(1), count: current.values.count))))
  }

  @Test(
    "stays within its bound of double precision", arguments: 0..<12, [1e-4, 0.02, 0.3, 2, 15])
  func bounded(seed: Int, spread: Double) throws {
    let objectives:
      [(surrogate: ClippedSurrogate, objective: any PolicyObjective, penalty: Double)] =
        [
          (ClippedSurrogate(), ClippedSurrogate(), 0),
          (
            ClippedSurrogate(upper: 0.28, dualClip: 3),
            ClippedSurrogate(upper: 0.28, dualClip: 3) + 0.1 * KLPenalty(.k3), 0.1
          ),
          (
            ClippedSurrogate(cap: 2),
            2 * (ClippedSurrogate(cap: 2) + 0.5 * KLPenalty(.k3, maximum: nil)), 1
          ),
        ]
    let batch = batch(seed: seed, spread: spread)
    for (surrogate, objective, penalty) in objectives {
      let coefficient: Double = objective is ScaledObjective ? 2 : 1
      let exact = try objective.evaluate(batch.double)
      let fast = try objective.evaluate(batch.single)
      var scale = 0.0
      let bounds = [1 - surrogate.lower, 1 + surrogate.upper, surrogate.dualClip, surrogate.cap]
      batch.double.forEachToken { token, weight in
        guard let old = batch.double.old, let reference = batch.double.reference,
          let advantage = batch.double.advantages?.values[token]
        else { return }
        let current = batch.double.current.values[token]
        let ratio = exp(min(max(current - old.values[token], -20), 20))
        let pull = abs(expm1(min(max(reference.values[token] - current, -20), 20)))
        let size = weight * (coefficient * abs(advantage) * ratio + penalty * pull)
        scale += size
        let isNearBound = bounds.contains { $0.map { abs(ratio - $0) < 4e-6 * ratio } ?? false }
        let difference =
          Double(fast.gradients.logProbabilities[token]) - exact.gradients.logProbabilities[token]
        #expect(
          isNearBound || abs(difference) <= bound * size, "\(objective), token \(token)")
      }
      #expect(abs(fast.loss - exact.loss) <= bound * scale, "\(objective)")
      #expect(fast.diagnostics.names == exact.diagnostics.names)
      for (name, value) in exact.diagnostics.all {
        let other = try #require(fast.diagnostics[Diagnostics.Name(rawValue: name)])
        #expect(abs(other - value) <= 2e-5 * max(1, abs(value)), "\(objective), \(name)")
      }
    }
  }

  @Test("what else is in the sum is added")
  func others() throws {
    let batch = batch(seed: 7, spread: 0.3)
    let fused = ClippedSurrogate() + 0.1 * KLPenalty(.k3)
    let more = 2 * (fused + 0.01 * EntropyBonus() + 0 * ValueLoss() + 0.2 * KLPenalty(.k2))
    let result = try more.evaluate(batch.single)
    let parts = try [
      (2 * fused).evaluate(batch.single), (0.02 * EntropyBonus()).evaluate(batch.single),
      (0.4 * KLPenalty(.k2)).evaluate(batch.single),
    ]
    #expect(abs(result.loss - parts.reduce(0) { $0 + $1.loss }) < 1e-12 * abs(result.loss))
    #expect(result.gradients.entropies == parts[1].gradients.entropies)
    for token in result.gradients.logProbabilities.indices {
      let sum =
        parts[0].gradients.logProbabilities[token] + parts[2].gradients.logProbabilities[token]
      #expect(abs(result.gradients.logProbabilities[token] - sum) <= 1e-6 * abs(sum))
    }
    #expect(result.diagnostics[.entropyBonus] != nil && result.diagnostics[.klPenalty] != nil)
  }

  @Test("cutting a batch changes no gradient, and losses add up")
  func microBatches() throws {
    let batch = batch(seed: 3, spread: 0.3, lengths: [300, 5, 0, 31, 700, 16])
    let objective = ClippedSurrogate() + 0.1 * KLPenalty(.k3)
    let whole = try objective.evaluate(batch.single)
    func part(_ rows: [Int]) throws -> ObjectiveResult<Float> {
      try objective.evaluate(batch.single.rows(rows))
    }
    let (left, right) = (try part([0, 1, 2]), try part([3, 4, 5]))
    #expect(
      left.gradients.logProbabilities + right.gradients.logProbabilities
        == whole.gradients.logProbabilities)
    #expect(abs(left.loss + right.loss - whole.loss) < 1e-5 * abs(whole.loss))
  }

  @Test("rows that do not count may hold anything, and a number that is not finite is named")
  func strangers() throws {
    let weights = RowWeights(perToken: [0.5, 0, 0.5])
    func input(_ current: [[Float]]) -> ObjectiveInput<Float> {
      let current = Ragged(current)
      let numbers = current.with(current.values.map { _ in Float(-1) })
      return ObjectiveInput(
        current: current, weights: weights, old: numbers, reference: numbers, advantages: numbers)
    }
    let objective = ClippedSurrogate() + 0.1 * KLPenalty(.k3)
    let result = try objective.evaluate(input([[-1, -1], [.nan, .infinity, 3], [-1]]))
    #expect(result.gradients.logProbabilities == [0.5, 0.5, 0, 0, 0, 0.5])
    #expect(result.loss == 1.5)
    #expect(
      throws: ObjectiveError.nonFinite(input: "current log-probabilities", row: 2, token: 1)
    ) { try objective.evaluate(input([[-1, -1], [0], [-1, .nan]])) }
    #expect(throws: ObjectiveError.missing(.reference)) {
      try objective.evaluate(
        ObjectiveInput<Float>(
          current: Ragged([[-1]]), weights: RowWeights(perToken: [1]), old: Ragged([[-1]]),
          advantages: Ragged([[-1]])))
    }
  }

  @Test("numbers too large for single precision are not too large")
  func overflow() throws {
    let current = Ragged<Float>([[-1, 10]])
    let result = try ClippedSurrogate().evaluate(
      ObjectiveInput(
        current: current, weights: RowWeights(perToken: [1]), old: current.with([-1, -10]),
        advantages: current.with([1, -3e38])))
    #expect(result.loss.isFinite && result.loss > 1e46)
    #expect(!result.gradients.logProbabilities.contains { $0.isNaN })
  }

  @Test("nothing is nothing")
  func nothing() throws {
    for rows in [[], [[]], [[], []]] as [[[Float]]] {
      let empty = Ragged(rows)
      let result = try (ClippedSurrogate() + 0.1 * KLPenalty(.k3)).evaluate(
        ObjectiveInput(
          current: empty, weights: RowWeights(perToken: rows.map { _ in 1 }), old: empty,
          reference: empty, advantages: empty))
      #expect(result.loss == 0 && result.gradients.logProbabilities.isEmpty)
      #expect(result.diagnostics[.meanRatio] == nil)
    }
  }
}
