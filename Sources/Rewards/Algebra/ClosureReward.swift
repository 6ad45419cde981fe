public import Trajectories

/// A reward from a function of your own.
///
///     let brevity = ClosureReward("brevity") { 1 / Double($0.turnCount) }
///
/// A number that is not finite becomes a missing score that says so.
public struct ClosureReward: Reward {
  /// What the component is called.
  public let name: String
  private let judge: @Sendable (Trajectory) async throws -> Score

  /// A reward that is a number for every trajectory.
  public init(_ name: String, _ value: @escaping @Sendable (Trajectory) async throws -> Double) {
    self.name = name
    judge = { Score(checking: try await value($0), of: name) }
  }

  /// A reward that can be missing.
  public init(_ name: String, _ score: @escaping @Sendable (Trajectory) async throws -> Score) {
    self.name = name
    judge = score
  }

  /// What the function says.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    var score = try await judge(trajectory)
    if case .value(let value) = score { score = Score(checking: value, of: name) }
    return .single(name, score)
  }
}
