/// Direct reward optimisation: the policy gradient, held back by the square of the log-ratio.
///
///     l = -(A current - β/2 (current - old)²)
///
/// Diagnostics: those of ``TokenwiseObjective``.
///
/// - Source: arXiv 2405.19107; checked against verl `compute_policy_loss_dro`.
public struct DRO: TokenwiseObjective, Hashable, Codable {
  /// β: how strongly a log-ratio is held back.
  public var strength: Double
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// An objective of some strength, without a correction unless asked for.
  ///
  /// - Precondition: the strength is positive.
  public init(strength: Double, correction: SamplerCorrection = .none) {
    precondition(strength > 0, "the strength must be positive, got \(strength)")
    self.strength = strength
    self.correction = correction
  }

  /// What one token costs.
  public func term(for token: TokenNumbers) -> TokenTerm {
    let logRatio = token.logRatio
    return TokenTerm(
      loss: strength / 2 * logRatio * logRatio - token.advantage * token.current,
      slope: strength * logRatio - token.advantage)
  }
}
