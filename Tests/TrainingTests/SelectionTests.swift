import Advantage
import Agents
import Policy
import RandomStreams
import Rewards
import Testing
import Trajectories
import Transformer

@testable import Training

/// What a step of learning gave: everything that must not depend on tokens nobody sampled.
struct StepNumbers: Equatable {
  var metrics: [String: Double]
  var gradient: [Double]

  /// Whether two differ by rounding only; losses are summed in single precision, block by block.
  func isClose(to other: StepNumbers, within tolerance: Double = 1e-7) -> Bool {
    func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= tolerance * max(1, abs(a)) }
    return metrics.keys == other.metrics.keys
      && metrics.allSatisfy { close($0.value, other.metrics[$0.key] ?? .nan) }
      && zip(gradient, other.gradient).allSatisfy(close)
  }
}

@Suite("What nobody sampled changes nothing")
struct SelectionTests {
  typealias Step = @Sendable ([TrajectoryGroup], UnigramPolicy) async throws -> StepNumbers

  static let objective = ClippedSurrogate() + 0.1 * KLPenalty(.k3) + 0.01 * EntropyBonus()

  /// Groups of scored trajectories: a prompt, then turns and answers of random lengths.
  static func groups(observationTokens: Int = 5) throws -> [TrajectoryGroup] {
    let policy = UnigramPolicy()
    return try (0..<4).map { group in
      let task = AgentTask(id: "\(group)", question: "", answers: [])
      let members = try (0..<3).map { member in
        var stream = RandomStream(seed: 9).child("trajectory", group, member)
        var result = Trajectory(
          task: task, rollout: RolloutID(step: 1, group: group, member: member))
        func span(_ origin: SpanOrigin, _ turn: Int, _ tokens: [Int32]) throws -> Span {
          try Span(
            origin: origin, role: origin == .policy ? .assistant : .tool, turn: turn,
            tokens: tokens, text: [], offsets: [Int](repeating: 0, count: tokens.count + 1),
            sampling: origin == .policy
              ? SamplingRecord(
                logProbabilities: tokens.map(policy.recorded), weightVersion: 0,
                settings: SamplingSettings()) : nil)
        }
        func world(_ count: Int) -> [Int32] {
          (0..<count).map { UnigramPolicy.worldTokens + Int32($0 * 5 % 8) }
        }
        try result.append(span(.prompt, 0, world(3)))
        for turn in 0..<(1 + member) {
          let length = 1 + stream.index(below: 6)
          let tokens = (0..<length).map { _ in
            Int32(stream.index(below: Int(UnigramPolicy.worldTokens)))
          }
          try result.append(span(.policy, turn, tokens))
          try result.append(span(.environment, turn, world(observationTokens)))
        }
        result.status = .completed
        result.score = .value(Double(stream.index(below: 5)) / 4)
        return result
      }
      return TrajectoryGroup(task: task, members: members)
    }
  }

  /// The step that users take.
  static let improvement: Step = { groups, policy in
    let improvement = PolicyImprovement(
      estimator: GroupRelative.grpo, objective: objective,
      learningRate: LearningRateSchedule(peak: 0.1))
    let given = ClosureReward("given") { $0.score }
    let batch = try await RolloutBatch(scoring: groups, with: given)
    let outcome = try await improvement.improve(policy, with: batch, step: 0, of: 1)
    var metrics = outcome.metrics
    for name in ["responseTokens", "sampledTokens"] { metrics[name] = batch.metrics[name] }
    return StepNumbers(metrics: metrics, gradient: policy.lastGradient)
  }

  /// The same from its pieces, under any rule of selection, in any number of forward passes.
  static func pieces(_ rule: SelectionRule, microBatches: Int = 1) -> Step {
    { groups, policy in
      let trajectories = groups.flatMap(\.members)
      let rows = try ScoredRows(trajectories, selecting: rule)
      let batch = PackedBatch(trajectories, selecting: rule)
      let weights = LossAggregation.tokenMean.weights(for: rows)
      let advantages = try GroupRelative.grpo.advantages(for: rows, as: Float.self)
      let reference = batch.ragged(
        try await policy.forward(batch, weights: .reference, outputs: [], gradient: false)
          .logProbabilities)
      let old = batch.ragged(try await policy.forward(batch).logProbabilities)
      var metrics = ["loss": 0, "entropy": 0, "length": Double(batch.selectedCount)]
      for part in 0..<microBatches {
        let indices = (0..<batch.rowCount).filter { $0 % microBatches == part }
        let micro = batch.rows(indices)
        let pass = try await policy.forward(
          micro, weights: .current, outputs: .entropies, gradient: true)
        let entropies = try #require(pass.entropies)
        let result = try objective.evaluate(
          ObjectiveInput(
            current: micro.ragged(pass.logProbabilities), weights: weights.rows(indices),
            old: old.rows(indices), reference: reference.rows(indices),
            advantages: advantages.rows(indices), entropies: micro.ragged(entropies)))
        try await policy.backward(
          pass, PolicyGradients(logProbabilities: result.gradients.logProbabilities))
        metrics["loss", default: 0] += result.loss
        metrics["entropy", default: 0] += entropies.reduce(0) { $0 + Double($1) }
      }
      metrics["gradientNorm"] =
        try await policy.step(OptimizerStep(learningRate: 0.1)).gradientNorm
      return StepNumbers(metrics: metrics, gradient: policy.lastGradient)
    }
  }

