internal import Trajectories

/// KL-Cov: the unclipped surrogate, with a penalty on the tokens that would cost most entropy.
///
///     R = exp(current - old)
///     l = -A R                                  of most tokens
///         -A R + coefficient |current - old|    of a chosen token
///
/// Choose once per optimiser batch with ``choose(from:)`` and pass the choice in the input. The
/// log-ratio is held within ±20 before it is exponentiated, with gradient 0 outside.
///
/// Diagnostics: those of ``TokenwiseObjective``; `chosenFraction` is the share with a penalty.
///
/// - Source: arXiv 2505.22617; checked against verl `compute_policy_loss_kl_cov`.
/// - Differs: verl holds no log-ratio; SkyRL's fraction is 0.2.
public struct KLCov: TokenwiseObjective, Hashable, Codable {
  /// What a nat of a chosen token's log-ratio costs.
  public var coefficient: Double
  /// The share of the tokens that is chosen; at least one is.
  public var fraction: Double
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// A penalty of 1 on 0.02% of the tokens and no correction unless told otherwise.
  ///
  /// - Precondition: the coefficient is not negative, the fraction lies in `0...1`.
  public init(
    coefficient: Double = 1, fraction: Double = 2e-4, correction: SamplerCorrection = .none
  ) {
    precondition(coefficient >= 0, "the coefficient can't be negative, got \(coefficient)")
    precondition((0...1).contains(fraction), "the fraction must lie in 0...1, got \(fraction)")
    self.coefficient = coefficient
    self.fraction = fraction
    self.correction = correction
  }

  /// Old log-probabilities, advantages and the chosen tokens, and the sampler's log-probabilities
  /// for a correction.
  public var needs: ObjectiveNeeds {
    correction == .none
      ? [.old, .advantages, .chosenTokens] : [.old, .advantages, .chosenTokens, .sampler]
  }

  /// What one token costs.
  public func term(for token: TokenNumbers) -> TokenTerm {
    var term = TokenTerm(
      loss: -token.advantage * token.ratio, slope: -token.advantage * token.ratioSlope)
    if token.isChosen {
      term.loss += coefficient * abs(token.logRatio)
      if token.logRatio != 0 { term.slope += token.logRatio > 0 ? coefficient : -coefficient }
    }
    return term
  }

  /// The tokens of largest covariance; of equal ones the first.
  ///
  /// - Parameter input: The whole optimiser batch.
  /// - Throws: ``ObjectiveError`` when advantages are not there, or a number is not finite.
  /// - Complexity: O(N log N).
  public func choose(
    from input: ObjectiveInput<Double>
  ) throws(ObjectiveError) -> TokenChoice {
    let covariance = try TokenCovariance(input)
    let count = max(1, Int(fraction * Double(covariance.counted.count)))
    let values = covariance.values.values
    let ranked = covariance.counted.sorted { (values[$0], $1) > (values[$1], $0) }
    return TokenChoice(ranked.prefix(count), offsets: input.current.offsets)
  }
}
