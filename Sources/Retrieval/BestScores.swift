/// The highest scores seen so far, at most a fixed number of them; ties go to the lower index.
///
/// A binary heap with the worst entry on top: inserting takes logarithmic time in the limit.
struct BestScores {
  struct Entry {
    let score: Float
    let index: Int

    func isWorse(than other: Entry) -> Bool {
      score == other.score ? index > other.index : score < other.score
    }
  }

  private let limit: Int
  private var heap: [Entry] = []

  init(limit: Int) {
    self.limit = limit
  }

  mutating func insert(score: Float, index: Int) {
    let entry = Entry(score: score, index: index)
    if heap.count < limit {
      heap.append(entry)
      siftUp(from: heap.count - 1)
    } else if let worst = heap.first, worst.isWorse(than: entry) {
      heap[0] = entry
      siftDown()
    }
  }

  /// The entries, best first.
  func sorted() -> [Entry] {
    heap.sorted { $1.isWorse(than: $0) }
  }

  private mutating func siftUp(from start: Int) {
    var child = start
    while child > 0, heap[child].isWorse(than: heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var worst = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].isWorse(than: heap[worst]) {
        worst = child
      }
      guard worst != parent else { return }
      heap.swapAt(parent, worst)
      parent = worst
    }
  }
}
