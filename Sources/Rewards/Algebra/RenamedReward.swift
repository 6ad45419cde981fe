public import Trajectories

/// A reward under another name, so that two of a kind can stand in one sum.
public struct RenamedReward: Reward {
  /// The new name.
  public let name: String
  private let base: any Reward

  init(_ base: any Reward, name: String) {
    self.base = base
    self.name = name
  }

  /// The base's report; a component that carried the base's name carries the new one.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    var report = try await base.report(on: trajectory)
    report.components = report.components.map {
      $0.name == base.name ? RewardComponent(name: name, score: $0.score) : $0
    }
    return report
  }
}

extension Reward {
  /// The same reward under another name.
  public func named(_ name: String) -> RenamedReward {
    RenamedReward(self, name: name)
  }
}
