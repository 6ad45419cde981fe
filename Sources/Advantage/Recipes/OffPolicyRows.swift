public import Trajectories

/// Drops rows of negative advantage that the current policy has moved away from.
///
///     factor = 0     where A < 0 and mean over the row of (anchor - current) > threshold
///     factor = 1     elsewhere
///
/// Pushing down what the policy would hardly say any more is where stale data does harm; pushing up
/// is always kept. The distance is a constant of the loss.
///
/// - Source: DeepSeek-V3.2 (arXiv 2512.02556), "off-policy sequence masking"; TRL
///   `grpo_trainer.py` (`off_policy_mask_threshold`), slime `ppo_utils.py` (`opsm_delta`).
public struct OffPolicyRows: AdvantageWeighting, Hashable, Codable {
  /// Whose log-probabilities the current ones are compared with.
  public enum Anchor: String, Sendable, Hashable, Codable, CaseIterable {
    /// The policy before the first update on this data: slime.
    case old
    /// The policy that drew the tokens, so that its mismatch counts too: TRL.
    case sampler
  }

  /// The most nats per token that the policy may have moved away.
  public var threshold: Double
  /// Whose log-probabilities the current ones are compared with.
  public var anchor: Anchor

  /// A mask over rows.
  ///
  /// - Precondition: the threshold is not negative.
  public init(threshold: Double, anchor: Anchor = .sampler) {
    precondition(threshold >= 0, "an off-policy threshold can't be negative, got \(threshold)")
    self.threshold = threshold
    self.anchor = anchor
  }

  /// Advantages and the anchor's log-probabilities.
  public var needs: ObjectiveNeeds {
    anchor == .old ? [.advantages, .old] : [.advantages, .sampler]
  }

  /// 0 for tokens of negative advantage in rows that have moved too far, 1 for all others.
  public func factors(for input: ObjectiveInput<Double>) -> Ragged<Double> {
    var factors = Array(repeating: 1.0, count: input.current.values.count)
    let before = anchor == .old ? input.old : input.sampler
    guard let before, let advantages = input.advantages else {
      return input.current.with(factors)
    }
    for row in 0..<input.current.rowCount {
      let tokens = input.current.range(ofRow: row)
      let distance = tokens.reduce(0.0) { $0 + before.values[$1] - input.current.values[$1] }
      guard distance > threshold * Double(tokens.count) else { continue }
      for token in tokens where advantages.values[token] < 0 { factors[token] = 0 }
    }
    return input.current.with(factors)
  }
}
