public import Trajectories

/// A reward under another name, so that two of a kind can stand in one sum.
public struct RenamedReward<Base: GroupReward>: GroupReward {
  /// The new name.
  public let name: String
  private let base: Base

  init(_ base: Base, name: String) {
    self.base = base
    self.name = name
  }

  /// Those of the base.
  public var statefulParts: [any StatefulReward] { base.statefulParts }

  /// The base's reports; a component that carried the base's name carries the new one.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    try await base.memberReports(on: group).map(renamed)
  }

  private func renamed(_ report: RewardReport) -> RewardReport {
    var report = report
    report.components = report.components.map {
      $0.name == base.name ? RewardComponent(name: name, score: $0.score) : $0
    }
    return report
  }
}

extension RenamedReward: Reward where Base: Reward {
  /// The base's report; a component that carried the base's name carries the new one.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    renamed(try await base.report(on: trajectory))
  }
}

extension GroupReward {
  /// The same reward under another name.
  public func named(_ name: String) -> RenamedReward<Self> {
    RenamedReward(self, name: name)
  }
}
