public import Trajectories

/// One reward times another: good only where both are.
///
///     score = left · right
///
/// Missing if either is missing, also when the other is 0. Both stand in the report under their
/// names. The credits of each are multiplied by the score of the other: what a place would add to
/// the product if it were worth a little more.
public struct ProductReward<Left: GroupReward, Right: GroupReward>: GroupReward {
  /// `product`; see ``GroupReward/named(_:)``.
  public var name: String { "product" }
  /// The first factor.
  public let left: Left
  /// The second factor.
  public let right: Right

  init(_ left: Left, _ right: Right) {
    precondition(
      left.name != right.name,
      "two factors are called \(left.name); give one another name with named(_:)")
    self.left = left
    self.right = right
  }

  /// Those of both.
  public var statefulParts: [any StatefulReward] { left.statefulParts + right.statefulParts }

  /// Judges both and multiplies, member by member.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    async let lefts = left.memberReports(on: group)
    async let rights = right.memberReports(on: group)
    return zip(try await lefts, try await rights).map(product)
  }

  private func product(_ left: RewardReport, _ right: RewardReport) -> RewardReport {
    var result = RewardReport(score: .value(1))
    result.explain(with: left, of: self.left.name, factor: right.score.value ?? 0)
    result.explain(with: right, of: self.right.name, factor: left.score.value ?? 0)
    result.score = result.score.combined(with: left.score, of: self.left.name, *)
      .combined(with: right.score, of: self.right.name, *)
    return result
  }
}

extension ProductReward: Reward where Left: Reward, Right: Reward {
  /// Judges both and multiplies.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    async let left = left.report(on: trajectory)
    async let right = right.report(on: trajectory)
    return product(try await left, try await right)
  }
}

extension GroupReward {
  /// One reward times another.
  ///
  /// - Precondition: the two have different names.
  public static func * <Other: GroupReward>(
    left: Self, right: Other
  ) -> ProductReward<Self, Other> {
    ProductReward(left, right)
  }
}
