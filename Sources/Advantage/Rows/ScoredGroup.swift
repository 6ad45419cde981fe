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

  /// Gathers rows into rollouts and rollouts into groups.
  static func gather(
    scores: [Score], groups: [Int], rollouts: [Int]
  ) throws(AdvantageError) -> [ScoredGroup] {
    var result: [ScoredGroup] = []
    var groupIndex: [Int: Int] = [:]
    var places: [Int: Place] = [:]
    for row in scores.indices {
      let (group, rollout) = (groups[row], rollouts[row])
      if let place = places[rollout] {
        guard groups[place.firstRow] == group else {
          throw .rolloutInTwoGroups(
            rollout: rollout, first: groups[place.firstRow], second: group)
        }
        guard scores[place.firstRow].value == scores[row].value else {
          throw .branchesDisagree(rollout: rollout, firstRow: place.firstRow, secondRow: row)
        }
        result[place.group].members[place.member].rows.append(row)
        continue
      }
      let index = groupIndex[group] ?? result.count
      if index == result.count {
        groupIndex[group] = index
        result.append(ScoredGroup(id: group, members: []))
      }
      places[rollout] = Place(group: index, member: result[index].members.count, firstRow: row)
      result[index].members.append(Member(rollout: rollout, score: scores[row], rows: [row]))
    }
    return result
  }

  /// Where a rollout stands, and the first of its rows.
  private struct Place {
    let group: Int
    let member: Int
    let firstRow: Int
  }
}
