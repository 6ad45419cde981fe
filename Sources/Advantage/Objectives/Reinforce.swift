/// The plain policy gradient: minus advantage times log-probability.
///
///     l = -A current
///
/// times the weight that corrects for the sampler, if asked for. There is no ratio and no clip, so
/// it is unbiased only for tokens drawn by the weights being trained, or with a correction whose
/// `old` log-probabilities are those weights' own. The loss of GPG is the same; its advantage is
/// what differs.
///
/// Diagnostics: those of ``TokenwiseObjective``.
///
/// - Source: R. Williams, "Simple statistical gradient-following algorithms" (1992); GPG (arXiv
///   2504.02546); checked against verl `compute_policy_loss_reinforce` and `_gpg`.
public struct Reinforce: TokenwiseObjective, Hashable, Codable {
  /// How tokens are weighed that another policy drew.
  public var correction: SamplerCorrection

  /// A policy gradient, without a correction unless asked for.
  public init(correction: SamplerCorrection = .none) { self.correction = correction }

  /// Advantages; old and the sampler's log-probabilities for a correction.
  public var needs: ObjectiveNeeds {
    correction == .none ? .advantages : [.advantages, .old, .sampler]
  }

  /// `true`: a token's pull is a multiple of its advantage.
  public var vanishesWithoutAdvantage: Bool { true }

  /// What one token costs.
  public func term(for token: TokenNumbers) -> TokenTerm {
    TokenTerm(loss: -token.advantage * token.current, slope: -token.advantage)
  }
}
