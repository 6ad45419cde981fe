public import Trajectories

/// Everything that turns scored rollouts into a gradient, as one value: what tokens deserve, how that
/// pulls, how tokens are averaged, and which rollouts take part.
///
/// Presets reproduce frameworks and papers; each of their choices can be read and changed:
///
///     var recipe = PolicyGradientRecipe.verlGRPO
///     recipe.divergence = nil
///
///     let input = try recipe.input(for: rows, current: current, old: old)
///     let result = try recipe.evaluate(input)
///
/// Or step by step: ``credit(for:old:reference:)`` for the whole optimiser batch,
/// ``weights(for:credit:counts:)``, then ``evaluate(_:)`` per micro-batch.
public struct PolicyGradientRecipe: Sendable {
  /// Where the divergence from a reference is charged.
  public enum Divergence: Sendable {
    /// Added to the loss, times a coefficient.
    case loss(coefficient: Double, any PolicyObjective)
    /// Taken from the reward of each token, for estimators that read them.
    case tokenRewards(KLInReward)
    /// Taken from the score of each rollout, summed over its tokens, before scores are compared.
    case score(KLInReward)
  }

  /// What becomes of rows that were cut off, ``RowEnd/truncated(bootstrap:)``.
  ///
  /// Their scores count in their groups whatever the rule.
  public enum Truncation: String, Sendable, Hashable, Codable, CaseIterable {
    /// They are learned from like others.
    case learn
    /// They weigh nothing in the loss.
    case leaveOut
    /// They weigh nothing in the loss where their advantages are negative: that an answer did not
    /// fit says little about what it said.
    case leaveOutNegative
  }

  /// What it is called.
  public var name: String
  /// Where it comes from.
  public var source: String
  /// What tokens deserve.
  public var estimator: any AdvantageEstimator
  /// How that pulls on the policy.
  public var surrogate: any PolicyObjective
  /// Where the divergence from a reference is charged; `nil` for nowhere.
  public var divergence: Divergence?
  /// What a nat of mean entropy is worth in the loss.
  public var entropyCoefficient: Double
  /// How a critic learns, with coefficient 1; `nil` without one.
  public var critic: ValueLoss?
  /// How tokens become one loss.
  public var weighting: any LossWeighting
  /// Which groups are kept, by their scores as they came; `nil` for all.
  ///
  /// Those that aren't weigh nothing in the loss and count in no denominator.
  public var filter: GroupFilter?
  /// What long answers lose before scores are compared, by their selected tokens; `nil` for nothing.
  public var overlong: OverlongShaping?
  /// What becomes of rows that were cut off.
  public var truncation: Truncation

  /// A recipe from its parts; ``GroupRelative/grpo`` with a ``ClippedSurrogate`` over the mean of
  /// all tokens unless told otherwise.
  public init(
    _ name: String, source: String = "", estimator: any AdvantageEstimator = GroupRelative.grpo,
    surrogate: any PolicyObjective = ClippedSurrogate(), divergence: Divergence? = nil,
    entropyCoefficient: Double = 0, critic: ValueLoss? = nil,
    weighting: any LossWeighting = LossAggregation.tokenMean, filter: GroupFilter? = nil,
    overlong: OverlongShaping? = nil, truncation: Truncation = .learn
  ) {
    self.name = name
    self.source = source
    self.estimator = estimator
    self.surrogate = surrogate
    self.divergence = divergence
    self.entropyCoefficient = entropyCoefficient
    self.critic = critic
    self.weighting = weighting
    self.filter = filter
    self.overlong = overlong
    self.truncation = truncation
  }

  /// The loss: the surrogate with everything that is added to it.
  public var objective: any PolicyObjective {
    var terms: [any PolicyObjective] = [surrogate]
    if case .loss(let coefficient, let penalty) = divergence {
      terms.append(ScaledObjective(coefficient, penalty))
    }
    if entropyCoefficient != 0 {
      terms.append(ScaledObjective(entropyCoefficient, EntropyBonus()))
    }
    if let critic { terms.append(critic) }
    return terms.count == 1 ? surrogate : ObjectiveSum(terms)
  }

