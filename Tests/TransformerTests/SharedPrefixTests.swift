import Policy
import RandomStreams
import Synchronization
import Tensor
import Testing
import Trajectories

@testable import Transformer

/// Rows that begin alike share the tokens of their beginning: once computed, the same numbers.
@Suite("Shared prefixes") struct SharedPrefixTests {
  static let off = TransformerPolicy.Execution(sharesPrefixes: false)

  /// Groups of rows behind common prompts, some members alike for longer, one row a prompt alone,
  /// two rows equal, one row without company; selections reach into what is shared.
  static func batch(seed: UInt64 = 3) -> PackedBatch {
    var stream = RandomStream(seed: seed)
    func tokens(_ count: Int) -> [Int32] {
      (0..<count).map { _ in Int32(stream.index(below: 256)) }
    }
    var rows: [[Int32]] = []
    for prompt in [40, 17, 90].map(tokens) {
      let further = prompt + tokens(33)
      for _ in 0..<3 { rows.append(prompt + tokens(5 + stream.index(below: 40))) }
      for _ in 0..<2 { rows.append(further + tokens(1 + stream.index(below: 20))) }
      rows.append(prompt)
      rows.append(rows[rows.count - 2])
    }
    rows.append(tokens(70))
    rows.append(Array(rows[0].prefix(9)) + tokens(30))
    let order = rows.indices.sorted { ($0 * 7 % rows.count, $0) < ($1 * 7 % rows.count, $1) }
    rows = order.map { rows[$0] }
    return PackedBatch(
      rows: rows, selections: rows.map { row in (1..<row.count).filter { _ in stream.chance(0.4) } }
    )
  }

  /// Every output of a pass, and the gradient of some function of them all.
  static func numbers(
    _ execution: TransformerPolicy.Execution, _ batch: PackedBatch
  ) async throws -> (pass: PolicyPass, gradient: [Float]) {
    let policy = try tinyPolicy(context: 512, valueHead: true, execution: execution)
    let pass = try await policy.forward(
      batch, weights: .current, outputs: [.entropies, .values], gradient: true)
    try await policy.backward(
      pass,
      PolicyGradients(
        logProbabilities: pass.logProbabilities.map { $0 * 0.1 },
        entropies: pass.entropies?.map { _ in 0.3 }, values: pass.values.map { $0.map { $0 - 1 } }))
    return (pass, policy.state.withLock { $0.gradient?.values ?? [] })
  }

