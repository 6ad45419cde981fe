/// Two neighbouring ids as one number: ascending by the left id, then by the right.
struct TokenPair: Hashable, Comparable {
  let packed: UInt64

  init(_ left: Int32, _ right: Int32) {
    packed = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  var left: Int32 { Int32(truncatingIfNeeded: packed >> 32) }
  var right: Int32 { Int32(truncatingIfNeeded: packed) }

  static func < (left: TokenPair, right: TokenPair) -> Bool { left.packed < right.packed }
}

/// A merge: two neighbouring tokens that become one.
struct Merge: Hashable {
  let pair: TokenPair
  let result: Int32
}

/// Merges by pair: open addressing with linear probing, at most half full.
struct MergeTable {
  /// The merges in order of rank.
  let merges: [Merge]
  /// Ranks by slot, -1 where empty.
  private var ranks: [Int32]
  private let mask: Int

  init(_ merges: [Merge]) {
    self.merges = merges
    var slots = 16
    while slots < 2 * merges.count { slots *= 2 }
    mask = slots - 1
    ranks = Array(repeating: -1, count: slots)
    for (rank, merge) in merges.enumerated() {
      var slot = firstSlot(of: merge.pair)
      while ranks[slot] >= 0 { slot = (slot + 1) & mask }
      ranks[slot] = Int32(rank)
    }
  }

  /// The rank of a pair's merge, or `nil` if the two never merge.
  func rank(of pair: TokenPair) -> Int32? {
    var slot = firstSlot(of: pair)
    while ranks[slot] >= 0 {
      if merges[Int(ranks[slot])].pair == pair { return ranks[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func firstSlot(of pair: TokenPair) -> Int {
    Int(truncatingIfNeeded: (pair.packed &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
  }
}

/// Merges a word's tokens, lowest rank first and leftmost among equals, in O(n log n).
struct WordMerger {
  private struct Candidate: Comparable {
    let rank: Int32
    let position: Int32

    static func < (left: Candidate, right: Candidate) -> Bool {
      (left.rank, left.position) < (right.rank, right.position)
    }
  }

  private var tokens: [Int32] = []
  private var next: [Int] = []
  private var previous: [Int] = []
  private var candidates = Heap<Candidate>()

  /// Appends the merged tokens of a word to `output`.
  mutating func merge(
    _ word: some Sequence<Int32>, by table: MergeTable, into output: inout [Int32]
  ) {
    tokens.removeAll(keepingCapacity: true)
    tokens.append(contentsOf: word)
    let count = tokens.count
    guard count > 1 else { return output.append(contentsOf: tokens) }
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    next.append(contentsOf: 1...count)
    previous.append(contentsOf: -1..<count - 1)
    candidates.removeAll()
    for position in 0..<count - 1 { propose(position, table) }
    while let candidate = candidates.pop() {
      let position = Int(candidate.position)
      let right = next[position]
      // A candidate is stale when its pair has changed since; merged-away tokens are negative.
      guard tokens[position] >= 0, right < count,
        table.rank(of: TokenPair(tokens[position], tokens[right])) == candidate.rank
      else { continue }
      tokens[position] = table.merges[Int(candidate.rank)].result
      tokens[right] = -1
      next[position] = next[right]
      if next[right] < count { previous[next[right]] = position }
      propose(position, table)
      if previous[position] >= 0 { propose(previous[position], table) }
    }
    var position = 0
    while position < count {
      output.append(tokens[position])
      position = next[position]
    }
  }

  private mutating func propose(_ position: Int, _ table: MergeTable) {
    guard next[position] < tokens.count,
      let rank = table.rank(of: TokenPair(tokens[position], tokens[next[position]]))
    else { return }
    candidates.push(Candidate(rank: rank, position: Int32(position)))
  }
}
