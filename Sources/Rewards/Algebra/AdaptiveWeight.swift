internal import Synchronization

/// A weight that rises while a metric is below its target and falls while it is above.
///
///     weight ← weight + rate · (target − observed), held within the range
///
/// A negative rate turns it round: the weight then falls while the metric is below. Tell it what a
/// step measured with ``observe(_:)`` after the step, so that all trajectories of one step meet the
/// same weight. ``state`` goes into the checkpoint.
public final class AdaptiveWeight: StatefulReward {
  /// `adaptiveWeight`.
  public var name: String { "adaptiveWeight" }
  /// What the metric should be.
  public let target: Double
  /// How far the weight moves for each unit that the metric is off.
  public let rate: Double
  /// Where the weight stays.
  public let range: ClosedRange<Double>
  private let current: Mutex<Double>

  /// A weight that starts at a value.
  ///
  /// - Precondition: all numbers are finite and `start` is within the range.
  public init(
    startingAt start: Double, target: Double, rate: Double, range: ClosedRange<Double>
  ) {
    precondition(
      [start, target, rate, range.lowerBound, range.upperBound].allSatisfy(\.isFinite),
      "an adaptive weight's numbers must be finite")
    precondition(range.contains(start), "the start \(start) is outside of \(range)")
    self.target = target
    self.rate = rate
    self.range = range
    current = Mutex(start)
  }

  /// The weight now.
  public var value: Double { current.withLock { $0 } }

  /// The weight, for a checkpoint; setting it holds it within the range and ignores what is not
  /// finite.
  public var state: Double {
    get { value }
    set {
      guard newValue.isFinite else { return }
      current.withLock { $0 = held(newValue) }
    }
  }

  /// Goes on from a checkpoint, like setting ``state``.
  public func restore(_ state: Double) { self.state = state }

  /// Moves the weight by what a step measured; a number that is not finite moves nothing.
  public func observe(_ metric: Double) {
    guard metric.isFinite else { return }
    current.withLock { $0 = held($0 + rate * (target - metric)) }
  }

  private func held(_ weight: Double) -> Double {
    min(max(weight, range.lowerBound), range.upperBound)
  }
}

extension AdaptiveWeight: Hashable {
  /// Whether two are the same object.
  public static func == (left: AdaptiveWeight, right: AdaptiveWeight) -> Bool { left === right }

  /// Feeds the identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
