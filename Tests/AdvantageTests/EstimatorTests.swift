import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Estimators of rollouts and tokens")
struct EstimatorTests {
  private func rows(
    _ scores: [Double], groups: [Int]? = nil, tokenCounts: [Int]? = nil
  ) throws -> ScoredRows {
    try ScoredRows(
      scores: scores.map { .value($0) }, groups: groups ?? scores.map { _ in 0 },
      tokenCounts: tokenCounts ?? scores.map { _ in 1 })
  }

  @Test("a group of a hundred thousand rollouts is as exact as one of two")
  func hugeGroup() throws {
    let scores = (0..<100_000).map { $0 % 2 == 0 ? 0.0 : 1 }
    let groups = scores.map { _ in 0 }
    let result = try GroupRelative(scale: .standardDeviation(correction: 0, epsilon: 0))
      .advantages(ofScores: scores, groups: groups)
    #expect(Set(result) == [-1, 1])
  }

  @Test("plain scores and scored rows get the same", arguments: 0..<20)
  func plainScores(seed: Int) throws {
    let batch = RandomBatch(seed: seed, missing: 0, branching: 0)
    let scores = batch.scores.compactMap(\.value)
    for estimator in [GroupRelative.grpo, .rloo, .maxRL, .score] {
      #expect(
        try estimator.advantages(ofScores: scores, groups: batch.groups)
          == estimator.rowAdvantages(for: batch.rows()))
    }
    #expect(throws: AdvantageError.nonFiniteScore(row: 1, value: .infinity)) {
      try GroupRelative.grpo.advantages(ofScores: [0, .infinity], groups: [0, 0])
    }
  }

  @Test("OPO weighs by length: the long rollout is the baseline")
  func lengthWeighted() throws {
    let result = try GroupRelative.opo.rowAdvantages(for: rows([1, 0], tokenCounts: [3, 1]))
    #expect(result == [0.25, -0.75])
    #expect(
      try GroupRelative.opo.rowAdvantages(for: rows([1, 0], tokenCounts: [0, 0])) == [0.5, -0.5])
  }

  @Test("MaxRL: a success is worth as much more as it is rare, negative means teach nothing")
  func maxRL() throws {
    let exact = GroupRelative(scale: .mean(epsilon: 0))
    #expect(try exact.rowAdvantages(for: rows([1, 0, 0, 0])) == [3, -1, -1, -1])
    #expect(try exact.rowAdvantages(for: rows([1, -3])) == [0, 0])
    #expect(try SkyRLMaxRL().rowAdvantages(for: rows([1, -3]))[0] < 0)
  }

  @Test("the deviation of the batch scales distances to the group's mean")
  func batchDeviation() throws {
    let estimator = GroupRelative(scale: .batchStandardDeviation(correction: 0, epsilon: 0))
    let result = try estimator.rowAdvantages(for: rows([0, 2, 10, 10], groups: [0, 0, 1, 1]))
    let deviation = (20.75 as Double).squareRoot()
    #expect(abs(result[1] - 1 / deviation) < 1e-15)
    #expect(result[2...] == [0, 0])
  }

  @Test("only the best learns, and only if there is one")
  func bestOfGroup() throws {
    let lead = BestOfGroup(scale: .none)
    #expect(try lead.rowAdvantages(for: rows([1, 4, 2])) == [0, 2, 0])
    #expect(try lead.rowAdvantages(for: rows([4, 4, 2])) == [0, 0, 0])
    #expect(throws: AdvantageError.loneMember(group: 0)) {
      try BestOfGroup(loneMember: .refuse).rowAdvantages(for: rows([1]))
    }
  }

  @Test("groups that teach nothing are made up for")
  func signal() throws {
    let rows = try rows([1, 0, 1, 1, 0, 0], groups: [0, 0, 1, 1, 2, 2])
    #expect(try ScaledBySignal.gpg.rowAdvantages(for: rows) == [1.5, -1.5, 0, 0, 0, 0])
    #expect(
      try ScaledBySignal(GroupRelative.drGRPO, per: .groups).rowAdvantages(for: rows)[0] == 1.5)
    // verl counts the four scores that are not 0 … of which there are three.
    #expect(try VerlGPG().rowAdvantages(for: rows)[0] == 1)
  }

  @Test("components are compared apart: a rare one is not drowned")
  func components() throws {
    var rows = try rows([0, 0, 0, 0])
    rows.components = [
      "answer": [.value(1), .value(0), .value(0), .value(1)],
      "length": [.value(100), .value(300), .value(100), .value(300)],
    ]
    let both = try ComponentSum(
      of: GroupRelative(scale: .standardDeviation(correction: 0, epsilon: 0))
    )
    .rowAdvantages(for: rows)
    #expect(both == [0, 0, -2, 2])
    let mean = try ComponentSum(
      weights: ["answer": 3, "length": 1], averages: true,
      of: GroupRelative(scale: .standardDeviation(correction: 0, epsilon: 0))
    ).rowAdvantages(for: rows)
    #expect(mean == [0.5, -0.5, -1, 1])
    #expect(
      throws: AdvantageError.unknownComponent(name: "style", known: ["answer", "length"])
    ) {
      try ComponentSum(weights: ["style": 1], of: GroupRelative.grpo).rowAdvantages(for: rows)
    }
  }

  @Test("a component that is missing for one rollout leaves the others' statistics alone")
  func missingComponent() throws {
    var rows = try rows([0, 0, 0])
    rows.components = ["a": [.value(1), .missing(reason: "no judge"), .value(3)]]
    let sum = ComponentSum(of: GroupRelative.drGRPO)
    #expect(try sum.rowAdvantages(for: rows) == [-1, 0, 1])
  }

  @Test("REINFORCE++ discounts per selected token and adds token rewards")
  func rewardToGo() throws {
    var rows = try rows([4], tokenCounts: [3])
    rows.tokenRewards = Ragged([[1, 0, 2]])
    let credit = try RewardToGo(discount: 0.5).credit(for: rows)
    #expect(credit.advantages.values == [2.5, 3, 6])
    #expect(credit.returns == credit.advantages)
    rows.greedyScores = [.value(2)]
    #expect(try RewardToGo.reMax.credit(for: rows).advantages.values == [5, 4, 4])
    rows.greedyScores = [.missing(reason: "no greedy answer")]
    #expect(try RewardToGo.reMax.credit(for: rows).advantages.values == [0, 0, 0])
  }

  @Test("a row of a hundred thousand tokens keeps its score to the first")
  func longRow() throws {
    let count = 100_000
    var rows = try rows([0.7], tokenCounts: [count])
    var random = RandomStream(seed: 5)
    rows.values = random.numbers(like: rows.offsets)
    let credit = try GeneralizedAdvantage(whitening: nil).credit(for: rows)
    let returns = try #require(credit.returns)
    #expect(returns.values.allSatisfy { abs($0 - 0.7) < 1e-10 })
  }

  @Test("with the same trace for both, decoupled is generalised", arguments: 0..<10)
  func decoupled(seed: Int) throws {
    let rows = try EstimatorBatch(seed: seed).scoredRows()
    let plain = try GeneralizedAdvantage(discount: 0.9, lambda: 0.8, whitening: nil)
      .credit(for: rows)
    let both = try DecoupledAdvantage(
      discount: 0.9, policyTrace: .constant(0.8), criticLambda: 0.8, whitening: nil
    ).credit(for: rows)
    #expect(plain == both)
  }

  @Test("the length-adaptive trace grows with length and is never negative")
  func lengthAdaptive() {
    let trace = DecoupledAdvantage.Trace.lengthAdaptive(alpha: 0.05)
    #expect(trace.lambda(forLength: 0) == 0)
    #expect(trace.lambda(forLength: 20) == 0)
    #expect(trace.lambda(forLength: 200) == 0.9)
    #expect(trace.lambda(forLength: 2000) == 0.99)
  }

  @Test("with weights of one distribution the token baseline is verl's, but for the tail")
  func tokenBaseline() throws {
    for seed in 0..<20 {
      var batch = EstimatorBatch(seed: seed, missing: 0)
      for row in batch.rows.indices {
        for token in batch.rows[row].tokens.indices {
          batch.rows[row].tokens[token].squaredLength += 0.5
        }
      }
      let rows = try batch.scoredRows()
      let ours = try OptimalTokenBaseline(loneMember: .raw).credit(for: rows).advantages
      let theirs = try VerlOptimalTokenBaseline(alignment: .selectedTokens).credit(for: rows)
      for group in rows.grouped {
        let members = group.members.flatMap(\.rows)
        let lengths = members.map { rows.range(ofRow: $0).count }.sorted(by: >)
        for row in members {
          for (place, token) in rows.range(ofRow: row).enumerated() {
            if lengths.count > 1 && place >= lengths[1] {
              #expect(ours.values[token] == 0)
            } else {
              #expect(abs(ours.values[token] - theirs.advantages.values[token]) < 1e-6)
            }
          }
        }
      }
    }
  }

  @Test("a certain token has no gradient, an unlikely one the most")
  func squaredGradientLength() {
    func length(_ probability: Double, collision: Double) -> Double {
      ScoredRows.squaredGradientLength(
        logProbability: probability == 1 ? 0 : -50, collision: collision)
    }
    #expect(length(1, collision: 1) == 0)
    #expect(abs(length(0, collision: 1) - 2) < 1e-12)
    #expect(
      ScoredRows.squaredGradientLength(logProbability: 0, collision: 1 - 1e-17, weight: 2) == 0)
  }

  @Test("running baselines follow their role, after the batch")
  func runningBaselines() throws {
    var estimator = RunningBaselines(decay: 0.5)
    var rows = try rows([1, 0, 4])
    rows.roles = ["player", "player", "judge"]
    #expect(estimator.rowAdvantages(for: rows) == [1, 0, 4])
    estimator.observe(rows)
    #expect(estimator.baselines == ["player": 0.25, "judge": 2])
    #expect(estimator.rowAdvantages(for: rows) == [0.75, -0.25, 2])
  }

  @Test("roles are compared among themselves, solvers inside their episode")
  func roles() throws {
    var rows = try rows([1, 3, 10, 20, 30, 50])
    rows.roles = ["planner", "planner", "solver", "solver", "solver", "solver"]
    rows.episodes = [0, 1, 0, 0, 1, 1]
    let together = GroupedByRole(GroupRelative.drGRPO)
    #expect(try together.rowAdvantages(for: rows) == [-1, 1, -17.5, -7.5, 2.5, 22.5])
    let within = GroupedByRole(GroupRelative.drGRPO, withinEpisode: ["solver"])
    #expect(try within.rowAdvantages(for: rows) == [-1, 1, -5, 5, -10, 10])
  }

  @Test("divergence is charged where it happens, and its mean is over rows")
  func klInReward() throws {
    var rows = try rows([1, 0], tokenCounts: [2, 1])
    let charge = KLInReward(coefficient: 0.5)
    let divergences = charge.divergences(
      old: Ragged([[-1, -2], [-1]]), reference: Ragged([[-2, -2], [-4]]))
    #expect(divergences.values == [1, 0, 3])
    #expect(try charge.charge(divergences, to: &rows) == 1.75)
    #expect(rows.tokenRewards?.values == [-0.5, 0, -1.5])
    #expect(try RewardToGo().credit(for: rows).advantages.values == [0.5, 1, -1.5])
    #expect(throws: AdvantageError.nonFiniteInput(input: "divergences", row: 0, token: 1)) {
      try charge.charge(Ragged([[0, .nan], [0]]), to: &rows)
    }
  }

  @Test("one branch given twice is refused")
  func duplicates() {
    let trajectory = Trajectory(
      task: AgentTask(id: "a", question: "?", answers: []),
      rollout: RolloutID(step: 0, group: 0, member: 0))
    #expect(throws: AdvantageError.duplicateBranch(firstRow: 0, secondRow: 1)) {
      try ScoredRows([trajectory, trajectory])
    }
  }
}
