public import Trajectories

/// How good the rollouts of one task were, each seen beside the others.
///
/// For rewards that compare: a bonus for the shortest right answer, a part that is divided by the
/// group's best, a tournament. A ``Reward`` conforms by judging each member for itself, so whoever
/// takes a `GroupReward` takes both.
public protocol GroupReward: Sendable {
  /// What its component is called in logs, in lower camel case.
  var name: String { get }

  /// Judges the members of a group: one report per member, in their order; none for an empty group.
  ///
  /// A member that can't be judged has a missing score; it must not shift what the others get.
  ///
  /// - Throws: Only what should stop the run, and `CancellationError`.
  func reports(on group: TrajectoryGroup) async throws -> [RewardReport]

  /// Everything in it that moves on as a run goes on, in an order that never changes; none unless
  /// told otherwise.
  ///
  /// A reward made of others hands on theirs.
  var statefulParts: [any StatefulReward] { get }
}

extension Reward {
  /// Judges the members one by one, concurrently.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    try await concurrently(group.members) { try await report(on: $0) }
  }
}

/// Transforms elements concurrently; the results stand in the order of the elements.
func concurrently<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ transform: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
  if elements.count == 1 { return [try await transform(elements[0])] }
  return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    for (index, element) in elements.enumerated() {
      group.addTask { (index, try await transform(element)) }
    }
    var results = [Result?](repeating: nil, count: elements.count)
    for try await (index, result) in group { results[index] = result }
    return results.compactMap(\.self)
  }
}
