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
    let byGroup = Numbering(rowGroups)
    groups = byGroup.labels
    if let rowRollouts {
      // Members in order of their first row.
      let byRollout = Numbering(rowRollouts)
      let firstRows = byRollout.firstRows
      for (row, member) in byRollout.numbers.enumerated() {
        let first = firstRows[Int(member)]
        guard byGroup.numbers[first] == byGroup.numbers[row] else {
          throw .rolloutInTwoGroups(
            rollout: rowRollouts[row], first: rowGroups[first], second: rowGroups[row])
        }
        guard rowScores[first].value == rowScores[row].value else {
          throw .branchesDisagree(rollout: rowRollouts[row], firstRow: first, secondRow: row)
        }
      }
      // Members by group, then rows by member.
      let members = CountingSort(firstRows.map { byGroup.numbers[$0] }, count: groups.count)
      groupOffsets = members.offsets
      rollouts = members.sorted(byRollout.labels)
      let places = byRollout.numbers.map { Int32(truncatingIfNeeded: members.place(of: Int($0))) }
      let sortedRows = CountingSort(places, count: firstRows.count)
      rows = sortedRows.order
      rowOffsets = sortedRows.offsets
    } else {
      let members = CountingSort(byGroup)
      groupOffsets = members.offsets
      rows = members.order
      rollouts = rows
      rowOffsets = Array(0...rowCount)
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
}
