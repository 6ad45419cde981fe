internal import Trajectories

/// An objective that sees the log-probability of a whole row where others see a token's.
///
///     x[token] := sum of x over the token's row
///
/// for current, old, reference and sampler's log-probabilities, so every token of a row has the ratio
/// of the row. Advantages and weights stay per token, and the gradient is the true derivative: what
/// the tokens of a row would have got together flows to each of them. With
/// ``LossAggregation/sequenceMeanTokenMean`` the loss is the mean over rows of one loss each.
///
/// The ratio of a sum explodes with length: a row of 1000 tokens leaves a clip range of 0.2 when each
/// token moves by 2e-4 nats. ``GSPO`` takes the mean instead.
///
/// - Source: REINFORCE leave-one-out (arXiv 2402.14740) as TRL `rloo_trainer.py` trains it.
public struct WholeRow: PolicyObjective {
  /// What sees rows as tokens.
  public let objective: any PolicyObjective

  /// An objective over rows.
  public init(_ objective: any PolicyObjective) { self.objective = objective }

  /// What the objective needs.
  public var needs: ObjectiveNeeds { objective.needs }

  /// Whether the objective's gradient does.
  public var vanishesWithoutAdvantage: Bool { objective.vanishesWithoutAdvantage }

  /// The loss, its gradient, and what can be seen, counted by token.
  ///
  /// - Complexity: O(N), and the objective's own.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    let whole = ObjectiveInput(
      current: summed(input.current), weights: input.weights, old: input.old.map(summed),
      reference: input.reference.map(summed), sampler: input.sampler.map(summed),
      advantages: input.advantages, entropies: input.entropies, values: input.values,
      oldValues: input.oldValues, returns: input.returns, chosen: input.chosen,
      observations: input.observations)
    var result = objective.result(for: whole)
    for row in 0..<input.current.rowCount {
      let tokens = input.current.range(ofRow: row)
      let slope = result.gradients.logProbabilities[tokens].reduce(0, +)
      for token in tokens { result.gradients.logProbabilities[token] = slope }
    }
    return result
  }

  private func summed(_ numbers: Ragged<Double>) -> Ragged<Double> {
    var values = numbers.values
    for row in 0..<numbers.rowCount {
      let tokens = numbers.range(ofRow: row)
      let sum = numbers.values[tokens].reduce(0, +)
      for token in tokens { values[token] = sum }
    }
    return numbers.with(values)
  }
}
