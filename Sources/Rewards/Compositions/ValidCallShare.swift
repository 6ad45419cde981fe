public import Trajectories

/// The share of an agent's tool calls that got an answer, in 0…1.
///
///     score = calls that returned / calls
///
/// No call at all is worth 0, with a note: a bonus for valid calls is not earned by making none.
public struct ValidCallShare: Reward {
  /// `validCalls` unless told otherwise.
  public let name: String

  /// A share.
  public init(name: String = "validCalls") { self.name = name }

  /// Judges the record's calls.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let calls = trajectory.events.count
    let valid = trajectory.events.count {
      if case .returned = $0.outcome { true } else { false }
    }
    let score = Score.value(calls == 0 ? 0 : Double(valid) / Double(calls))
    return .single(name, score, notes: calls == 0 ? ["no tool was called"] : [])
  }
}
