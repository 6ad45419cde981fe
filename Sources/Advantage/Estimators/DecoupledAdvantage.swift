internal import Trajectories

/// Generalised advantage estimation that looks further for the critic than for the policy.
///
///     A[t] = delta[t] + gamma lambda A[t+1]                    with the policy's lambda
///     G[t] = V[t] + delta[t] + gamma lambda' (G[t+1] - V[t+1])  with the critic's lambda'
///
/// A critic that learns from returns with λ = 1 has no bias of its own in its targets, while the
/// policy keeps the lower variance of a smaller λ. The policy's λ may depend on how many tokens of a
/// row are selected. Everything else is as in ``GeneralizedAdvantage``.
///
/// - Source: VC-PPO (arXiv 2503.01491) for ``vcPPO``, VAPO (arXiv 2504.05118) for ``vapo``.
/// - Differs: the papers don't say what happens to rows shorter than 1/α, for which 1 - 1/(αl) is
///   negative; here λ is 0 for them.
public struct DecoupledAdvantage: AdvantageEstimator, Hashable, Codable {
  /// How far the policy looks.
  public enum Trace: Sendable, Hashable, Codable {
    /// The same λ for all rows, in `0...1`.
    case constant(Double)
    /// `max(0, 1 - 1 / (alpha * length))` for a row of `length` selected tokens.
    case lengthAdaptive(alpha: Double)

    /// The λ of a row.
    public func lambda(forLength length: Int) -> Double {
      switch self {
      case .constant(let lambda): lambda
      case .lengthAdaptive(let alpha): max(0, 1 - 1 / (alpha * Double(max(length, 1))))
      }
    }
  }

  /// How much a reward one selected token later is worth, in `0...1`.
  public var discount: Double
  /// How far the policy looks.
  public var policyTrace: Trace
  /// How far the critic looks, in `0...1`.
  public var criticLambda: Double
  /// How the advantages of the batch are normalised; `nil` leaves them.
  public var whitening: Whitening?

  /// An estimator.
  ///
  /// - Parameters:
  ///   - discount: The discount γ per selected token, in `0...1`.
  ///   - policyTrace: How far the policy looks; a constant lies in `0...1`, an alpha is positive.
  ///   - criticLambda: How far the critic looks, in `0...1`.
  ///   - whitening: How the advantages of the batch are normalised; `nil` leaves them.
  public init(
    discount: Double = 1, policyTrace: Trace, criticLambda: Double = 1,
    whitening: Whitening? = Whitening()
  ) {
    precondition((0...1).contains(discount), "discount must lie in 0...1, got \(discount)")
    precondition(
      (0...1).contains(criticLambda), "criticLambda must lie in 0...1, got \(criticLambda)")
    switch policyTrace {
    case .constant(let lambda):
      precondition((0...1).contains(lambda), "lambda must lie in 0...1, got \(lambda)")
    case .lengthAdaptive(let alpha):
      precondition(alpha.isFinite && alpha > 0, "alpha must be positive, got \(alpha)")
    }
    self.discount = discount
    self.policyTrace = policyTrace
    self.criticLambda = criticLambda
    self.whitening = whitening
  }

  /// λ = 0.95 for the policy and 1 for the critic.
  public static let vcPPO = DecoupledAdvantage(policyTrace: .constant(0.95))

  /// λ = 1 - 1/(0.05 l) for the policy and 1 for the critic.
  public static let vapo = DecoupledAdvantage(policyTrace: .lengthAdaptive(alpha: 0.05))

  /// Advantages with the policy's λ, returns with the critic's.
  ///
  /// - Throws: as ``GeneralizedAdvantage/credit(for:)``.
  /// - Complexity: O(N).
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    let (trace, criticLambda) = (policyTrace, criticLambda)
    var advantages = try TemporalDifference(
      discount: discount, lambda: { trace.lambda(forLength: rows.range(ofRow: $0).count) })(
        rows, for: "DecoupledAdvantage"
      ).advantages
    let returns = try TemporalDifference(discount: discount, lambda: { _ in criticLambda })(
      rows, for: "DecoupledAdvantage"
    ).returns
    if let whitening { advantages = try rows.normalised(advantages, by: whitening) }
    return Credit(
      advantages: Ragged(values: advantages, offsets: rows.offsets),
      returns: Ragged(values: returns, offsets: rows.offsets))
  }
}