  /// What each token deserves.
  ///
  /// - Parameters:
  ///   - rows: All rows of the optimiser batch, with what the estimator needs.
  ///   - old: Log-probabilities before the first update, for a divergence inside the reward. `[N]`
  ///   - reference: Log-probabilities under the reference, for the same. `[N]`
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` where a divergence inside the
  ///   reward lacks log-probabilities, and what the estimator throws.
  public func credit(
    for rows: ScoredRows, old: Ragged<Double>? = nil, reference: Ragged<Double>? = nil
  ) throws(AdvantageError) -> Credit {
    var rows = rows
    if let overlong {
      let lengths = rows.perRollout { _, tokens in Double(tokens.count) }
      rows = try rows.lowered(by: lengths.map { overlong.penalty(length: Int($0)) }, name)
    }
    switch divergence {
    case .tokenRewards(let charge):
      try charge.charge(divergences(charge, old, reference), to: &rows)
    case .score(let charge):
      let divergences = try divergences(charge, old, reference)
      let sums = rows.perRollout { _, tokens in
        tokens.reduce(0) { $0 + divergences.values[$1] }
      }
      rows = try rows.lowered(by: sums.map { charge.coefficient * $0 }, name)
    case .loss, nil: break
    }
    return try estimator.credit(for: rows)
  }

  private func divergences(
    _ charge: KLInReward, _ old: Ragged<Double>?, _ reference: Ragged<Double>?
  ) throws(AdvantageError) -> Ragged<Double> {
    guard let old, let reference else {
      throw .missingInput(
        estimator: name,
        input: old == nil ? "old log-probabilities" : "reference log-probabilities")
    }
    return charge.divergences(old: old, reference: reference)
  }

  /// What each token of each row weighs.
  ///
  /// - Parameters:
  ///   - rows: All rows of the optimiser batch, as they came; where ranks share one, this rank's.
  ///   - credit: What ``credit(for:old:reference:)`` gave for them; ``Truncation/leaveOutNegative``
  ///     reads it.
  ///   - others: Rows that take no part in the loss whatever the recipe says, such as those of
  ///     another update.
  ///   - counts: What the whole optimiser batch holds, when `rows` are only a part of it.
  public func weights(
    for rows: ScoredRows, credit: Credit, leavingOut others: Set<Int> = [],
    counts: BatchCounts? = nil
  ) -> RowWeights {
    var leftOut = others
    if let filter {
      leftOut.formUnion(Set(0..<rows.rowCount).subtracting(filter.selection(of: rows).rows))
    }
    if truncation != .learn {
      for row in 0..<rows.rowCount where rows.ends[row] != .terminated {
        let isNegative = credit.advantages[row: row].reduce(0, +) < 0
        if truncation == .leaveOut || isNegative { leftOut.insert(row) }
      }
    }
    return weighting.weights(for: rows, leavingOut: leftOut, counts: counts)
  }

  /// The numbers of a whole optimiser batch, with advantages, returns and weights filled in.
  ///
  /// Pass the log-probabilities that ``objective`` needs.
  ///
  /// - Throws: what ``credit(for:old:reference:)`` throws.
  public func input(
    for rows: ScoredRows, current: Ragged<Double>, old: Ragged<Double>? = nil,
    reference: Ragged<Double>? = nil, sampler: Ragged<Double>? = nil,
    entropies: Ragged<Double>? = nil, values: Ragged<Double>? = nil
  ) throws(AdvantageError) -> ObjectiveInput<Double> {
    let credit = try credit(for: rows, old: old, reference: reference)
    return ObjectiveInput(
      current: current, weights: weights(for: rows, credit: credit), old: old,
      reference: reference, sampler: sampler, advantages: credit.advantages, entropies: entropies,
      values: values, oldValues: rows.values, returns: credit.returns)
  }

  /// The loss of a micro-batch, its gradients and diagnostics.
  ///
  /// - Throws: ``ObjectiveError`` naming what is missing or not finite.
  public func evaluate<Number: BinaryFloatingPoint & Sendable>(
    _ input: ObjectiveInput<Number>
  ) throws(ObjectiveError) -> ObjectiveResult<Number> {
    try ObjectiveSum([objective]).evaluate(input)
  }
}

extension ScoredRows {
  /// A number of each rollout, from all its selected tokens, for each of its rows. `[B]`
  func perRollout(_ number: (_ rollout: Int, _ tokens: [Int]) -> Double) -> [Double] {
    var result = Array(repeating: 0.0, count: rowCount)
    for member in grouped.flatMap(\.members) {
      let value = number(member.rollout, member.rows.flatMap { Array(range(ofRow: $0)) })
      for row in member.rows { result[row] = value }
    }
    return result
  }

  /// The same rows under lower scores.
  func lowered(
    by penalties: [Double], _ name: String
  ) throws(AdvantageError) -> ScoredRows {
    for (row, penalty) in penalties.enumerated() where scores[row].value != nil {
      guard penalty.isFinite else { throw .nonFiniteScore(row: row, value: penalty) }
    }
    return try scored(
      by: zip(scores, penalties).map { score, penalty in
        score.value.map { .value($0 - penalty) } ?? score
      })
  }
}
