public import Advantage
public import Policy
internal import Trajectories

/// Learning from one batch of scored rollouts: estimate, then update, once or several times.
///
/// The pieces are the caller's: which estimator says what tokens deserve, which objective pulls on
/// the policy, how tokens are averaged. GRPO and PPO are two choices; a recipe makes them all at
/// once, also which groups and which rollouts that were cut off take part:
///
///     let grpo = PolicyImprovement(
///       estimator: GroupRelative.grpo,
///       objective: ClippedSurrogate() + 0.001 * KLPenalty(.k3), learningRate: rate)
///     let ppo = PolicyImprovement(
///       estimator: GeneralizedAdvantage(),
///       objective: ClippedSurrogate() + 0.5 * ValueLoss(), learningRate: rate)
///     let dapo = PolicyImprovement(.trlDAPO, learningRate: rate)
///
/// A rollout that ran out of turns, tokens or time counts as cut off for the recipe's
/// ``/Advantage/PolicyGradientRecipe/truncation``; no value is expected after its last token, since
/// a policy's values stand before its tokens. Objectives that need chosen tokens or the
/// environment's tokens are refused: those are picked and read in a loop of one's own.
///
/// Where top-k, top-p or min-p left tokens out of a draw, the ratio and the drift compare what
/// sampler and learner compute over all tokens; a sampler correction divides by the probability that
/// the token was drawn with, among the tokens left:
///
///     ratio = exp(current - full)     correction = exp(full - truncated)
///
/// so without truncation and drift the correction is 1, with it the share of the probability that
/// was kept. The corrections of a row multiply to a number that falls with its length.
///
/// Rollouts that narrow weights sampled (``/Trajectories/SamplingRecord/precision``) come from another
/// policy than the one that learns. For them the old log-probabilities are the learner's own, at the
/// weights before the first update, and each token counts as much as ``samplerCorrection`` says:
///
///     ratio = exp(current − old)          weight = exp(old − sampler), limited
///
/// An objective that reads the sampler's log-probabilities, such as a ``/Advantage/ClippedSurrogate``
/// with a correction, weighs them itself and is left alone.
///
/// - Differs: vLLM hands over one of the two log-probabilities. Trainers that take its
///   `processed_logprobs` correct by the truncated ones, as here; those that also take them for `old`
///   start with ratios below 1, which are 1 here.
public struct PolicyImprovement: Sendable {
  /// What tokens deserve, how that pulls on the policy, how tokens become one loss, and which
  /// rollouts take part.
  public var recipe: PolicyGradientRecipe
  /// Optimiser steps per batch: the groups are cut into so many parts, in order.
  public var updatesPerBatch: Int
  /// The learning rate over the steps of the run.
  public var learningRate: LearningRateSchedule
  /// The gradient is scaled down to this norm.
  public var maximumGradientNorm: Float
  /// Largest difference allowed between the sampler's and the learner's log-probability of a token
  /// under the same weights, in nats, where float32 sampled.
  ///
  /// It says that both run the same weights. Narrow weights are others, and
  /// ``sampleSizeLimit`` stands in its place.
  public var driftLimit: Double
  /// Largest share of missing rewards allowed.
  public var missingLimit: Double
  /// Whether rows that can't pull are left out of the way back: rows that weigh nothing or whose
  /// advantages are all 0, as in a group of equal scores, under an objective with
  /// ``/Advantage/PolicyObjective/vanishesWithoutAdvantage``.
  ///
  /// The gradient, every metric and the step are those without it, bit for bit with the policy that
  /// ships. Their log-probabilities are computed all the same, for the metrics. Where no row pulls
  /// the step is taken all the same, along a gradient of 0: the optimiser's memory still moves
  /// weights and fades. A penalty or an entropy bonus in the objective leaves nothing out.
  public var skipsRowsWithoutAdvantage = true
  /// How tokens are weighed that narrow weights drew.
  public var samplerCorrection: SamplerCorrection
  /// Smallest share of the tokens that importance weights may leave of what narrow weights drew, in
  /// `0...1`: ``/Advantage/SamplerDrift/effectiveSampleSize``.
  public var sampleSizeLimit: Double

  /// What a batch did.
  public struct Outcome: Sendable {
    /// One advantage per selected token, by trajectory; empty where the score was missing.
    public let advantages: [[Float]]
    /// Numbers of the step.
    public let metrics: [String: Double]
  }

  /// A way to improve a policy, from its parts.
  public init(
    estimator: any AdvantageEstimator, objective: any PolicyObjective,
    aggregation: LossAggregation = .tokenMean, updatesPerBatch: Int = 1,
    learningRate: LearningRateSchedule, maximumGradientNorm: Float = 1, driftLimit: Double = 0.05,
    missingLimit: Double = 0.5, samplerCorrection: SamplerCorrection = .truncated(at: 2),
    sampleSizeLimit: Double = 0.5
  ) {
    self.init(
      PolicyGradientRecipe(
        "", estimator: estimator, surrogate: objective, weighting: aggregation),
      updatesPerBatch: updatesPerBatch, learningRate: learningRate,
      maximumGradientNorm: maximumGradientNorm, driftLimit: driftLimit, missingLimit: missingLimit,
      samplerCorrection: samplerCorrection, sampleSizeLimit: sampleSizeLimit)
  }

