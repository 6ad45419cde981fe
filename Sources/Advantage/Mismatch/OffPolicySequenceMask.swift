internal import Trajectories

/// Takes rows out of the surrogate that were bad and that the policy has since moved away from.
///
///     dropped where A < 0 and mean over the row of (anchor - current) > threshold
///
/// A dropped token's advantage is 0 for the surrogate inside, which is proportional to it; penalties
/// added outside still see all tokens, and the denominator stays. The mask is a constant of the
/// loss, so the gradient differs from the derivative only where a row crosses the threshold.
///
///     let objective = OffPolicySequenceMask(ClippedSurrogate(), threshold: 0.5) + 0.001 * KLPenalty()
///
/// Diagnostics: those of the surrogate, and `offPolicyDropped`, the share of tokens dropped.
///
/// - Source: DeepSeek-V3.2 (arXiv 2512.02556); checked against TRL `get_off_policy_mask` and slime
///   `compute_opsm_mask`.
public struct OffPolicySequenceMask: PolicyObjective {
  /// Which policy the current one is compared with.
  public enum Anchor: String, Sendable, Hashable, Codable, CaseIterable {
    /// The one that drew the tokens.
    case sampler
    /// The one before the first update on this data.
    case old
  }

  /// The surrogate whose rows are dropped.
  public let surrogate: any PolicyObjective
  /// How far a row may be from its anchor, in nats per token.
  public let threshold: Double
  /// Which policy the current one is compared with.
  public let anchor: Anchor

  /// A masked surrogate.
  ///
  /// - Precondition: the threshold is not NaN.
  public init(
    _ surrogate: some PolicyObjective, threshold: Double, anchor: Anchor = .sampler
  ) {
    precondition(!threshold.isNaN, "a threshold must be a number")
    self.surrogate = surrogate
    self.threshold = threshold
    self.anchor = anchor
  }

  /// What the surrogate needs, advantages, and the anchor's log-probabilities.
  public var needs: ObjectiveNeeds {
    surrogate.needs.union([.advantages, anchor == .old ? .old : .sampler])
  }

  /// Whether the surrogate's gradient does.
  public var vanishesWithoutAdvantage: Bool { surrogate.vanishesWithoutAdvantage }

  /// The surrogate's loss without the dropped rows.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    let anchored = anchor == .old ? input.old : input.sampler
    guard var advantages = input.advantages, let anchored else {
      return ObjectiveResult(unmoved: input)
    }
    var (count, dropped) = (0.0, 0.0)
    for (row, weight) in input.weights.perToken.enumerated() where weight > 0 {
      let range = input.current.range(ofRow: row)
      count += Double(range.count)
      let distance = range.reduce(0.0) {
        $0 + (anchored.values[$1] - input.current.values[$1])
      }
      guard distance > threshold * Double(range.count) else { continue }
      for token in range where advantages.values[token] < 0 {
        advantages.values[token] = 0
        dropped += 1
      }
    }
    var masked = input
    masked.advantages = advantages
    var result = surrogate.result(for: masked)
    result.diagnostics.addMean(.offPolicyDropped, total: dropped, count: count)
    return result
  }
}

extension Diagnostics.Name {
  /// Share of tokens dropped because their row was bad and is no longer likely.
  public static let offPolicyDropped: Self = "off_policy/dropped_fraction"
}
