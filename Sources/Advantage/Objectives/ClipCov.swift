public import RandomStreams
internal import Trajectories

/// Clip-Cov: the clipped surrogate, without a few of the tokens that would cost most entropy.
///
///     l = 0 for a chosen token, else the surrogate's
///
/// Choose once per optimiser batch with ``choose(from:drawing:)`` and pass the choice in the
/// input.
///
/// Diagnostics: those of ``TokenwiseObjective``; `chosenFraction` is the share that was left out.
///
/// - Source: arXiv 2505.22617; checked against verl `compute_policy_loss_clip_cov`.
public struct ClipCov: TokenwiseObjective, Hashable, Codable {
  /// The surrogate of the other tokens.
  public var surrogate: ClippedSurrogate
  /// The share of the tokens that is left out at most; at least one is, where there is a candidate.
  public var fraction: Double
  /// Between which covariances, both excluded, a token is a candidate.
  public var range: ClosedRange<Double>

  /// Leaves out at most 0.02% of the tokens, with covariances in `1...5`, unless told otherwise.
  ///
  /// - Precondition: the fraction lies in `0...1`.
  public init(
    _ surrogate: ClippedSurrogate = ClippedSurrogate(), fraction: Double = 2e-4,
    range: ClosedRange<Double> = 1...5
  ) {
    precondition((0...1).contains(fraction), "the fraction must lie in 0...1, got \(fraction)")
    self.surrogate = surrogate
    self.fraction = fraction
    self.range = range
  }

  /// That of the surrogate.
  public var correction: SamplerCorrection { surrogate.correction }

  /// What the surrogate needs, and the chosen tokens.
  public var needs: ObjectiveNeeds { surrogate.needs.union(.chosenTokens) }

  /// What one token costs.
  public func term(for token: TokenNumbers) -> TokenTerm {
    token.isChosen ? .nothing : surrogate.term(for: token)
  }

  /// Draws the tokens to leave out, without replacement, from all candidates.
  ///
  /// A candidate counts, is not clipped, and has a covariance inside the range. Where there are no
  /// more candidates than may be left out, all are chosen and nothing is drawn.
  ///
  /// - Parameters:
  ///   - input: The whole optimiser batch.
  ///   - random: What is drawn from; the same stream chooses the same tokens.
  /// - Throws: ``ObjectiveError`` when old log-probabilities or advantages are not there, or a
  ///   number is not finite.
  /// - Complexity: O(N).
  public func choose(
    from input: ObjectiveInput<Double>, drawing random: inout RandomStream
  ) throws(ObjectiveError) -> TokenChoice {
    guard let old = input.old else { throw .missing(.old) }
    let covariance = try TokenCovariance(input)
    let candidates = covariance.counted.filter { index in
      let value = covariance.values.values[index]
      let token = TokenNumbers(
        current: input.current.values[index], old: old.values[index],
        advantage: input.advantages?.values[index] ?? 0)
      return value > range.lowerBound && value < range.upperBound
        && !surrogate.term(for: token).isClipped
    }
    let count = max(1, Int(fraction * Double(covariance.counted.count)))
    let chosen =
      candidates.count <= count
      ? candidates[...] : random.shuffled(candidates).prefix(count)
    return TokenChoice(chosen, offsets: input.current.offsets)
  }
}
