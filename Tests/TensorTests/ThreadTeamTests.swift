import RandomStreams
import Synchronization
import Testing

@testable import Tensor

/// Threads that share a thing and look out for the next.
@Suite("A team of threads") struct ThreadTeamTests {
  /// Counts how often each index was done.
  final class Tally: Sendable {
    private let counts: Mutex<[Int]>

    init(_ count: Int) { counts = Mutex(Array(repeating: 0, count: count)) }
    func add(_ index: Int) { counts.withLock { $0[index] += 1 } }
    var values: [Int] { counts.withLock { $0 } }
  }

  @Test("does every piece once, and all of them before it returns", arguments: [1, 2, 5])
  func everyPieceOnce(threads: Int) {
    let team = ThreadTeam(threads: threads)
    for count in [0, 1, 2, 3, 64] {
      for _ in 0..<200 {
        let tally = Tally(count)
        team.perform(count) { tally.add($0) }
        #expect(tally.values == Array(repeating: 1, count: count))
      }
    }
  }

  @Test("serves callers that come at the same time")
  func severalCallers() async {
    let team = ThreadTeam(threads: 3)
    await withTaskGroup(of: [Int].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let tally = Tally(10)
          for _ in 0..<100 { team.perform(10) { tally.add($0) } }
          return tally.values
        }
      }
      for await values in group { #expect(values == Array(repeating: 100, count: 10)) }
    }
  }

  @Test(
    "shares a product without changing a bit",
    arguments: PackedMatrix.Precision.allCases, [1, 9, 130])
  func sharedProducts(precision: PackedMatrix.Precision, rows: Int) {
    let stream = RandomStream(seed: 12)
    // 1,101 columns: the last panel is not whole.
    let (inner, columns) = (520, 1101)
    let a = Tensor(normals(rows * inner, stream.child("a")), shape: [rows, inner])
    let b = PackedMatrix(
      Tensor(normals(inner * columns, stream.child("b")), shape: [inner, columns]),
      precision: precision)
    let bias = normals(columns, stream.child("bias"))
    func product(_ team: ThreadTeam?) -> Tensor {
      Tensor(shape: [rows, columns]) { c in
        guard let base = c.baseAddress else { return }
        bias.withUnsafeBufferPointer { bias in
          b.multiply(
            rows: rows, a.pointer, stride: inner, bias: bias.baseAddress, into: base,
            stride: columns, team: team)
          b.multiply(
            rows: rows, a.pointer, stride: inner, into: base, stride: columns, accumulating: true,
            team: team)
        }
      }
    }
    #expect(product(ThreadTeam(threads: 3)) == product(nil))
  }
}
