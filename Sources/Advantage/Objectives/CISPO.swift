/// Clipped importance-sampling policy optimisation: every token keeps its gradient, and only the
/// weight it has is clipped.
///
///     R = exp(current - old)
///     l = -sg(clip(R, range)) A current
///
/// No gradient flows through the ratio, so the gradient is not the derivative of the loss, and the
/// loss itself says nothing about progress.
///
/// Diagnostics: those of ``TokenwiseObjective``; `clipFraction` counts ratios outside the range.
///
/// - Source: MiniMax-M1 (arXiv 2506.13585); checked against verl `compute_policy_loss_cispo`.
/// - Differs: verl writes the range as `1 - low ... 1 + high`, SkyRL's defaults give `0...5`; TRL's
///   `epsilon_high` is the upper bound itself, with no lower one.
public struct CISPO: TokenwiseObjective, Hashable, Codable {
  /// Between what the weight of a token is held.
  public var range: ClosedRange<Double>
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// A surrogate with weights in `0.8...1.2` and no correction unless told otherwise.
  ///
  /// - Precondition: the range does not begin below 0.
  public init(range: ClosedRange<Double> = 0.8...1.2, correction: SamplerCorrection = .none) {
    precondition(range.lowerBound >= 0, "a weight can't be negative, got \(range)")
    self.range = range
    self.correction = correction
  }

  /// `true`: a token's pull is a multiple of its advantage.
  public var vanishesWithoutAdvantage: Bool { true }

  /// What one token costs.
  public func term(for token: TokenNumbers) -> TokenTerm {
    let pull = -token.ratio.clamped(to: range) * token.advantage
    return TokenTerm(
      loss: pull * token.current, slope: pull, isClipped: !range.contains(token.ratio))
  }
}
