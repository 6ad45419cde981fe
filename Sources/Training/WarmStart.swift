internal import Advantage
public import Policy
public import Trajectories

/// Learning by imitation: the negative log-likelihood of what demonstrators wrote.
///
/// Only tokens of origin `demonstration` are learned; prompts and the world's answers are context.
public struct WarmStart: Sendable {
  /// Optimiser steps.
  public var steps: Int
  /// The learning rate over the steps.
  public var learningRate: LearningRateSchedule
  /// The gradient is scaled down to this norm.
  public var maximumGradientNorm: Float

  /// What a step did.
  public struct Report: Sendable, Hashable {
    /// The step, from 1.
    public let step: Int
    /// Mean negative log-likelihood of a demonstrated token, in nats.
    public let loss: Double
    /// Gradient norm before clipping.
    public let gradientNorm: Double
    /// Tokens in the batch.
    public let tokens: Int
  }

  /// A plan for imitation.
  public init(
    steps: Int, learningRate: LearningRateSchedule, maximumGradientNorm: Float = 1
  ) {
    precondition(steps >= 0, "steps can't be negative, got \(steps)")
    self.steps = steps
    self.learningRate = learningRate
    self.maximumGradientNorm = maximumGradientNorm
  }

  /// Imitates batch after batch.
  ///
  /// The next step's demonstrations are made while the policy learns from this step's.
  ///
  /// - Parameters:
  ///   - policy: Who learns.
  ///   - batch: The demonstrations of a step, counted from 0; steps are asked for in order. A step
  ///     without any is left out.
  ///   - observe: Called after each step.
  /// - Throws: What the policy and `batch` throw, ``RunError/nonFiniteGradient(step:)``.
  public func train(
    _ policy: some LearningPolicy,
    on batch: @Sendable (Int) async throws -> [Trajectory],
    observe: (Report) throws -> Void = { _ in }
  ) async throws {
    var demonstrations = steps > 0 ? try await batch(0) : []
    for step in 0..<steps {
      try Task.checkCancellation()
      async let next = step + 1 < steps ? batch(step + 1) : []
      if let report = try await learn(policy, from: demonstrations, step: step) {
        try observe(report)
      }
      demonstrations = try await next
    }
  }

  /// One step; nil when nothing was demonstrated.
  private func learn(
    _ policy: some LearningPolicy, from demonstrations: [Trajectory], step: Int
  ) async throws -> Report? {
    let packed = PackedBatch(demonstrations, selecting: .demonstration)
    guard packed.selectedCount > 0 else { return nil }
    let pass = try await policy.forward(packed)
    let current = packed.ragged(pass.logProbabilities)
    let tokenCounts = (0..<packed.rowCount).map { current.range(ofRow: $0).count }
    let result = try ImitationLoss().evaluate(
      ObjectiveInput(
        current: current, weights: LossAggregation.tokenMean.weights(tokenCounts: tokenCounts)))
    try await policy.backward(
      pass, PolicyGradients(logProbabilities: result.gradients.logProbabilities))
    let report = try await policy.step(
      OptimizerStep(
        learningRate: learningRate.rate(step: step, of: steps),
        maximumGradientNorm: maximumGradientNorm))
    guard report.applied else { throw RunError.nonFiniteGradient(step: step + 1) }
    return Report(
      step: step + 1, loss: result.loss, gradientNorm: report.gradientNorm,
      tokens: packed.tokenCount)
  }
}
