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
  /// How many first tokens a row has in common with the row before it in its tree. `[B]`
  let common: [Int]

  /// Finds the trees of a batch; every row is its own when nothing is to be shared.
  init(_ batch: PackedBatch, sharing: Bool) {
    self.batch = batch
    let lengths = (0..<batch.rowCount).map { row -> Int in
      let last = batch.selectedOffsets[row + 1] - 1
      return last < batch.selectedOffsets[row] ? 0 : batch.selected[last] - batch.rowOffsets[row]
    }
    self.lengths = lengths
    var common = [Int](repeating: 0, count: batch.rowCount)
    let fed = lengths.indices.filter { lengths[$0] > 0 }
    guard sharing else {
      trees = fed.map { [$0] }
      self.common = common
      return
    }
    var trees: [[Int]] = []
    batch.tokens.withUnsafeBufferPointer { tokens in
      /// How many first tokens two rows have in common.
      func commonCount(_ a: Int, _ b: Int) -> Int {
        let (first, second) = (batch.rowOffsets[a], batch.rowOffsets[b])
        let limit = min(lengths[a], lengths[b])
        var count = 0
        while count < limit && tokens[first + count] == tokens[second + count] { count += 1 }
        return count
      }
      let ordered = fed.sorted { a, b in
        let count = commonCount(a, b)
        if count == lengths[a] || count == lengths[b] { return (lengths[a], a) < (lengths[b], b) }
        return tokens[batch.rowOffsets[a] + count] < tokens[batch.rowOffsets[b] + count]
      }
      for (index, row) in ordered.enumerated() {
        let count = index == 0 ? 0 : commonCount(ordered[index - 1], row)
        if count < Self.minimum {
          trees.append([row])
        } else {
          common[row] = count
          trees[trees.count - 1].append(row)
        }
      }
    }
    self.trees = trees
    self.common = common
  }

  /// Tokens of a stretch of a tree, what its rows share counted once.
  func cost(_ rows: some Collection<Int>) -> Int {
    rows.reduce(rows.first.map { common[$0] } ?? 0) { $0 + lengths[$1] - common[$1] }
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

  /// Adds a stretch of a tree.
  mutating func append(_ rows: ArraySlice<Int>) {
    append(rows, behind: [])
  }

  /// Adds rows whose tokens up to the end of a path are there already: what they have in common
  /// next as one segment, then each part that goes its own way.
  private mutating func append(_ rows: ArraySlice<Int>, behind path: [Int]) {
    guard let first = rows.first else { return }
    var path = path
    let others = rows.dropFirst()
    let shared = others.map { prefixes.common[$0] }.min() ?? prefixes.lengths[first]
    let depth = path.last.map { forest.segments[$0].end } ?? 0
    if shared - depth >= (others.isEmpty ? 1 : SharedPrefixes.minimum) {
      let start = prefixes.batch.rowOffsets[first]
      tokens.append(contentsOf: prefixes.batch.tokens[(start + depth)..<(start + shared)])
      path.append(forest.append(count: shared - depth, after: path.last))
    }
    guard !others.isEmpty else {
      paths.append((first, path))
      return
    }
    var begin = rows.startIndex
    for index in others.indices where prefixes.common[rows[index]] == shared {
      append(rows[begin..<index], behind: path)
      begin = index
    }
    append(rows[begin...], behind: path)
  }
}
