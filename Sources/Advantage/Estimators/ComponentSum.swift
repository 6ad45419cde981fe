internal import Trajectories

/// Compares several rewards apart from each other, then adds what they say.
///
///     A[i] = sum over components c of weight[c] * part(scores of c)[i]
///
/// A component of large spread does not drown the others, and two rollouts that earn the same sum
/// in different ways get different advantages. A rollout for which a component is missing gets
/// nothing from it and stays out of its statistics.
///
/// - Source: GDPO (arXiv 2601.05242), checked against verl `compute_gdpo_outcome_advantage` and TRL
///   `normalize_then_sum`; LongWriter-Zero (arXiv 2506.18841) for ``longWriterZero``.
public struct ComponentSum<Part: RolloutEstimator>: RolloutEstimator {
  /// What each component weighs; components that are not named take no part.
  ///
  /// Every one weighs 1 when `nil`.
  public var weights: [String: Double]?
  /// Whether weights are divided by their sum, so that parts are averaged.
  public var averages: Bool
  /// How the scores of one component become advantages.
  public var part: Part

  /// A sum over components.
  ///
  /// - Parameters:
  ///   - weights: What each component weighs, finite; every one 1 when `nil`.
  ///   - averages: Whether weights are divided by their sum, which is then positive.
  ///   - part: How the scores of one component become advantages.
  public init(weights: [String: Double]? = nil, averages: Bool = false, of part: Part) {
    if let weights {
      precondition(weights.values.allSatisfy(\.isFinite), "weights must be finite, got \(weights)")
      precondition(
        !averages || weights.values.reduce(0, +) > 0,
        "weights of an average must have a positive sum, got \(weights)")
    }
    self.weights = weights
    self.averages = averages
    self.part = part
  }

  /// The weighted sum of the components' advantages. `[B]`
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without components,
  ///   ``AdvantageError/unknownComponent(name:known:)``, or what the part throws.
  /// - Complexity: that of the part, once per component.
  public func rowAdvantages(for rows: ScoredRows) throws(AdvantageError) -> [Double] {
    let known = rows.components.keys.sorted()
    if known.isEmpty { throw .missingInput(estimator: "ComponentSum", input: "components") }
    var result = Array(repeating: 0.0, count: rows.rowCount)
    let names = weights?.keys.sorted() ?? known
    let divisor = averages ? names.reduce(0) { $0 + (weights?[$1] ?? 1) } : 1
    for name in names {
      guard let scores = rows.components[name] else {
        throw .unknownComponent(name: name, known: known)
      }
      let weight = (weights?[name] ?? 1) / divisor
      let advantages = try part.rowAdvantages(for: rows.scored(by: scores))
      for row in result.indices { result[row] += weight * advantages[row] }
    }
    return result
  }
}

extension ComponentSum: Equatable where Part: Equatable {}
extension ComponentSum: Hashable where Part: Hashable {}
extension ComponentSum: Decodable where Part: Decodable {}
extension ComponentSum: Encodable where Part: Encodable {}

extension ComponentSum where Part == GroupRelative {
  /// Each component's z-score in its group, averaged with equal weight.
  public static var longWriterZero: Self { ComponentSum(averages: true, of: .grpo) }
}

extension AdvantageEstimator
where Self == NormalisedOverTokens<ComponentSum<GroupRelative>, Whitening> {
  /// Group reward-decoupled normalisation: each component's z-score in its group, weighted, added
  /// and whitened over all tokens of the batch.
  ///
  /// - Parameter weights: What each component weighs; every one 1 when `nil`.
  public static func gdpo(weights: [String: Double]? = nil) -> Self {
    ComponentSum(weights: weights, of: GroupRelative.grpo).normalisedOverTokens()
  }
}
