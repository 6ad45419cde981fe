/// An entropy bonus that steps in when the policy becomes too sure.
///
/// After each optimiser step the coefficient moves by `step` up if the entropy was at or below the
/// target and down if it was above, inside of a range. It applies only while the last entropy seen
/// was at or below the target, so a policy that is unsure enough gets no bonus.
///
///     let objective = ClippedSurrogate() + coefficient.applied * EntropyBonus()
///
/// Nothing applies before the first observation.
///
/// - Source: Skywork-OR1 (arXiv 2505.22312); checked against TRL `trainer/grpo_trainer.py`.
public struct AdaptiveEntropyCoefficient: Sendable, Hashable, Codable {
  /// The coefficient now, whether it applies or not.
  public private(set) var value: Double
  /// The entropy to stay above, in nats per token.
  public let target: Double
  /// By how much the coefficient moves.
  public let step: Double
  /// Where it may move.
  public let range: ClosedRange<Double>
  /// The entropy seen last.
  public private(set) var lastEntropy: Double?

  /// A coefficient that starts somewhere.
  ///
  /// - Precondition: the range is not negative and holds the start, `step` is positive.
  public init(
    startingAt value: Double = 0, target: Double, step: Double = 0.005,
    range: ClosedRange<Double> = 0...1
  ) {
    precondition(
      range.lowerBound >= 0 && range.contains(value),
      "a coefficient starts inside of its range, got \(value) for \(range)")
    precondition(step > 0 && target.isFinite, "the step must be positive and the target finite")
    self.value = value
    self.target = target
    self.step = step
    self.range = range
  }

  /// What to scale the bonus with now.
  public var applied: Double {
    guard let lastEntropy else { return 0 }
    return lastEntropy <= target ? value : 0
  }

  /// Follows the mean entropy per token of an optimiser step; one that is not finite changes
  /// nothing.
  public mutating func observe(_ entropy: Double) {
    guard entropy.isFinite else { return }
    lastEntropy = entropy
    value = (entropy <= target ? value + step : value - step).clamped(to: range)
  }
}
