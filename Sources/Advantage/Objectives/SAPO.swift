/// Soft adaptive policy optimisation: a smooth gate in place of the clip.
///
///     R = exp(current - old)
///     l = -A (4 / τ) sigmoid(τ (R - 1))
///
/// with a temperature τ for `A > 0` and another for `A <= 0`. At `R = 1` the gradient is the
/// policy gradient's; it fades on both sides, faster for a larger τ.
///
/// Diagnostics: those of ``TokenwiseObjective``; nothing is clipped.
///
/// - Source: arXiv 2511.20347; checked against verl `compute_policy_loss_sapo`.
public struct SAPO: TokenwiseObjective, Hashable, Codable {
  /// τ where the advantage is positive.
  public var positiveTemperature: Double
  /// τ where the advantage is negative or 0.
  public var negativeTemperature: Double
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// A gate with temperatures 1 and 1.05 and no correction unless told otherwise.
  ///
  /// - Precondition: both temperatures are positive.
  public init(
    positiveTemperature: Double = 1, negativeTemperature: Double = 1.05,
    correction: SamplerCorrection = .none
  ) {
    precondition(
      positiveTemperature > 0 && negativeTemperature > 0,
      "temperatures must be positive, got \(positiveTemperature) and \(negativeTemperature)")
    self.positiveTemperature = positiveTemperature
    self.negativeTemperature = negativeTemperature
    self.correction = correction
  }

  /// What one token costs.
  public func term(for token: TokenNumbers) -> TokenTerm {
    let temperature = token.advantage > 0 ? positiveTemperature : negativeTemperature
    let distance = temperature * (token.ratio - 1)
    let (gate, rest) = (sigmoid(distance), sigmoid(-distance))
    return TokenTerm(
      loss: -token.advantage * 4 / temperature * gate,
      slope: -token.advantage * 4 * gate * rest * token.ratioSlope)
  }
}

/// `1 / (1 + exp(-x))`, without overflow.
private func sigmoid(_ x: Double) -> Double {
  let small = exponential(-abs(x))
  return (x < 0 ? small : 1) / (1 + small)
}
