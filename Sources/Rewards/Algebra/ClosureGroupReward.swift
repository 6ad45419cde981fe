public import Trajectories

/// A reward over a group from a function of your own.
///
///     let shortest = ClosureGroupReward("shortest") { group in
///       let least = group.members.map(\.turnCount).min()
///       return group.members.map { .value($0.turnCount == least ? 1 : 0) }
///     }
///
/// A number that is not finite becomes a missing score that says so.
public struct ClosureGroupReward: GroupReward {
  /// What the component is called.
  public let name: String
  private let judge: @Sendable (TrajectoryGroup) async throws -> [Score]

  /// A reward whose function returns one score per member.
  public init(
    _ name: String, _ scores: @escaping @Sendable (TrajectoryGroup) async throws -> [Score]
  ) {
    self.name = name
    judge = scores
  }

  /// What the function says.
  ///
  /// - Precondition: it says one score per member.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    let scores = try await judge(group)
    precondition(
      scores.count == group.members.count,
      "\(name) gave \(scores.count) scores to \(group.members.count) members")
    return scores.map { score in
      let score = score.value.map { Score(checking: $0, of: name) } ?? score
      return .single(name, score)
    }
  }
}
