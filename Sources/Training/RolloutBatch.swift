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
  /// A reward that can't judge leaves the score missing; it is never taken for 0. So does a rollout
  /// that broke or was cancelled through no choice of the agent, whatever the reward says of what is
  /// there; numbers that are not finite are missing too.
  ///
  /// - Throws: What the reward throws.
  public init(scoring groups: [TrajectoryGroup], with reward: some Reward) async throws {
    var (scored, reports) = (groups, [RewardReport]())
    for group in groups.indices {
      for member in groups[group].members.indices {
        let trajectory = groups[group].members[member]
        var report = try await reward.report(on: trajectory)
        report.score = trajectory.judgeable(report.score, by: reward.name)
        report.components = report.components.map { component in
          RewardComponent(
            name: component.name,
            score: trajectory.judgeable(component.score, by: component.name))
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

extension Trajectory {
  /// A score of this trajectory, missing where there is nothing to judge or no finite number.
  fileprivate func judgeable(_ score: Score, by name: String) -> Score {
    guard let value = score.value else { return score }
    switch status {
    case .failed(let failure): return .missing(reason: "the rollout failed: \(failure)")
    case .aborted: return .missing(reason: "the rollout was cancelled")
    case .completed, .truncated, .looped: return Score(checking: value, of: name)
    }
  }
}
