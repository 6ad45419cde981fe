/// A reward, or a part of one, that moves on as a run goes on: rubrics that evolve or tighten, a weight
/// that follows a metric.
///
/// What it has become belongs into a checkpoint, or a run that is resumed is rewarded otherwise than
/// one that never stopped. A trainer finds it through ``GroupReward/statefulParts``, saves ``state``
/// and gives it back to ``restore(_:)``.
public protocol StatefulReward: AnyObject, Sendable {
  /// What is saved; every number of it is finite.
  associatedtype State: Codable & Sendable

  /// What it is called in a checkpoint.
  var name: String { get }

  /// Where it stands after everything that was judged.
  var state: State { get }

  /// Goes on from a checkpoint.
  ///
  /// - Throws: What is wrong with a state that does not fit.
  func restore(_ state: State) throws
}

/// A saved state does not fit the reward that should go on from it.
public struct UnfitState: Error, Hashable, CustomStringConvertible {
  /// What does not fit.
  public let description: String

  /// What does not fit.
  public init(_ description: String) { self.description = description }
}

extension GroupReward {
  /// None.
  public var statefulParts: [any StatefulReward] { [] }
}

extension GroupReward where Self: StatefulReward {
  /// Itself.
  public var statefulParts: [any StatefulReward] { [self] }
}
