internal import Trajectories

/// An objective that sees whole rows where others see tokens.
///
///     x[token] := mean or sum of x over the token's row
///
/// for current, old, reference and sampler's log-probabilities, so every token of a row has the
/// row's ratio. Advantages, weights and everything else stay per token. The gradient is the true
/// derivative: what the tokens of a row would have got together flows back to each of them, divided
/// by their number with ``Pooling/mean``.
///
/// With ``Pooling/mean`` a ``ClippedSurrogate`` is the sequence objective of GSPO (arXiv 2507.18071),
/// with ``Pooling/sum`` the sequence-level PPO of REINFORCE leave-one-out (arXiv 2402.14740). With
/// ``LossAggregation/sequenceMeanTokenMean`` the loss is then the mean over rows of one loss each;
/// with ``LossAggregation/sequenceMeanTokenSum`` each counts times its length (LUSPO).
///
/// - Source: TRL `grpo_trainer.py` (`importance_sampling_level="sequence"`) and `rloo_trainer.py`,
///   OpenRLHF `models/loss.py` (`gspo`).
public struct SequenceLevel: PolicyObjective {
  /// What a row's log-probability is.
  public enum Pooling: String, Sendable, Hashable, Codable, CaseIterable {
    /// The mean over its tokens, whose ratio does not explode with length.
    case mean
    /// The sum over its tokens: the log-probability of the whole row.
    case sum
  }

  /// What sees rows as tokens.
  public let objective: any PolicyObjective
  /// What a row's log-probability is.
  public let pooling: Pooling

  /// An objective over rows.
  public init(_ objective: any PolicyObjective, pooling: Pooling = .mean) {
    self.objective = objective
    self.pooling = pooling
  }

  /// What the objective needs.
  public var needs: ObjectiveNeeds { objective.needs }

  /// The loss, its gradient, and what can be seen, counted by token.
  ///
  /// - Complexity: O(N) and the objective's own.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = objective.result(
      for: input.replacing(
        current: pooled(input.current), old: input.old.map(pooled),
        reference: input.reference.map(pooled), sampler: input.sampler.map(pooled)))
    for row in 0..<input.current.rowCount {
      let tokens = input.current.range(ofRow: row)
      var slope = result.gradients.logProbabilities[tokens].reduce(0, +)
      if pooling == .mean { slope /= Double(max(tokens.count, 1)) }
      for token in tokens { result.gradients.logProbabilities[token] = slope }
    }
    return result
  }

  private func pooled(_ numbers: Ragged<Double>) -> Ragged<Double> {
    var values = numbers.values
    for row in 0..<numbers.rowCount {
      let tokens = numbers.range(ofRow: row)
      var whole = numbers.values[tokens].reduce(0, +)
      if pooling == .mean { whole /= Double(max(tokens.count, 1)) }
      for token in tokens { values[token] = whole }
    }
    return numbers.with(values)
  }
}

extension ObjectiveInput {
  /// The same numbers with other log-probabilities of each kind.
  func replacing(
    current: Ragged<Number>, old: Ragged<Number>?, reference: Ragged<Number>?,
    sampler: Ragged<Number>?
  ) -> ObjectiveInput {
    ObjectiveInput(
      current: current, weights: weights, old: old, reference: reference, sampler: sampler,
      advantages: advantages, entropies: entropies, values: values, oldValues: oldValues,
      returns: returns)
  }
}