  /// A way to improve a policy, as a framework, a paper or a recipe of one's own does it.
  public init(
    _ recipe: PolicyGradientRecipe, updatesPerBatch: Int = 1, learningRate: LearningRateSchedule,
    maximumGradientNorm: Float = 1, driftLimit: Double = 0.05, missingLimit: Double = 0.5,
    samplerCorrection: SamplerCorrection = .truncated(at: 2), sampleSizeLimit: Double = 0.5
  ) {
    precondition(updatesPerBatch > 0, "updatesPerBatch must be positive, got \(updatesPerBatch)")
    self.recipe = recipe
    self.updatesPerBatch = updatesPerBatch
    self.learningRate = learningRate
    self.maximumGradientNorm = maximumGradientNorm
    self.driftLimit = driftLimit
    self.missingLimit = missingLimit
    self.samplerCorrection = samplerCorrection
    self.sampleSizeLimit = sampleSizeLimit
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
  /// - Complexity: A pass over the batch, forward and back; one more forward for a reference, for
  ///   values, and for what narrow weights sampled where there are several updates.
  public func improve(
    _ policy: some LearningPolicy, with batch: RolloutBatch, step: Int, of steps: Int
  ) async throws -> Outcome {
    let trajectories = batch.trajectories
    try refuseMissing(batch, step: step)
    var rows = try ScoredRows(trajectories)
    let packed = PackedBatch(trajectories)
    rows.ends = trajectories.map {
      if case .truncated = $0.status { .truncated(bootstrap: 0) } else { .terminated }
    }
    let sampler = packed.ragged(try trajectories.flatMap { try $0.samplerLogProbabilities() })
    let drawn = packed.ragged(try trajectories.flatMap { try $0.drawnLogProbabilities() })
    let isNarrow = trajectories.contains { $0.isSampledNarrowly }
    let parts = parts(of: batch).filter { !$0.isEmpty }
    let objective = recipe.objective
    let needs = objective.needs
    let outputs = policy.capabilities.intersection(
      needs.contains(.values) ? [.entropies, .values] : .entropies)

    let reference =
      needs.contains(.reference) || recipe.chargesRewards
      ? packed.ragged(
        try await policy.forward(packed, weights: .reference, outputs: [], gradient: false)
          .logProbabilities) : nil
    // The learner's log-probabilities before the first update, where those of that update itself
    // don't do.
    let old =
      isNarrow && (parts.count > 1 || recipe.chargesRewards)
      ? packed.ragged(
        try await policy.forward(packed, weights: .current, outputs: [], gradient: false)
          .logProbabilities) : nil
    var oldValues: Ragged<Float>?
    if needs.contains(.values) {
      let pass = try await policy.forward(
        packed, weights: .current, outputs: .values, gradient: false)
      oldValues = pass.values.map { packed.ragged($0) }
      rows.values = oldValues.map { $0.with($0.values.map(Double.init)) }
    }
    let credit = try recipe.credit(
      for: rows, old: (old ?? sampler).with((old ?? sampler).values.map(Double.init)),
      reference: reference.map { $0.with($0.values.map(Double.init)) })
    let advantages = credit.advantages.with(credit.advantages.values.map { Float($0) })
    let returns = credit.returns.map { $0.with($0.values.map { Float($0) }) }

    var metrics = StepMetrics()
    metrics.isNarrow = isNarrow
    metrics.addSignal(rows)
    for part in parts {
      var minibatch = packed.rows(part)
      guard minibatch.selectedCount > 0 else { continue }
      let leftOut = Set(rows.scores.indices).subtracting(part)
      let weights = recipe.weights(for: rows, credit: credit, leavingOut: leftOut).rows(part)
      var deserved = advantages.rows(part)
      if skipsRowsWithoutAdvantage, objective.vanishesWithoutAdvantage {
        minibatch = minibatch.withoutGradient(
          ofRows: Set(
            part.indices.filter { row in
              weights.perToken[row] == 0 || deserved[row: row].allSatisfy { $0 == 0 }
            }))
      }
      let pass = try await policy.forward(
        minibatch, weights: .current, outputs: outputs, gradient: true)
      let current = minibatch.ragged(pass.logProbabilities)
      let sampled = sampler.rows(part)
      if metrics.updates == 0 {
        let drift =
          old.map { samplerDrift(trainer: $0, sampler: sampler) }
          ?? samplerDrift(trainer: current, sampler: sampled)
        metrics.drift = drift
        try refuse(drift, isNarrow: isNarrow, step: step)
      }
      let before = isNarrow ? old?.rows(part) ?? current : sampled
      if isNarrow && !needs.contains(.sampler) {
        let correction = CorrectionWeights(samplerCorrection, trainer: before, sampler: sampled)
        deserved = correction.applied(to: deserved)
        metrics.add(correction)
      }
      let result = try objective.evaluate(
        ObjectiveInput(
          current: current, weights: weights, old: before, reference: reference?.rows(part),
          sampler: drawn.rows(part), advantages: deserved,
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
}

extension PolicyGradientRecipe {
  /// Whether a divergence from the reference is taken from rewards.
  fileprivate var chargesRewards: Bool {
    switch divergence {
    case .tokenRewards, .score: true
    case .loss, nil: false
    }
  }
}

extension Ragged {
  /// Some rows, in the order given.
  func rows(_ indices: [Int]) -> Ragged<Element> {
    Ragged(indices.map { Array(self[row: $0]) })
  }
}
