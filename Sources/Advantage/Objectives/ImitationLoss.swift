internal import Trajectories

/// The negative log-likelihood of what a teacher did, or of accepted rollouts.
///
///     l = -current
///
/// Weigh demonstrations with ``LossAggregation/weights(tokenCounts:counts:)``.
///
/// Diagnostics: `imitationLoss`.
public struct ImitationLoss: PolicyObjective, Hashable, Codable {
  /// A loss of coefficient 1: scale it with `*`.
  public init() {}

  /// Nothing but current log-probabilities.
  public var needs: ObjectiveNeeds { [] }

  /// The weighted negative log-likelihood and its gradient.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    input.forEachToken { token, weight in
      result.loss -= weight * input.current.values[token]
      result.gradients.logProbabilities[token] = -weight
    }
    result.diagnostics.addSum(.imitationLoss, result.loss)
    return result
  }
}
