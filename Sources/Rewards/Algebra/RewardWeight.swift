#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a reward is multiplied by, which may change as a run goes on.
///
///     let reward = ExactMatch() + RewardWeight.linear(from: 0.5, to: 0, over: 0..<200) * thoughts
///
/// A weight is a pure function of the run's step, so a run that is resumed goes on with the weight
/// it would have had; only ``adaptive(_:)`` has a state, which is saved with a checkpoint. The step
/// is ``Trajectories/RolloutID/step`` of the trajectory that is judged.
public struct RewardWeight: Sendable, Hashable {
  enum Shape: Sendable, Hashable {
    case constant
    case linear(from: Double, to: Double, over: Range<Int>)
    case cosine(from: Double, to: Double, over: Range<Int>)
    case staged(first: Double, then: [Stage])
    case adaptive(AdaptiveWeight)
  }

  /// From a step on, a weight.
  public struct Stage: Sendable, Hashable, Codable {
    /// The first step of the stage.
    public let step: Int
    /// Its weight.
    public let weight: Double

    /// A stage.
    public init(from step: Int, weight: Double) {
      self.step = step
      self.weight = weight
    }
  }

  private let factor: Double
  private let shape: Shape

  /// The same at every step.
  ///
  /// - Precondition: `weight` is finite.
  public static func constant(_ weight: Double) -> RewardWeight {
    RewardWeight(factor: weight, shape: .constant)
  }

  /// A straight line.
  ///
  ///     t = (step − lowerBound) / (upperBound − lowerBound), held within 0…1
  ///     weight = start + (end − start) · t
  ///
  /// - Precondition: both ends are finite and the range is not empty.
  public static func linear(
    from start: Double, to end: Double, over steps: Range<Int>
  ) -> RewardWeight {
    check(start, end, steps)
    return RewardWeight(factor: 1, shape: .linear(from: start, to: end, over: steps))
  }

  /// Half a cosine: slow at both ends.
  ///
  ///     t = (step − lowerBound) / (upperBound − lowerBound), held within 0…1
  ///     weight = end + (start − end) · (1 + cos(π · t)) / 2
  ///
  /// - Precondition: both ends are finite and the range is not empty.
  public static func cosine(
    from start: Double, to end: Double, over steps: Range<Int>
  ) -> RewardWeight {
    check(start, end, steps)
    return RewardWeight(factor: 1, shape: .cosine(from: start, to: end, over: steps))
  }

  /// A staircase: the weight of the last stage that has begun, `first` before all of them.
  ///
  /// - Precondition: weights are finite and the stages' steps ascend.
  public static func staged(_ first: Double, then stages: [Stage]) -> RewardWeight {
    precondition(
      first.isFinite && stages.allSatisfy { $0.weight.isFinite }, "weights must be finite")
    precondition(
      zip(stages, stages.dropFirst()).allSatisfy { $0.step < $1.step },
      "the stages' steps must ascend")
    return RewardWeight(factor: 1, shape: .staged(first: first, then: stages))
  }

  /// A weight that follows a metric.
  public static func adaptive(_ weight: AdaptiveWeight) -> RewardWeight {
    RewardWeight(factor: 1, shape: .adaptive(weight))
  }

  /// The weight at a step of the run.
  public func value(at step: Int) -> Double {
    switch shape {
    case .constant: factor
    case .linear(let start, let end, let steps):
      factor * (start + (end - start) * Self.progress(step, steps))
    case .cosine(let start, let end, let steps):
      factor * (end + (start - end) * (1 + cos(.pi * Self.progress(step, steps))) / 2)
    case .staged(let first, let stages):
      factor * (stages.last { $0.step <= step }?.weight ?? first)
    case .adaptive(let weight): factor * weight.value
    }
  }

  /// The weight itself if it adapts, which is the only kind that has a state.
  var statefulParts: [any StatefulReward] {
    if case .adaptive(let weight) = shape { [weight] } else { [] }
  }

  /// The weight times a number.
  ///
  /// - Precondition: the number is finite.
  public static func * (number: Double, weight: RewardWeight) -> RewardWeight {
    RewardWeight(factor: number * weight.factor, shape: weight.shape)
  }

  private init(factor: Double, shape: Shape) {
    precondition(factor.isFinite, "a weight must be finite, got \(factor)")
    self.factor = factor
    self.shape = shape
  }

  private static func check(_ start: Double, _ end: Double, _ steps: Range<Int>) {
    precondition(start.isFinite && end.isFinite, "weights must be finite, got \(start) and \(end)")
    precondition(!steps.isEmpty, "a schedule needs at least one step")
  }

  private static func progress(_ step: Int, _ steps: Range<Int>) -> Double {
    let held = min(max(step, steps.lowerBound), steps.upperBound)
    return (Double(held) - Double(steps.lowerBound)) / Double(steps.count)
  }
}
