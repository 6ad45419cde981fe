public import Trajectories

/// A reward whose total is held within a range or filled in; its parts stay as they are.
public struct AdjustedReward<Base: GroupReward>: GroupReward {
  enum Adjustment: Sendable, Hashable {
    case clamp(ClosedRange<Double>)
    case fill(Double)
  }

  /// The base's.
  public var name: String { base.name }
  /// What is adjusted.
  public let base: Base
  let adjustment: Adjustment

  /// Those of the base.
  public var statefulParts: [any StatefulReward] { base.statefulParts }

  /// Judges and adjusts, member by member.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    try await base.memberReports(on: group).map(adjusted)
  }

  private func adjusted(_ report: RewardReport) -> RewardReport {
    var result = report
    if result[component: name] == nil {
      result.components.insert(RewardComponent(name: name, score: report.score), at: 0)
    }
    switch (adjustment, report.score) {
    case (.clamp(let range), .value(let value)):
      result.score = .value(min(max(value, range.lowerBound), range.upperBound))
    case (.fill(let value), .missing(let reason)):
      result.score = .value(value)
      result.notes.append("counted as \(value) because it is missing: \(reason)")
    case (.clamp, .missing), (.fill, .value): break
    }
    return result
  }
}

extension AdjustedReward: Reward where Base: Reward {
  /// Judges and adjusts.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    adjusted(try await base.report(on: trajectory))
  }
}

extension GroupReward {
  /// The same reward with its total held within a range; a missing score stays missing.
  ///
  /// - Precondition: the range's bounds are finite.
  public func clamped(to range: ClosedRange<Double>) -> AdjustedReward<Self> {
    precondition(
      range.lowerBound.isFinite && range.upperBound.isFinite, "a clamp needs finite bounds")
    return AdjustedReward(base: self, adjustment: .clamp(range))
  }

  /// The same reward with a number where its score is missing, and a note that says so.
  ///
  /// Systems that score what they could not judge as 0 punish the policy for their judge's failures.
  /// This reproduces them; leave it out otherwise.
  ///
  /// - Precondition: the number is finite.
  public func countingMissing(as value: Double) -> AdjustedReward<Self> {
    precondition(value.isFinite, "a missing score can't count as \(value)")
    return AdjustedReward(base: self, adjustment: .fill(value))
  }
}
