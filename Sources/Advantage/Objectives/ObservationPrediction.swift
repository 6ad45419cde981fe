public import Trajectories

/// Learns to predict what the environment will say: ECHO's second term.
///
///     l = -observed
///
/// with the log-probabilities of the environment's own tokens, weighed by a denominator of their
/// own. Add it, scaled, to a policy-gradient objective over the sampled tokens:
///
///     ClippedSurrogate() + 0.1 * ObservationPrediction()
///
/// Its gradient is ``ObjectiveGradients/observations``.
///
/// Diagnostics: `observationLoss`.
///
/// - Source: ECHO as in prime-rl `orchestrator/algo/echo.py`.
public struct ObservationPrediction: PolicyObjective, Hashable, Codable {
  /// A loss of coefficient 1: scale it with `*`.
  public init() {}

  /// The environment's tokens.
  public var needs: ObjectiveNeeds { .observations }

  /// The weighted negative log-likelihood and its gradient.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let observed = input.observations else { return result }
    var gradient = Array(repeating: 0.0, count: observed.logProbabilities.values.count)
    observed.forEachToken { token, weight in
      result.loss -= weight * observed.logProbabilities.values[token]
      gradient[token] = -weight
    }
    result.gradients.observations = gradient
    result.diagnostics.addSum(.observationLoss, result.loss)
    return result
  }
}

/// Log-probabilities of tokens that the environment wrote, and what they weigh.
///
/// They are rows of another selection than the one a policy learns from.
public struct ObservedTokens<Number: BinaryFloatingPoint & Sendable>: Sendable {
  /// Log-probabilities under the weights being trained. `[M]`
  public let logProbabilities: Ragged<Number>
  /// What each token of a row weighs, as of ``LossAggregation/weights(tokenCounts:counts:)``. `[B]`
  public let weights: RowWeights

  /// Tokens with their weights.
  ///
  /// - Precondition: there is one weight per row.
  public init(logProbabilities: Ragged<Number>, weights: RowWeights) {
    precondition(
      weights.perToken.count == logProbabilities.rowCount,
      "\(logProbabilities.rowCount) rows of observations came with \(weights.perToken.count) weights"
    )
    self.logProbabilities = logProbabilities
    self.weights = weights
  }

  /// The same in Double.
  var widened: ObservedTokens<Double> {
    ObservedTokens<Double>(logProbabilities: logProbabilities.widened, weights: weights)
  }

  func forEachToken(_ body: (_ token: Int, _ weight: Double) -> Void) {
    for (row, weight) in weights.perToken.enumerated() where weight > 0 {
      for token in logProbabilities.range(ofRow: row) { body(token, weight) }
    }
  }
}
