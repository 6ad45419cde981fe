internal import Trajectories

/// The sum of objectives, made with `+`.
public struct ObjectiveSum: PolicyObjective {
  /// What is added, in order.
  public let terms: [any PolicyObjective]

  /// A sum of objectives.
  public init(_ terms: [any PolicyObjective]) { self.terms = terms }

  /// Everything that any term needs.
  public var needs: ObjectiveNeeds { terms.reduce(into: []) { $0.formUnion($1.needs) } }

  /// Whether every term's gradient does.
  public var vanishesWithoutAdvantage: Bool { terms.allSatisfy(\.vanishesWithoutAdvantage) }

  /// The sum of the terms' losses and gradients, and all their diagnostics.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var sum = ObjectiveResult<Double>(unmoved: input)
    for term in terms {
      let result = term.result(for: input)
      sum.loss += result.loss
      sum.gradients.add(result.gradients)
      sum.diagnostics += result.diagnostics
    }
    return sum
  }
}

/// An objective times a coefficient, made with `*`.
///
/// Its diagnostics stay unscaled.
public struct ScaledObjective: PolicyObjective {
  /// The coefficient.
  public let coefficient: Double
  /// What is scaled.
  public let objective: any PolicyObjective

  /// A scaled objective.
  ///
  /// - Precondition: the coefficient is finite.
  public init(_ coefficient: Double, _ objective: any PolicyObjective) {
    precondition(coefficient.isFinite, "a coefficient must be finite, got \(coefficient)")
    self.coefficient = coefficient
    self.objective = objective
  }

  /// What the scaled objective needs; nothing when the coefficient is 0.
  public var needs: ObjectiveNeeds { coefficient == 0 ? [] : objective.needs }

  /// Whether the scaled objective's gradient does; `true` when the coefficient is 0.
  public var vanishesWithoutAdvantage: Bool {
    coefficient == 0 || objective.vanishesWithoutAdvantage
  }

  /// The loss and gradients times the coefficient.
  ///
  /// A coefficient of 0 evaluates nothing.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    if coefficient == 0 { return ObjectiveResult(unmoved: input) }
    var result = objective.result(for: input)
    result.loss *= coefficient
    result.gradients.scale(by: coefficient)
    return result
  }
}

extension PolicyObjective {
  /// The sum of two objectives.
  public static func + (left: Self, right: some PolicyObjective) -> ObjectiveSum {
    let first = (left as? ObjectiveSum)?.terms ?? [left]
    return ObjectiveSum(first + [right])
  }

  /// An objective times a coefficient.
  public static func * (coefficient: Double, objective: Self) -> ScaledObjective {
    ScaledObjective(coefficient, objective)
  }
}

extension ObjectiveResult where Number == Double {
  /// No loss and no gradient, for the tokens of an input.
  init(unmoved input: ObjectiveInput<Double>) {
    self.init(
      loss: 0,
      gradients: ObjectiveGradients(
        logProbabilities: Array(repeating: 0, count: input.current.values.count)))
  }
}

extension ObjectiveGradients {
  mutating func add(_ other: Self) {
    for token in logProbabilities.indices {
      logProbabilities[token] += other.logProbabilities[token]
    }
    entropies = Self.sum(entropies, other.entropies)
    values = Self.sum(values, other.values)
    observations = Self.sum(observations, other.observations)
  }

  mutating func scale(by coefficient: Number) {
    for token in logProbabilities.indices { logProbabilities[token] *= coefficient }
    entropies = entropies?.map { $0 * coefficient }
    values = values?.map { $0 * coefficient }
    observations = observations?.map { $0 * coefficient }
  }

  private static func sum(_ left: [Number]?, _ right: [Number]?) -> [Number]? {
    guard let left else { return right }
    guard let right else { return left }
    return zip(left, right).map { $0 + $1 }
  }
}
