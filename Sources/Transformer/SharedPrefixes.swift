internal import Tensor
internal import Trajectories

/// The tokens of a batch's rows that are fed, and which rows begin alike.
///
/// A row is cut before its last selected token, whose prediction needs only what stands before it.
/// Rows with equal first tokens stand together in a tree, ordered by their tokens, so that any
/// stretch of a tree shares what its rows have in common. No number of a row depends on who shares
/// its tokens; equal tokens are reason enough.
struct SharedPrefixes: Sendable {
  /// Fewest tokens that are worth sharing: one panel of keys.
  ///
  /// Fewer are computed again by each row rather than made a segment of their own.
  static let minimum = 16

  let batch: PackedBatch
  /// How many tokens of each row are fed; 0 where nothing is selected. `[B]`
  let lengths: [Int]
  /// Rows that are fed, tree by tree.
  let trees: [[Int]]

  /// Finds the trees of a batch; every row is its own when nothing is to be shared.
  init(_ batch: PackedBatch, sharing: Bool) {
    let lengths = (0..<batch.rowCount).map { row -> Int in
      let last = batch.selectedOffsets[row + 1] - 1
      return last < batch.selectedOffsets[row] ? 0 : batch.selected[last] - batch.rowOffsets[row]
    }
    self.batch = batch
    self.lengths = lengths
    let fed = lengths.indices.filter { lengths[$0] > 0 }
    guard sharing else {
      trees = fed.map { [$0] }
      return
    }
    let ordered = fed.sorted { a, b in
      let count = batch.commonCount(a, b, lengths: lengths)
      if count == lengths[a] || count == lengths[b] { return (lengths[a], a) < (lengths[b], b) }
      return batch.tokens[batch.rowOffsets[a] + count] < batch.tokens[batch.rowOffsets[b] + count]
    }
    var trees: [[Int]] = []
    for row in ordered {
      if let previous = trees.last?.last,
        batch.commonCount(previous, row, lengths: lengths) >= Self.minimum
      {
        trees[trees.count - 1].append(row)
      } else {
        trees.append([row])
      }
    }
    self.trees = trees
  }

  /// How many first tokens two rows of a tree have in common.
  func common(_ a: Int, _ b: Int) -> Int { batch.commonCount(a, b, lengths: lengths) }

  /// Tokens that a row adds behind one of its tree.
  func added(_ row: Int, behind previous: Int?) -> Int {
    lengths[row] - (previous.map { common($0, row) } ?? 0)
  }

  /// Tokens of some rows of a tree, in its order: what they share is counted once.
  func cost(_ rows: [Int]) -> Int {
    rows.indices.reduce(0) { $0 + added(rows[$1], behind: $1 == 0 ? nil : rows[$1 - 1]) }
  }
}

extension PackedBatch {
  /// How many first tokens two rows have in common, within their first `lengths`.
  fileprivate func commonCount(_ a: Int, _ b: Int, lengths: [Int]) -> Int {
    let (first, second) = (rowOffsets[a], rowOffsets[b])
    let limit = min(lengths[a], lengths[b])
    return tokens.withUnsafeBufferPointer { tokens in
      var count = 0
      while count < limit && tokens[first + count] == tokens[second + count] { count += 1 }
      return count
    }
  }
}

/// A forest of rows while it grows.
struct RowForest {
  private let prefixes: SharedPrefixes
  private(set) var tokens: [Int32] = []
  private(set) var forest = SequenceForest()
  /// For each row in the order they were added: its segments from the first to the last.
  private(set) var paths: [(row: Int, segments: [Int])] = []

  init(_ prefixes: SharedPrefixes) {
    self.prefixes = prefixes
  }

  /// Adds some rows of a tree, in its order.
  mutating func append(_ rows: [Int]) {
    let common = zip(rows, rows.dropFirst()).map { prefixes.common($0, $1) }
    append(rows, 0..<rows.count, common: [0] + common, behind: [])
  }

  /// Adds rows whose tokens up to the end of a path are there already: what they have in common
  /// next as one segment, then each part that goes its own way.
  ///
  /// `common` says for each row what it shares with the one before it.
  private mutating func append(
    _ rows: [Int], _ range: Range<Int>, common: [Int], behind path: [Int]
  ) {
    guard let first = range.first else { return }
    var path = path
    let others = range.dropFirst()
    let shared = others.map { common[$0] }.min() ?? prefixes.lengths[rows[first]]
    let depth = path.last.map { forest.segments[$0].end } ?? 0
    if shared - depth >= (others.isEmpty ? 1 : SharedPrefixes.minimum) {
      let start = prefixes.batch.rowOffsets[rows[first]]
      tokens.append(contentsOf: prefixes.batch.tokens[(start + depth)..<(start + shared)])
      path.append(forest.append(count: shared - depth, after: path.last))
    }
    guard !others.isEmpty else {
      paths.append((rows[first], path))
      return
    }
    var begin = first
    for index in others where common[index] == shared {
      append(rows, begin..<index, common: common, behind: path)
      begin = index
    }
    append(rows, begin..<range.upperBound, common: common, behind: path)
  }
}
