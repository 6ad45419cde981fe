/// Policy optimisation with a trust region of divergence: a token is left out once its probability,
/// not its ratio, has moved too far.
///
///     R = exp(current - old),   p = exp(current),   q = exp(old)
///     l = -A sg(min(R, cap)) current     while inside the region, else 0
///
/// A token is outside when it has moved in the direction of its advantage (up for `A > 0`, else
/// down) by a divergence above the bound of that direction:
///
///     total variation     |p - q|
///     binary KL           q log(q / p) + (1 - q) log((1 - q) / (1 - p))
///
/// where 1e-8 is added to each probability of the second. A rare token may so become many times
/// likelier, and a sure one hardly less sure. No gradient flows through the ratio, so the gradient
/// is not the derivative of the loss.
///
/// Diagnostics: those of ``TokenwiseObjective``; `clipFraction` counts tokens outside the region,
/// `dualClipFraction` those inside whose ratio exceeds the cap.
///
/// - Source: arXiv 2602.04879; checked against verl `compute_policy_loss_dppo_tv` and `_dppo_kl`.
public struct DPPO: TokenwiseObjective, Hashable, Codable {
  /// How far a token has moved.
  public enum Divergence: String, Sendable, Hashable, Codable, CaseIterable {
    /// The difference of its probabilities.
    case totalVariation
    /// The divergence of "this token or another" under old from the same under current.
    case binaryKL
  }

  /// How far a token has moved.
  public var divergence: Divergence
  /// How far a token may move down where the advantage is negative or 0.
  public var lower: Double
  /// How far a token may move up where the advantage is positive.
  public var upper: Double
  /// The most that a ratio counts.
  public var cap: Double
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// A region of 0.2 both ways, ratios up to 20 and no correction unless told otherwise.
  ///
  /// - Precondition: the bounds are not negative and the cap is positive.
  public init(
    _ divergence: Divergence = .totalVariation, lower: Double = 0.2, upper: Double = 0.2,
    cap: Double = 20, correction: SamplerCorrection = .none
  ) {
    precondition(
      lower >= 0 && upper >= 0, "the bounds can't be negative, got \(lower) and \(upper)")
    precondition(cap > 0, "the cap must be positive, got \(cap)")
    self.divergence = divergence
    self.lower = lower
    self.upper = upper
    self.cap = cap
    self.correction = correction
  }

  /// What one token costs.
  public func term(for token: TokenNumbers) -> TokenTerm {
    guard isInside(token) else { return TokenTerm(loss: 0, slope: 0, isClipped: true) }
    let pull = -token.advantage * min(token.ratio, cap)
    return TokenTerm(loss: pull * token.current, slope: pull, isDualClipped: token.ratio > cap)
  }

  private func isInside(_ token: TokenNumbers) -> Bool {
    let isUp = token.advantage > 0
    let now = exponential(min(token.current, 0))
    let before = exponential(min(token.old, 0))
    if isUp ? now <= before : now >= before { return true }
    return distance(from: before, to: now) <= (isUp ? upper : lower)
  }

  private func distance(from before: Double, to now: Double) -> Double {
    switch divergence {
    case .totalVariation: abs(now - before)
    case .binaryKL:
      before * logarithm((before + 1e-8) / (now + 1e-8))
        + (1 - before) * logarithm((1 - before + 1e-8) / (1 - now + 1e-8))
    }
  }
}
