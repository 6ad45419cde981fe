public import Rewards
public import Trajectories

/// The rollouts of one step, scored.
public struct RolloutBatch: Sendable {
  /// Groups with their scores filled in.
  public let groups: [TrajectoryGroup]
  /// One report per trajectory, in the order of the groups' members.
  public let reports: [RewardReport]

  /// Scores every trajectory with a reward.
  ///
  /// A reward that can't judge leaves the score missing; it is never taken for 0.
  ///
  /// - Throws: What the reward throws.
  public init(scoring groups: [TrajectoryGroup], with reward: some Reward) async throws {
    var (scored, reports) = (groups, [RewardReport]())
    for group in groups.indices {
      for member in groups[group].members.indices {
        var report = try await reward.report(on: groups[group].members[member])
        if case .value(let value) = report.score, !value.isFinite {
          report.score = Score(checking: value, of: reward.name)
        }
        scored[group].members[member].score = report.score
        reports.append(report)
      }
    }
    self.groups = scored
    self.reports = reports
  }

  /// All trajectories, group after group.
  public var trajectories: [Trajectory] { groups.flatMap(\.members) }

  /// Numbers about the rollouts that don't depend on how they are learned from.
  public var metrics: [String: Double] {
    let all = trajectories
    let count = Double(max(all.count, 1))
    let scores = all.compactMap(\.score.value)
    let sampled = all.map { $0.selection(.policy).count }
    var result: [String: Double] = [
      "rollouts": Double(all.count),
      "searchesPerQuestion": Double(all.reduce(0) { $0 + $1.events.count }) / count,
      "responseTokens": Double(sampled.reduce(0, +)) / count,
      "sampledTokens": Double(sampled.reduce(0, +)),
      "contextTokens": Double(all.reduce(0) { $0 + $1.tokenCount }) / count,
      "completedFraction": Double(all.count { $0.status.isCompleted }) / count,
      "missingRewards": Double(all.count - scores.count),
    ]
    if !scores.isEmpty { result["reward"] = scores.reduce(0, +) / Double(scores.count) }
    var parts: [String: [Double]] = [:]
    for component in reports.flatMap(\.components) {
      if let value = component.score.value { parts[component.name, default: []].append(value) }
    }
    for (name, values) in parts { result[name] = values.reduce(0, +) / Double(values.count) }
    return result
  }
}
