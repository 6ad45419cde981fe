public import Trajectories

/// How much of its allowance of turns an agent used, in 0…1.
///
///     score = min(1, turns / most turns)
public struct TurnShare: Reward {
  /// `turns` unless told otherwise.
  public let name: String
  /// The allowance.
  public let mostTurns: Int

  /// A share of an allowance.
  ///
  /// - Precondition: `mostTurns` is at least 1.
  public init(name: String = "turns", of mostTurns: Int) {
    precondition(mostTurns >= 1, "an allowance has at least one turn, got \(mostTurns)")
    self.name = name
    self.mostTurns = mostTurns
  }

  /// Counts the agent's turns.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let share = Double(trajectory.agentTurnTexts.count) / Double(mostTurns)
    let score = Score.value(min(1, share))
    return .single(name, score)
  }
}

/// How much of its allowance of turns an agent left, in 0…1: one less ``TurnShare``.
///
/// An agent that took no turn at all saved nothing and is worth 0.
public struct TurnEconomy: Reward {
  /// `efficiency` unless told otherwise.
  public let name: String
  /// The allowance.
  public let mostTurns: Int

  /// Economy with an allowance.
  ///
  /// - Precondition: `mostTurns` is at least 1.
  public init(name: String = "efficiency", of mostTurns: Int) {
    precondition(mostTurns >= 1, "an allowance has at least one turn, got \(mostTurns)")
    self.name = name
    self.mostTurns = mostTurns
  }

  /// Counts the agent's turns.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let turns = trajectory.agentTurnTexts.count
    let score = Score.value(turns == 0 ? 0 : max(0, 1 - Double(turns) / Double(mostTurns)))
    return .single(name, score)
  }
}
