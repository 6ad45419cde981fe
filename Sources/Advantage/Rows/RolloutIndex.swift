internal import Trajectories

/// Which rows make up which rollout, and which rollouts make up which group, in flat arrays.
///
/// Groups, and rollouts inside a group, stand in order of first appearance; a rollout's rows
/// ascend.
struct RolloutIndex: Sendable {
  /// The number of each group. `[P]`
  private(set) var groups: [Int] = []
  /// `P + 1` boundaries of the groups in the members.
  private(set) var groupOffsets: [Int] = [0]
  /// The rollout of each member.
  private(set) var rollouts: [Int] = []
  /// Boundaries of the members in ``rows``.
  private(set) var rowOffsets: [Int] = [0]
  /// The rows of all members.
  private(set) var rows: [Int] = []
  /// `P + 1` boundaries of the groups in the scored members.
  private(set) var scoredOffsets: [Int] = [0]
  /// The members that have a score, ascending.
  private(set) var scored: [Int] = []
  /// Their scores.
  private(set) var scores: [Double] = []

  /// Finds rollouts and groups.
  ///
  /// - Complexity: O(B).
  init(
    scores rowScores: [Score], groups rowGroups: [Int], rollouts rowRollouts: [Int]?
  ) throws(AdvantageError) {
    let rowCount = rowScores.count
    var groupNumbers = Numbering(capacity: rowCount)
    let rowGroup = rowGroups.map { groupNumbers.number(of: $0) }
    groups = groupNumbers.labels

    // Members in order of their first row.
    var firstRows = Array(0..<rowCount)
    var memberOfRow = firstRows
    if let rowRollouts {
      var numbers = Numbering(capacity: rowCount)
      memberOfRow = rowRollouts.map { numbers.number(of: $0) }
      firstRows.removeAll(keepingCapacity: true)
      for row in 0..<rowCount {
        let member = memberOfRow[row]
        if member == firstRows.count {
          firstRows.append(row)
          continue
        }
        let first = firstRows[member]
        guard rowGroup[first] == rowGroup[row] else {
          throw .rolloutInTwoGroups(
            rollout: rowRollouts[row], first: rowGroups[first], second: rowGroups[row])
        }
        guard rowScores[first].value == rowScores[row].value else {
          throw .branchesDisagree(rollout: rowRollouts[row], firstRow: first, secondRow: row)
        }
      }
    }

    // Members by group, keeping their order inside a group, then rows by member.
    let byGroup = Self.sorted(firstRows.map { rowGroup[$0] }, into: groups.count)
    groupOffsets = byGroup.offsets
    rollouts = byGroup.order.map { rowRollouts?[firstRows[$0]] ?? firstRows[$0] }
    if rowRollouts == nil {
      rows = byGroup.order
      rowOffsets = Array(0...rowCount)
    } else {
      var place = Array(repeating: 0, count: firstRows.count)
      for (position, member) in byGroup.order.enumerated() { place[member] = position }
      let byMember = Self.sorted(memberOfRow.map { place[$0] }, into: firstRows.count)
      rows = byMember.order
      rowOffsets = byMember.offsets
    }

    scoredOffsets.reserveCapacity(groups.count + 1)
    scored.reserveCapacity(rollouts.count)
    scores.reserveCapacity(rollouts.count)
    for group in groups.indices {
      for member in groupOffsets[group]..<groupOffsets[group + 1] {
        guard let score = rowScores[rows[rowOffsets[member]]].value else { continue }
        scored.append(member)
        scores.append(score)
      }
      scoredOffsets.append(scored.count)
    }
  }

  /// How many groups there are.
  var groupCount: Int { groups.count }

  /// The scored members of a group, as positions in ``scored`` and ``scores``.
  func scoredRange(ofGroup group: Int) -> Range<Int> {
    scoredOffsets[group]..<scoredOffsets[group + 1]
  }

  /// The rows of a scored member.
  func rows(ofScored position: Int) -> ArraySlice<Int> { rows(ofMember: scored[position]) }

  /// The rows of a member.
  func rows(ofMember member: Int) -> ArraySlice<Int> {
    rows[rowOffsets[member]..<rowOffsets[member + 1]]
  }

  /// One number per scored member, as one per row; 0 for rows without a score. `[B]`
  func byRow(_ numbers: [Double]) -> [Double] {
    var result = Array(repeating: 0.0, count: rows.count)
    for (position, member) in scored.enumerated() {
      for place in rowOffsets[member]..<rowOffsets[member + 1] {
        result[rows[place]] = numbers[position]
      }
    }
    return result
  }

  /// Positions in ascending order of their key, equal keys in order, and where each key starts.
  private static func sorted(_ keys: [Int], into count: Int) -> (order: [Int], offsets: [Int]) {
    var offsets = Array(repeating: 0, count: count + 1)
    for key in keys { offsets[key + 1] += 1 }
    for key in 0..<count { offsets[key + 1] += offsets[key] }
    var next = offsets
    var order = Array(repeating: 0, count: keys.count)
    for (position, key) in keys.enumerated() {
      order[next[key]] = position
      next[key] += 1
    }
    return (order, offsets)
  }
}

/// Numbers labels from 0 in order of first appearance.
///
/// An open-addressed table: labels that come in runs, as groups do, cost one comparison.
struct Numbering {
  /// The labels seen, in order.
  private(set) var labels: [Int] = []
  private var table: [Int]
  private var last = -1

  /// A numbering for at most `capacity` labels.
  init(capacity: Int) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    table = Array(repeating: -1, count: size)
  }

  /// The label's number.
  mutating func number(of label: Int) -> Int {
    if last >= 0, labels[last] == label { return last }
    let mask = table.count - 1
    var hash = UInt(bitPattern: label) &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 32
    var slot = Int(bitPattern: hash) & mask
    while table[slot] >= 0 {
      if labels[table[slot]] == label {
        last = table[slot]
        return last
      }
      slot = (slot + 1) & mask
    }
    last = labels.count
    table[slot] = last
    labels.append(label)
    return last
  }
}