  /// The relations that a way of taking a step breaks.
  static func broken(_ step: Step) async throws -> Set<String> {
    let groups = try groups()
    let plain = try await step(groups, UnigramPolicy())
    var broken: Set<String> = []
    func require(_ holds: Bool, _ relation: String) {
      if !holds { broken.insert(relation) }
    }
    for disturbance: Float in [0.25, -3] {
      require(
        try await step(groups, UnigramPolicy(disturbance: disturbance)) == plain,
        "numbers at the world's tokens don't matter")
    }
    for count in [0, 1, 40] {
      require(
        try await step(Self.groups(observationTokens: count), UnigramPolicy()) == plain,
        "lengths of the world's answers don't matter")
    }
    let turnedGroups = try await step(groups.reversed(), UnigramPolicy())
    require(turnedGroups.isClose(to: plain), "the order of groups doesn't matter")
    let turnedRows = groups.map {
      TrajectoryGroup(task: $0.task, members: $0.members.reversed())
    }
    require(
      try await step(turnedRows, UnigramPolicy()).isClose(to: plain),
      "the order of rows doesn't matter")
    return broken
  }

  @Test("not in a step of policy improvement")
  func improvementSteps() async throws {
    #expect(try await Self.broken(Self.improvement) == [])
    let plain = try await Self.improvement(try Self.groups(), UnigramPolicy())
    #expect(plain.gradient.contains { abs($0) > 1e-4 })
    #expect(plain.metrics["drift"] == 0)
    #expect((plain.metrics["kl"] ?? 0) > 0.01)
  }

  @Test("not in a step made of its pieces")
  func piecewise() async throws {
    #expect(try await Self.broken(Self.pieces(.policy)) == [])
  }

  @Test("and a selection turned inside out is caught")
  func inverted() async throws {
    let broken = try await Self.broken(Self.pieces(SelectionRule(origins: [.environment])))
    #expect(
      broken.isSuperset(of: [
        "numbers at the world's tokens don't matter",
        "lengths of the world's answers don't matter",
      ]))
    let both = SelectionRule(origins: [.policy, .environment])
    #expect(try await !Self.broken(Self.pieces(both)).isEmpty)
  }

  @Test("micro-batches only ever add", arguments: [2, 3, 12])
  func microBatches(count: Int) async throws {
    let groups = try Self.groups()
    let whole = try await Self.pieces(.policy)(groups, UnigramPolicy())
    let parts = try await Self.pieces(.policy, microBatches: count)(groups, UnigramPolicy())
    #expect(parts.isClose(to: whole))
    let step = try await Self.improvement(groups, UnigramPolicy())
    #expect(abs((step.metrics["loss"] ?? .nan) - (whole.metrics["loss"] ?? 0)) < 1e-7)
  }

  @Test(
    "in the decoder, micro-batches and recomputing change no metric but the gradient's rounding")
  func decoder() async throws {
    let executions: [TransformerPolicy.Execution] = [
      .init(), .init(microBatchTokens: 1), .init(retainedTokens: 0), .init(threads: 1),
    ]
    var outcomes: [[String: Double]] = []
    for execution in executions {
      let policy = try await SmallWorld.policy(execution: execution)
      let loop = SmallWorld.loop(policy, retriever: try SmallWorld.index())
      let groups = try await loop.groups(
        SmallWorld.tasks(1), step: 1, members: 4, stream: RandomStream(seed: 4))
      let batch = try await RolloutBatch(scoring: groups, with: SmallWorld.reward)
      outcomes.append(
        try await SmallWorld.grpo.improve(policy, with: batch, step: 0, of: 1).metrics)
    }
    let norms = outcomes.map { $0["gradientNorm"] ?? .nan }
    #expect(norms[0] > 0)
    #expect(abs(norms[1] - norms[0]) <= 1e-5 * norms[0])
    #expect(norms[2] == norms[0] && norms[3] == norms[0])
    for index in outcomes.indices {
      outcomes[index]["gradientNorm"] = nil
      #expect(outcomes[index] == outcomes[0])
    }
  }
}
