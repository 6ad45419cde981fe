import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Objectives don't depend on how a batch is laid out")
struct ObjectiveInvarianceTests {
  @Test("the order of the rows changes nothing but the order of the gradient", arguments: 0..<12)
  func permutedRows(seed: Int) throws {
    let batch = RandomBatch(seed: seed)
    let rows = try batch.rows()
    var random = RandomStream(seed: UInt64(seed)).child("order")
    let order = random.shuffled(Array(0..<rows.rowCount))
    for aggregation in aggregations {
      let weights = aggregation.weights(for: rows)
      #expect(
        zip(aggregation.weights(for: try batch.permuted(order).rows()).perToken, order)
          .allSatisfy { $0 == weights.perToken[$1] })
      let input = ObjectiveInput.random(rows, weights: weights, seed: seed)
      for (name, objective) in objectives {
        let whole = try objective.evaluate(input)
        let other = try objective.evaluate(input.rows(order))
        #expect(abs(whole.loss - other.loss) <= 1e-12 * max(1, abs(whole.loss)), "\(name)")
        let gradient = input.current.with(whole.gradients.logProbabilities)
        #expect(other.gradients.logProbabilities == gradient.picking(order).values, "\(name)")
      }
    }
  }

  @Test("ranks that know the whole batch's counts add up to it", arguments: 0..<12)
  func ranks(seed: Int) throws {
    let batch = RandomBatch(seed: seed)
    let rows = try batch.rows()
    let counts = BatchCounts(rows)
    // Whole groups to each rank.
    let byRank = (0..<2).map { rank in
      (0..<rows.rowCount).filter { rows.groups[$0] % 2 == 0 ? rank == 0 : rank == 1 }
    }
    for aggregation in aggregations {
      let input = ObjectiveInput.random(rows, weights: aggregation.weights(for: rows), seed: seed)
      for (name, objective) in objectives {
        let whole = try objective.evaluate(input)
        var loss = 0.0
        for mine in byRank {
          let part = try batch.permuted(mine).rows()
          let share = input.rows(mine)
          let weights = aggregation.weights(for: part, counts: counts)
          #expect(weights == share.weights, "\(aggregation)")
          loss += try objective.evaluate(share).loss
        }
        #expect(abs(loss - whole.loss) <= 1e-12 * max(1, abs(whole.loss)), "\(name)")
      }
    }
  }

  /// Rows of tokens, and for every token, selected or not, the numbers of an objective.
  private struct Transcript {
    var tokens: [[Int32]]
    var isSampled: [[Bool]]
    var numbers: [[[Double]]]

    init(seed: Int) {
      var random = RandomStream(seed: UInt64(seed)).child("transcript")
      (tokens, isSampled, numbers) = ([], [], [])
      for _ in 0..<4 {
        let length = 3 + random.index(below: 6)
        tokens.append((0..<length).map { _ in Int32(random.index(below: 50)) })
        isSampled.append((0..<length).map { $0 > 0 && random.chance(0.7) })
        numbers.append(
          (0..<length).map { _ in
            let old = -1.5 + 0.7 * random.normal()
            return [old + 0.3 * random.normal(), old, old + 0.8 * random.normal(), random.normal()]
          })
      }
    }

    /// The same rows with words of the environment put in anywhere behind the first token.
    func interrupted(seed: Int) -> Transcript {
      var random = RandomStream(seed: UInt64(seed)).child("interruptions")
      var result = self
      for row in tokens.indices {
        for _ in 0..<(1 + random.index(below: 5)) {
          let place = 1 + random.index(below: result.tokens[row].count)
          result.tokens[row].insert(7, at: place)
          result.isSampled[row].insert(false, at: place)
          result.numbers[row].insert([.nan, 1e30, -.infinity, 5], at: place)
        }
      }
      return result
    }

    func input(_ aggregation: LossAggregation) -> ObjectiveInput<Double> {
      let selections = isSampled.map { row in row.indices.filter { row[$0] } }
      let batch = PackedBatch(rows: tokens, selections: selections)
      let all = numbers.flatMap { $0 }
      func selected(_ kind: Int) -> Ragged<Double> {
        batch.ragged(batch.selected.map { all[Int($0)][kind] })
      }
      return ObjectiveInput(
        current: selected(0), weights: aggregation.weights(tokenCounts: selections.map(\.count)),
        old: selected(1), reference: selected(2), sampler: selected(1), advantages: selected(3))
    }
  }

  @Test("words of the environment anywhere change neither loss nor gradient", arguments: 0..<12)
  func insertedObservations(seed: Int) throws {
    let plain = Transcript(seed: seed)
    let interrupted = plain.interrupted(seed: seed)
    let available: ObjectiveNeeds = [.old, .reference, .sampler, .advantages]
    for aggregation in aggregations {
      for (name, objective) in objectives where objective.needs.isSubset(of: available) {
        let before = try objective.evaluate(plain.input(aggregation))
        let after = try objective.evaluate(interrupted.input(aggregation))
        #expect(before.loss == after.loss, "\(name)")
        #expect(before.gradients == after.gradients, "\(name)")
        #expect(before.diagnostics == after.diagnostics, "\(name)")
      }
    }
  }
}
