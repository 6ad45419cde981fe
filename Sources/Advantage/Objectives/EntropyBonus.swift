internal import Trajectories

/// Rewards uncertainty: the loss is minus the entropy of the distribution each token came from.
///
///     l = -H
///
/// Diagnostics: `entropyBonus`, and `entropy`, the mean over the tokens that count.
public struct EntropyBonus: PolicyObjective, Hashable, Codable {
  /// A bonus of coefficient 1: scale it with `*`.
  public init() {}

  /// Entropies of the current policy.
  public var needs: ObjectiveNeeds { .entropies }

  /// Minus the weighted entropy, and its gradient with respect to each entropy.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let entropies = input.entropies else { return result }
    var gradients = result.gradients.logProbabilities
    var (total, count) = (0.0, 0.0)
    input.forEachToken { token, weight in
      result.loss -= weight * entropies.values[token]
      gradients[token] = -weight
      total += entropies.values[token]
      count += 1
    }
    result.gradients.entropies = gradients
    result.diagnostics.addSum(.entropyBonus, -result.loss)
    result.diagnostics.addMean(.entropy, total: total, count: count)
    return result
  }
}
