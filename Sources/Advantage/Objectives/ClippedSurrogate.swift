/// Proximal policy optimisation's clipped surrogate.
///
///     R = exp(current - old)
///     l = max(-A min(R, cap), -A clip(R, 1 - lower, 1 + upper))
///     l = min(l, -A dual)     where A < 0, if there is a dual clip
///
/// each times the weight that corrects for the sampler, if asked for.
///
/// A token pulled beyond the range in the direction of its advantage has gradient 0. The log-ratio
/// is held within ±20 before it is exponentiated, with gradient 0 outside.
///
/// An upper bound above the lower one is DAPO's clip-higher. A cap makes the clip two-sided: it
/// also bounds what a token of negative advantage may cost. With a cap of at least `1 + upper` it
/// is the dual clip under another name; below that it also tightens the upper bound where `A > 0`.
///
/// Evaluated in `Float`, alone or in a sum with ``KLPenalty``'s k3, it takes one pass; see
/// ``PolicyObjective/evaluate(_:)`` for what that means for the last digits.
///
/// Diagnostics: those of ``TokenwiseObjective``.
///
/// - Source: arXiv 1707.06347; DAPO (arXiv 2503.14476) for a higher upper bound; arXiv 1912.09729
///   for the dual clip; INTELLECT-2 (arXiv 2505.07291) for the two-sided one; checked against verl
///   `trainer/ppo/core_algos.py`.
/// - Differs: The dual clip is off unless asked for; verl has it always on, at 3. TRL and slime
///   hold no log-ratio.
public struct ClippedSurrogate: TokenwiseObjective, Hashable, Codable {
  /// How far below 1 the ratio may go.
  public var lower: Double
  /// How far above 1 the ratio may go.
  public var upper: Double
  /// The most that a token of negative advantage may cost, in units of its advantage.
  public var dualClip: Double?
  /// The most that the ratio may be where it is not clipped.
  public var cap: Double?
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// A surrogate with the range `0.8...1.2`, no dual clip, no cap and no correction unless told
  /// otherwise.
  ///
  /// - Parameters:
  ///   - lower: How far below 1 the ratio may go, in `0...1`.
  ///   - upper: How far above 1 the ratio may go, not negative.
  ///   - dualClip: The most that a token of negative advantage may cost, above 1; `nil` for no end.
  ///   - cap: The most that the ratio may be where it is not clipped, positive; `nil` for no end.
  ///   - correction: How tokens are weighed that another policy than `old` drew.
  public init(
    lower: Double = 0.2, upper: Double = 0.2, dualClip: Double? = nil, cap: Double? = nil,
    correction: SamplerCorrection = .none
  ) {
    precondition((0...1).contains(lower), "the lower clip must lie in 0...1, got \(lower)")
    precondition(upper >= 0, "the upper clip can't be negative, got \(upper)")
    precondition(dualClip.map { $0 > 1 } ?? true, "the dual clip must exceed 1")
    precondition(cap.map { $0 > 0 } ?? true, "the cap must be positive")
    self.lower = lower
    self.upper = upper
    self.dualClip = dualClip
    self.cap = cap
    self.correction = correction
  }

  /// `true`: a token's pull is a multiple of its advantage.
  public var vanishesWithoutAdvantage: Bool { true }

  /// What one token costs.
  public func term(for token: TokenNumbers) -> TokenTerm {
    let cost = -token.advantage
    let capped = min(token.ratio, cap ?? .infinity)
    let inRange = token.ratio.clamped(to: (1 - lower)...(1 + upper))
    let isWorse = cost * inRange > cost * capped
    let bounded = isWorse ? inRange : capped
    var term = TokenTerm(
      loss: cost * bounded, slope: bounded == token.ratio ? cost * token.ratioSlope : 0,
      isClipped: isWorse && inRange != token.ratio)
    if token.advantage < 0, let dualClip, cost * dualClip < term.loss {
      term.loss = cost * dualClip
      term.slope = 0
      term.isDualClipped = true
    }
    return term
  }
}
