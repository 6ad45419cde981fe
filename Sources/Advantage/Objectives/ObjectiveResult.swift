/// What an objective made of a micro-batch.
public struct ObjectiveResult<Number: BinaryFloatingPoint & Sendable>: Sendable, Hashable {
  /// This micro-batch's share of the loss.
  public var loss: Double
  /// The gradient of the loss.
  public var gradients: ObjectiveGradients<Number>
  /// What can be seen along the way.
  public var diagnostics: Diagnostics

  /// A loss with its gradient.
  public init(
    loss: Double, gradients: ObjectiveGradients<Number>, diagnostics: Diagnostics = Diagnostics()
  ) {
    self.loss = loss
    self.gradients = gradients
    self.diagnostics = diagnostics
  }
}

/// The gradient of a loss with respect to the numbers of a micro-batch.
public struct ObjectiveGradients<Number: BinaryFloatingPoint & Sendable>: Sendable, Hashable {
  /// With respect to each current log-probability. `[N]`
  public var logProbabilities: [Number]
  /// With respect to each entropy, where the loss has such a term. `[N]`
  public var entropies: [Number]?
  /// With respect to each current value, where the loss has such a term. `[N]`
  public var values: [Number]?
  /// With respect to each log-probability of the environment's tokens, where the loss has such a
  /// term. `[M]`
  public var observations: [Number]?

  /// Gradients per token.
  public init(
    logProbabilities: [Number], entropies: [Number]? = nil, values: [Number]? = nil,
    observations: [Number]? = nil
  ) {
    self.logProbabilities = logProbabilities
    self.entropies = entropies
    self.values = values
    self.observations = observations
  }
}

extension ObjectiveResult where Number == Double {
  /// The same result in another precision.
  func rounded<Other: BinaryFloatingPoint & Sendable>() -> ObjectiveResult<Other> {
    ObjectiveResult<Other>(
      loss: loss,
      gradients: ObjectiveGradients<Other>(
        logProbabilities: Advantage.rounded(gradients.logProbabilities),
        entropies: gradients.entropies.map { Advantage.rounded($0) },
        values: gradients.values.map { Advantage.rounded($0) },
        observations: gradients.observations.map { Advantage.rounded($0) }),
      diagnostics: diagnostics)
  }
}
