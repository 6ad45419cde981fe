public import Rewards
public import Trajectories

/// One rollout of training with everything its loss was computed from.
public struct TrajectoryRecord: RunRecord, Hashable {
  /// What happened; `trajectory.rollout` says in which step, group and member.
  public let trajectory: Trajectory
  /// How good it was.
  public let report: RewardReport
  /// One advantage per token of `trajectory.selection(.policy)`, in order; empty when the rollout
  /// was not learned from.
  public let advantages: [Float]

  /// A rollout's record.
  public init(trajectory: Trajectory, report: RewardReport, advantages: [Float]) {
    let count = trajectory.selection(.policy).count
    precondition(
      advantages.isEmpty || advantages.count == count,
      "\(advantages.count) advantages for \(count) selected policy tokens")
    self.trajectory = trajectory
    self.report = report
    self.advantages = advantages
  }

  private enum CodingKeys: String, CodingKey {
    case trajectory, report, advantages
  }

  /// Reads a record, checking that there is one advantage a token.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let trajectory = try container.decode(Trajectory.self, forKey: .trajectory)
    let advantages = try container.decode([Float].self, forKey: .advantages)
    let count = trajectory.selection(.policy).count
    guard advantages.isEmpty || advantages.count == count else {
      throw DecodingError.dataCorruptedError(
        forKey: .advantages, in: container,
        debugDescription: "\(advantages.count) advantages for \(count) selected policy tokens")
    }
    self.init(
      trajectory: trajectory,
      report: try container.decode(RewardReport.self, forKey: .report),
      advantages: advantages)
  }
}