  @Test("change no log-probability, entropy or value, and the gradient by rounding only")
  func sameNumbers() async throws {
    let batch = Self.batch()
    let alone = try await Self.numbers(Self.off, batch)
    let largest = alone.gradient.map(abs).max() ?? 0
    #expect(largest > 0)
    for execution in [
      TransformerPolicy.Execution(), .init(shards: 1), .init(shards: 5),
      .init(microBatchTokens: 200), .init(microBatchTokens: 1), .init(retainedTokens: 0),
    ] {
      let shared = try await Self.numbers(execution, batch)
      #expect(shared.pass.logProbabilities == alone.pass.logProbabilities)
      #expect(shared.pass.entropies == alone.pass.entropies)
      #expect(shared.pass.values == alone.pass.values)
      // Sums of a few hundred terms that are as large as the largest element, in another order.
      let worst = zip(shared.gradient, alone.gradient).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= 1e-5 * largest, "\(worst / largest)")
    }
  }

  @Test("change no bit of the gradient with the number of threads or what is retained")
  func settingsThatChangeNothing() async throws {
    let batch = Self.batch()
    let one = try await Self.numbers(.init(threads: 1), batch)
    let two = try await Self.numbers(.init(threads: 2, retainedTokens: 0), batch)
    #expect(one.gradient == two.gradient)
  }

  @Test("change nothing at all where no rows begin alike")
  func nothingToShare() async throws {
    let batch = randomBatch(rows: 9)
    let shared = try await Self.numbers(.init(), batch)
    let alone = try await Self.numbers(Self.off, batch)
    #expect(shared.pass.logProbabilities == alone.pass.logProbabilities)
    #expect(shared.gradient == alone.gradient)
  }

  @Test("are fed once per micro-batch, and every token of every row is there")
  func tokensFed() {
    let batch = Self.batch()
    for limit in [1, 150, 4096] {
      for shards in [1, 2, 5] {
        let micro = batch.microBatches(.init(shards: shards, microBatchTokens: limit)).joined()
        #expect(micro.flatMap(\.places).sorted() == Array(0..<batch.selectedCount))
        for part in micro {
          for (prediction, place) in zip(part.predictions, part.places) {
            let position = part.positions[prediction]
            #expect(part.targets[prediction] == batch.targets[place])
            // Walk back from where the prediction is made: the row's tokens, one by one.
            let row = batch.selectedOffsets.firstIndex { $0 > place }.map { $0 - 1 } ?? 0
            let start = batch.rowOffsets[row]
            let path = part.path(to: position)
            #expect(path == Array(batch.tokens[start..<batch.selected[place]]))
          }
        }
      }
    }
    let together = batch.microBatches(.init(shards: 1))[0][0]
    let fed = SharedPrefixes(batch, sharing: false).lengths.reduce(0, +)
    #expect(together.tokens.count < fed * 2 / 3)
  }

  @Test("are predicted from once where the next token and its temperature are the same too")
  func predictions() {
    let rows = [Int32](0..<20)
    let batch = PackedBatch(
      rows: [rows + [1], rows + [1, 3], rows + [4], rows + [1]],
      selections: [[5, 20], [20], [5, 20], [20]],
      temperatures: [[1, 1], [1], [1, 1], [0.5]])
    let micro = batch.microBatches(.init(shards: 1))[0][0]
    // One for position 5, three for position 20: 1, 4, and 1 at a temperature of its own.
    #expect(micro.positions.count == 4)
    #expect(micro.predictions.count == batch.selectedCount)
  }

  @Test("a group alone is spread over the shards, several groups stay whole but for one")
  func shards() {
    let prompt = (0..<64).map { Int32($0) }
    func rows(_ group: Int32, _ count: Int) -> [[Int32]] {
      (0..<count).map { member in
        [group] + prompt + (0..<32).map { ($0 + Int32(member) * 3) % 256 }
      }
    }
    func loads(_ rows: [[Int32]]) -> [Int] {
      let batch = PackedBatch(rows: rows, selections: rows.map { [$0.count - 1] })
      return batch.microBatches(.init(shards: 2)).map { $0.reduce(0) { $0 + $1.tokens.count } }
    }
    let alone = loads(rows(1, 8))
    #expect(alone.allSatisfy { abs($0 - (65 + 4 * 31)) <= 31 }, "\(alone)")
    let groups = loads((1...5).flatMap { rows(Int32($0), 8) })
    let whole = 65 + 8 * 31
    #expect(groups.reduce(0, +) <= 5 * whole + 65, "\(groups)")
    #expect(abs(groups[0] - groups[1]) <= 65 + 31, "\(groups)")
  }

  @Test("of fewer than sixteen tokens are not worth a segment", arguments: [15, 16])
  func minimum(count: Int) {
    let prompt = [Int32](repeating: 7, count: count)
    let rows = [prompt + [1, 2, 3], prompt + [2, 3, 4]]
    let batch = PackedBatch(rows: rows, selections: [[count + 2], [count + 2]])
    let micro = batch.microBatches(.init(shards: 1))[0][0]
    #expect(micro.forest.segments.count == (count < SharedPrefixes.minimum ? 2 : 3))
  }
}

extension MicroBatch {
  /// The tokens of the sequence that ends at a position, that one included.
  func path(to position: Int) -> [Int32] {
    var result: [Int32] = []
    var segment = forest.segments.firstIndex { $0.tokens.contains(position) }
    var end = position + 1
    while let index = segment {
      let current = forest.segments[index]
      result = tokens[current.tokens.lowerBound..<end] + result
      segment = current.parent
      end = segment.map { forest.segments[$0].tokens.upperBound } ?? 0
    }
    return result
  }
}
