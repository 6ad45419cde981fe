public import Rewards
public import Trajectories

/// The rollouts of one step, scored.
public struct RolloutBatch: Sendable {
  /// Groups with their scores filled in.
  public let groups: [TrajectoryGroup]
  /// One report per trajectory, in the order of the groups' members.
  public let reports: [RewardReport]

  /// Scores every trajectory with a reward, group after group.
  ///
  /// A reward that can't judge leaves the score missing; it is never taken for 0. A rollout that
  /// broke or was cancelled through no choice of the agent is missing too: it is not shown to the
  /// reward, and so can't shift what the others of its group get. Numbers that are not finite are
  /// missing.
  ///
  /// - Throws: What the reward throws.
  /// - Precondition: the reward makes one report for each member of a group.
  public init(scoring groups: [TrajectoryGroup], with reward: some GroupReward) async throws {
    var (scored, reports) = (groups, [RewardReport]())
    for group in groups.indices {
      for (member, report) in try await Self.reports(on: groups[group], by: reward).enumerated() {
        scored[group].members[member].score = report.score
        reports.append(report)
      }
    }
    self.groups = scored
    self.reports = reports
  }

  /// One report for each member, missing for those that there is nothing to say of.
  private static func reports(
    on group: TrajectoryGroup, by reward: some GroupReward
  ) async throws -> [RewardReport] {
    var judged = group
    judged.members = group.members.filter { $0.breakage == nil }
    let made = judged.members.isEmpty ? [] : try await reward.reports(on: judged)
    precondition(
      made.count == judged.members.count,
      "\(reward.name) made \(made.count) reports on \(judged.members.count) members")
    var next = made.makeIterator()
    return group.members.map { member in
      guard member.breakage == nil, let report = next.next() else {
        let missing = Score.missing(reason: member.breakage ?? "not judged")
        return RewardReport(
          score: missing, components: [RewardComponent(name: reward.name, score: missing)])
      }
      return report.checked(of: reward.name)
    }
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
  /// Why there is nothing to judge; `nil` where there is.
  fileprivate var breakage: String? {
    switch status {
    case .failed(let failure): "the rollout failed: \(failure)"
    case .aborted: "the rollout was cancelled"
    case .completed, .truncated, .looped: nil
    }
  }
}

extension RewardReport {
  /// The report with every number that is not finite missing.
  fileprivate func checked(of name: String) -> RewardReport {
    var report = self
    report.score = score.value.map { Score(checking: $0, of: name) } ?? score
    report.components = components.map { component in
      guard let value = component.score.value else { return component }
      return RewardComponent(
        name: component.name, score: Score(checking: value, of: component.name))
    }
    return report
  }
}
