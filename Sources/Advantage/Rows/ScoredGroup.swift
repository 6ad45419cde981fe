public import Trajectories

/// Rollouts that are compared with each other.
public struct ScoredGroup: Sendable, Hashable {
  /// The group's number.
  public let id: Int
  /// Its rollouts, in order of first appearance.
  public internal(set) var members: [Member]

  /// One rollout of a group.
  public struct Member: Sendable, Hashable {
    /// The rollout's number.
    public let rollout: Int
    /// The score that all its rows share.
    public let score: Score
    /// Its branches, ascending.
    public internal(set) var rows: [Int]
  }

  /// The scores of the members that have one, in order.
  public var values: [Double] { members.compactMap(\.score.value) }
}

extension ScoredRows {
  /// The rows as groups of rollouts, in order of first appearance.
  ///
  /// - Complexity: O(B), each time.
  public var grouped: [ScoredGroup] {
    (0..<index.groupCount).map { group in
      ScoredGroup(
        id: index.groups[group],
        members: (index.groupOffsets[group]..<index.groupOffsets[group + 1]).map { member in
          let rows = Array(index.rows(ofMember: member))
          return ScoredGroup.Member(
            rollout: index.rollouts[member], score: scores[rows[0]], rows: rows)
        })
    }
  }
}
