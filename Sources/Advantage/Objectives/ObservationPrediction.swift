public import Trajectories

/// Learns to predict what the environment will say: ECHO's second term.
///
///     l = -factor · observed
///
/// with the log-probabilities of the environment's own tokens: of what tools and users said after
/// the first answer, without the prompt and the template's scaffold. They are in rows of their own
/// with a denominator of their own, so they change nothing in the policy's loss. Add it, scaled, to a policy-gradient objective over the sampled tokens:
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
      let weight = weight * (observed.factors?.values[token] ?? 1)
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
  /// How much each token matters beside that, such as by who said it; all 1 when `nil`. `[M]`
  public let factors: Ragged<Double>?

  /// Tokens with their weights.
  ///
  /// - Precondition: there is one weight per row, and factors have the rows of log-probabilities and
  ///   are finite.
  public init(
    logProbabilities: Ragged<Number>, weights: RowWeights, factors: Ragged<Double>? = nil
  ) {
    precondition(
      factors.map { $0.offsets == logProbabilities.offsets && $0.values.allSatisfy(\.isFinite) }
        ?? true,
      "\(factors?.values.count ?? 0) factors came with \(logProbabilities.values.count) observations, or one is not finite"
    )
    precondition(
      weights.perToken.count == logProbabilities.rowCount,
      "\(logProbabilities.rowCount) rows of observations came with \(weights.perToken.count) weights"
    )
    self.logProbabilities = logProbabilities
    self.weights = weights
    self.factors = factors
  }

  /// Some of the rows, in the order given.
  public func rows(_ indices: [Int]) -> ObservedTokens {
    ObservedTokens(
      logProbabilities: logProbabilities.picking(rows: indices), weights: weights.rows(indices),
      factors: factors?.picking(rows: indices))
  }

  /// The same in Double.
  var widened: ObservedTokens<Double> {
    ObservedTokens<Double>(
      logProbabilities: logProbabilities.widened, weights: weights, factors: factors)
  }

  func forEachToken(_ body: (_ token: Int, _ weight: Double) -> Void) {
    for (row, weight) in weights.perToken.enumerated() where weight > 0 {
      for token in logProbabilities.range(ofRow: row) { body(token, weight) }
    }
  }
}
