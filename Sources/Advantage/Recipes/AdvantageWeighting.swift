public import Trajectories

/// What each token's advantage is multiplied by before an objective sees it.
///
/// Factors are constants of the loss. Surrogates are proportional to the advantage as long as its
/// sign stays, so a factor multiplies loss and gradient of its token, and 0 removes it from the
/// numerator while it stays in every denominator.
public protocol AdvantageWeighting: Sendable {
  /// What it reads besides the current log-probabilities.
  var needs: ObjectiveNeeds { get }

  /// One factor per token, not negative. `[N]`
  ///
  /// - Parameter input: Numbers of a micro-batch that hold what ``needs`` names.
  func factors(for input: ObjectiveInput<Double>) -> Ragged<Double>
}

/// A surrogate whose advantages are weighed token by token, made with ``PolicyObjective/weighed(by:)``.
///
/// Its diagnostics see the weighed advantages: a token of factor 0 is never clipped.
public struct WeighedObjective: PolicyObjective {
  /// What is evaluated.
  public let objective: any PolicyObjective
  /// What advantages are multiplied by.
  public let weighting: any AdvantageWeighting

  /// A weighed surrogate.
  public init(_ objective: any PolicyObjective, by weighting: any AdvantageWeighting) {
    self.objective = objective
    self.weighting = weighting
  }

  /// What surrogate and weighting need.
  public var needs: ObjectiveNeeds { objective.needs.union(weighting.needs).union(.advantages) }

  /// The surrogate's result for the weighed advantages, with the mean factor.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    guard let advantages = input.advantages else { return ObjectiveResult(unmoved: input) }
    let factors = weighting.factors(for: input)
    // A token whose factor is 0 has no say, whatever it deserved.
    let weighed = zip(advantages.values, factors.values).map { $1 == 0 ? 0 : $0 * $1 }
    var result = objective.result(
      for: input.replacing(advantages: advantages.with(weighed)))
    var (total, zero, count) = (0.0, 0.0, 0.0)
    input.forEachToken { token, _ in
      total += factors.values[token]
      zero += factors.values[token] == 0 ? 1 : 0
      count += 1
    }
    result.diagnostics.addMean(.meanFactor, total: total, count: count)
    result.diagnostics.addMean(.droppedFraction, total: zero, count: count)
    return result
  }
}

extension PolicyObjective {
  /// The same surrogate over weighed advantages.
  public func weighed(by weighting: some AdvantageWeighting) -> WeighedObjective {
    WeighedObjective(self, by: weighting)
  }
}

extension ObjectiveInput {
  /// The same numbers with other advantages.
  func replacing(advantages: Ragged<Number>) -> ObjectiveInput {
    ObjectiveInput(
      current: current, weights: weights, old: old, reference: reference, sampler: sampler,
      advantages: advantages, entropies: entropies, values: values, oldValues: oldValues,
      returns: returns)
  }
}

extension Diagnostics.Name {
  /// Mean factor of the advantages over tokens.
  public static let meanFactor: Self = "weighting/mean_factor"
  /// Share of tokens whose factor is 0.
  public static let droppedFraction: Self = "weighting/dropped_fraction"
}

extension Credit {
  /// The same credit with each advantage multiplied by a factor, such as a top-entropy mask.
  ///
  /// Returns stay what they are. A factor of 0 gives exactly 0.
  ///
  /// - Precondition: there is one factor per token.
  public func weighed(by factors: Ragged<Double>) -> Credit {
    precondition(
      factors.offsets == advantages.offsets,
      "\(factors.values.count) factors came with \(advantages.values.count) advantages")
    return Credit(
      advantages: advantages.with(
        zip(advantages.values, factors.values).map { $1 == 0 ? 0 : $0 * $1 }),
      returns: returns)
  }
}
