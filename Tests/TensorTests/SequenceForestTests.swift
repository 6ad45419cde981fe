import Testing

@testable import Tensor

@Suite("Sequences that share tokens") struct SequenceForestTests {
  @Test("count their positions from the beginning of their first segment")
  func positions() {
    var forest = SequenceForest()
    let prompt = forest.append(count: 3)
    let first = forest.append(count: 2, after: prompt)
    let deeper = forest.append(count: 1, after: first)
    forest.append(count: 2, after: prompt)
    forest.append(count: 2)
    #expect(forest.positions == [0, 1, 2, 3, 4, 5, 3, 4, 0, 1])
    #expect(forest.path(to: deeper) == [prompt, first, deeper])
    #expect(forest.longest == 6)
    #expect(forest.tokenCount == 10)
  }

  @Test("that share nothing are rows, also empty ones")
  func rows() {
    let forest = SequenceForest(rowOffsets: [0, 2, 2, 5])
    #expect(forest.segments.map(\.tokens) == [0..<2, 2..<2, 2..<5])
    #expect(forest.segments.allSatisfy { $0.position == 0 && $0.parent == nil })
    #expect(SequenceForest().longest == 0)
  }

  @Test("can't go on from a segment whose descendants have ended")
  func order() async {
    await #expect(processExitsWith: .failure) {
      var forest = SequenceForest()
      let one = forest.append(count: 3)
      forest.append(count: 3)
      forest.append(count: 1, after: one)
    }
  }
}
