public import Advantage
public import Policy
internal import Trajectories

/// Learning from one batch of scored rollouts: estimate, then update, once or several times.
///
/// The pieces are the caller's: which estimator says what tokens deserve, which objective pulls on
/// the policy, how tokens are averaged. GRPO and PPO are two choices:
///
///     let grpo = PolicyImprovement(
///       estimator: GroupRelative.grpo,
///       objective: ClippedSurrogate() + 0.001 * KLPenalty(.k3), learningRate: rate)
///     let ppo = PolicyImprovement(
///       estimator: GeneralizedAdvantage(),
///       objective: ClippedSurrogate() + 0.5 * ValueLoss(), learningRate: rate)
public struct PolicyImprovement: Sendable {
  /// What tokens deserve.
  public var estimator: any AdvantageEstimator
  /// How that pulls on the policy.
  public var objective: any PolicyObjective
  /// How tokens become one loss.
  public var aggregation: LossAggregation
  /// Optimiser steps per batch: the groups are cut into so many parts, in order.
  public var updatesPerBatch: Int
  /// The learning rate over the steps of the run.
  public var learningRate: LearningRateSchedule
  /// The gradient is scaled down to this norm.
  public var maximumGradientNorm: Float
  /// Largest difference allowed between the sampler's and the learner's log-probability of a token
  /// under the same weights, in nats.
  public var driftLimit: Double
  /// Largest share of missing rewards allowed.
  public var missingLimit: Double

  /// What a batch did.
  public struct Outcome: Sendable {
    /// One advantage per selected token, by trajectory; empty where the score was missing.
    public let advantages: [[Float]]
    /// Numbers of the step.
    public let metrics: [String: Double]
  }

  /// A way to improve a policy.
  public init(
    estimator: any AdvantageEstimator, objective: any PolicyObjective,
    aggregation: LossAggregation = .tokenMean, updatesPerBatch: Int = 1,
    learningRate: LearningRateSchedule, maximumGradientNorm: Float = 1, driftLimit: Double = 0.05,
    missingLimit: Double = 0.5
  ) {
    precondition(updatesPerBatch > 0, "updatesPerBatch must be positive, got \(updatesPerBatch)")
    self.estimator = estimator
    self.objective = objective
    self.aggregation = aggregation
    self.updatesPerBatch = updatesPerBatch
    self.learningRate = learningRate
    self.maximumGradientNorm = maximumGradientNorm
    self.driftLimit = driftLimit
    self.missingLimit = missingLimit
  }

  /// Improves a policy with the rollouts it just made.
  ///
  /// - Parameters:
  ///   - policy: Who learns; its weights are those that sampled the batch.
  ///   - batch: Scored groups.
  ///   - step: The run's step, from 0.
  ///   - steps: Steps of the run, for the learning rate.
  /// - Throws: ``RunError`` when too many rewards are missing, sampler and learner disagree, or the
  ///   gradient is not finite; what the estimator, the objective and the policy throw.
  public func improve(
    _ policy: some LearningPolicy, with batch: RolloutBatch, step: Int, of steps: Int
  ) async throws -> Outcome {
    let trajectories = batch.trajectories
    try refuseMissing(batch, step: step)
    var rows = try ScoredRows(trajectories)
    let packed = PackedBatch(trajectories)
    let sampler = packed.ragged(try trajectories.flatMap { try $0.samplerLogProbabilities() })
    let needs = objective.needs
    let outputs = policy.capabilities.intersection(
      needs.contains(.values) ? [.entropies, .values] : .entropies)

    let reference =
      needs.contains(.reference)
      ? packed.ragged(
        try await policy.forward(packed, weights: .reference, outputs: [], gradient: false)
          .logProbabilities) : nil
    var oldValues: Ragged<Float>?
    if needs.contains(.values) {
      let pass = try await policy.forward(
        packed, weights: .current, outputs: .values, gradient: false)
      oldValues = pass.values.map { packed.ragged($0) }
      rows.values = oldValues.map { $0.with($0.values.map(Double.init)) }
    }
    let credit = try estimator.credit(for: rows)
    let advantages = credit.advantages.with(credit.advantages.values.map { Float($0) })
    let returns = credit.returns.map { $0.with($0.values.map { Float($0) }) }

    var metrics = StepMetrics()
    metrics.addSignal(rows)
    for part in parts(of: batch) where !part.isEmpty {
      let minibatch = packed.rows(part)
      guard minibatch.selectedCount > 0 else { continue }
      let pass = try await policy.forward(
        minibatch, weights: .current, outputs: outputs, gradient: true)
      let current = minibatch.ragged(pass.logProbabilities)
      let drawn = sampler.rows(part)
      if metrics.updates == 0 {
        let drift = samplerDrift(trainer: current, sampler: drawn)
        metrics.drift = drift
        guard drift.maximumAbsoluteDifference <= driftLimit else {
          throw RunError.drift(
            step: step + 1, largest: drift.maximumAbsoluteDifference, limit: driftLimit)
        }
      }
      let leftOut = Set(rows.scores.indices).subtracting(part)
      let weights = aggregation.weights(for: rows, leavingOut: leftOut).rows(part)
      let result = try objective.evaluate(
        ObjectiveInput(
          current: current, weights: weights, old: drawn, reference: reference?.rows(part),
          sampler: drawn, advantages: advantages.rows(part),
          entropies: pass.entropies.map { minibatch.ragged($0) },
          values: pass.values.map { minibatch.ragged($0) }, oldValues: oldValues?.rows(part),
          returns: returns?.rows(part)))
      try await policy.backward(
        pass,
        PolicyGradients(
          logProbabilities: result.gradients.logProbabilities,
          entropies: result.gradients.entropies, values: result.gradients.values))
      let rate = learningRate.rate(step: step, of: steps)
      let report = try await policy.step(
        OptimizerStep(learningRate: rate, maximumGradientNorm: maximumGradientNorm))
      guard report.applied else { throw RunError.nonFiniteGradient(step: step + 1) }
      metrics.add(
        result, report: report, pass: pass, reference: reference?.rows(part), learningRate: rate)
    }
    return Outcome(
      advantages: trajectories.indices.map { row in
        rows.scores[row].value == nil ? [] : Array(advantages[row: row])
      },
      metrics: metrics.all)
  }

  /// Rows of each update: whole groups, as evenly as they divide.
  private func parts(of batch: RolloutBatch) -> [[Int]] {
    let groupOfRow = batch.groups.indices.flatMap { group in
      batch.groups[group].members.map { _ in group }
    }
    let count = min(updatesPerBatch, max(batch.groups.count, 1))
    return (0..<count).map { part in
      groupOfRow.indices.filter { groupOfRow[$0] * count / batch.groups.count == part }
    }
  }

  private func refuseMissing(_ batch: RolloutBatch, step: Int) throws(RunError) {
    let scores = batch.trajectories.map(\.score)
    let reasons = scores.compactMap { score in
      if case .missing(let reason) = score { reason } else { nil }
    }
    if let reason = reasons.first, Double(reasons.count) > missingLimit * Double(scores.count) {
      throw .rewardsMissing(
        step: step + 1, missing: reasons.count, of: scores.count, reason: reason)
    }
  }
}

extension Ragged {
  /// Some rows, in the order given.
  func rows(_ indices: [Int]) -> Ragged<Element> {
    Ragged(indices.map { Array(self[row: $0]) })
  }
}
