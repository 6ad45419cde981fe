public import Rewards
public import Trajectories

/// A reward that judges everything alike.
public struct ConstantReward: Reward {
  /// What the component is called.
  public let name: String
  private let score: Score

  /// A reward that is always the same score, which may be missing.
  public init(_ score: Score, name: String = "constant") {
    self.score = score
    self.name = name
  }

  /// A reward that is always the same finite number.
  public init(_ value: Double, name: String = "constant") {
    self.init(Score(checking: value, of: name), name: name)
  }

  /// The score it was made with.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    RewardReport(score: score, components: [RewardComponent(name: name, score: score)])
  }
}
