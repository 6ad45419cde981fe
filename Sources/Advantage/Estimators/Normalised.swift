internal import Trajectories

extension AdvantageEstimator {
  /// This estimator with its advantages brought to a common scale over all tokens of the batch, so
  /// that long rollouts weigh more in the statistics.
  public func normalisedOverTokens<N: Normaliser>(
    by normaliser: N = Whitening()
  ) -> NormalisedOverTokens<Self, N> {
    NormalisedOverTokens(self, by: normaliser)
  }
}

extension RolloutEstimator {
  /// This estimator with its advantages brought to a common scale over all rollouts of the batch,
  /// each counted once.
  public func normalisedOverRollouts<N: Normaliser>(
    by normaliser: N = Whitening()
  ) -> NormalisedOverRollouts<Self, N> {
    NormalisedOverRollouts(self, by: normaliser)
  }
}

/// Another estimator's advantages on a common scale; every counted token is one number of the
/// statistics.
///
/// Tokens of rows without a score take no part and get 0.
public struct NormalisedOverTokens<Base: AdvantageEstimator, N: Normaliser>: AdvantageEstimator {
  /// The estimator underneath.
  public var base: Base
  /// How its numbers are normalised.
  public var normaliser: N

  /// An estimator around another.
  public init(_ base: Base, by normaliser: N) {
    self.base = base
    self.normaliser = normaliser
  }

  /// The other's credit, advantages normalised; its returns are left as they are.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    var credit = try base.credit(for: rows)
    credit.advantages.values = try rows.normalised(credit.advantages.values, by: normaliser)
    return credit
  }
}

/// Another estimator's advantages on a common scale; every scored rollout is one number of the
/// statistics.
public struct NormalisedOverRollouts<Base: RolloutEstimator, N: Normaliser>: RolloutEstimator {
  /// The estimator underneath.
  public var base: Base
  /// How its numbers are normalised.
  public var normaliser: N

  /// An estimator around another.
  public init(_ base: Base, by normaliser: N) {
    self.base = base
    self.normaliser = normaliser
  }

  /// The other's numbers, normalised. `[B]`
  public func rowAdvantages(for rows: ScoredRows) throws(AdvantageError) -> [Double] {
    let advantages = try base.rowAdvantages(for: rows)
    let index = rows.index
    let perRollout = index.scored.map { advantages[index.rows[index.rowOffsets[$0]]] }
    return index.byRow(try normaliser(perRollout))
  }
}

extension NormalisedOverTokens: Equatable where Base: Equatable, N: Equatable {}
extension NormalisedOverTokens: Hashable where Base: Hashable, N: Hashable {}
extension NormalisedOverTokens: Decodable where Base: Decodable, N: Decodable {}
extension NormalisedOverTokens: Encodable where Base: Encodable, N: Encodable {}
extension NormalisedOverRollouts: Equatable where Base: Equatable, N: Equatable {}
extension NormalisedOverRollouts: Hashable where Base: Hashable, N: Hashable {}
extension NormalisedOverRollouts: Decodable where Base: Decodable, N: Decodable {}
extension NormalisedOverRollouts: Encodable where Base: Encodable, N: Encodable {}

extension ScoredRows {
  /// Finite numbers per token, normalised over the tokens of scored rows; 0 elsewhere. `[N]`
  func normalised(
    _ numbers: [Double], by normaliser: some Normaliser
  ) throws(AdvantageError) -> [Double] {
    for row in 0..<rowCount where scores[row].value != nil {
      let range = range(ofRow: row)
      if let token = range.first(where: { !numbers[$0].isFinite }) {
        throw .nonFiniteInput(input: "advantages", row: row, token: token - range.lowerBound)
      }
    }
    if scores.allSatisfy({ $0.value != nil }) { return try normaliser(numbers) }
    var counted: [Double] = []
    counted.reserveCapacity(numbers.count)
    for row in 0..<rowCount where scores[row].value != nil {
      counted.append(contentsOf: numbers[range(ofRow: row)])
    }
    var rest = try normaliser(counted)[...]
    var result = Array(repeating: 0.0, count: numbers.count)
    for row in 0..<rowCount where scores[row].value != nil {
      let range = range(ofRow: row)
      result.replaceSubrange(range, with: rest.prefix(range.count))
      rest = rest.dropFirst(range.count)
    }
    return result
  }
}

extension AdvantageEstimator
where Self == NormalisedOverTokens<GroupRelative, Whitening> {
  /// REINFORCE++ with a group baseline: distance to the group's mean, whitened over all tokens of
  /// the batch.
  ///
  /// - Source: arXiv 2501.03262; checked against verl
  ///   `compute_reinforce_plus_plus_baseline_outcome_advantage`.
  public static var reinforcePlusPlusBaseline: Self { GroupRelative.drGRPO.normalisedOverTokens() }
}

extension AdvantageEstimator
where Self == NormalisedOverRollouts<GroupRelative, Whitening> {
  /// The z-score of each score among all rollouts of the batch, without groups: distance to the
  /// mean over the population's deviation plus 1e-6.
  ///
  /// - Source: rLLM `trainer/algorithms/advantage.py`, where it is called PRPO.
  public static var batchStandardised: Self {
    GroupRelative.score.normalisedOverRollouts(
      by: Whitening(correction: 0, damping: .besideRoot(1e-6)))
  }
}
