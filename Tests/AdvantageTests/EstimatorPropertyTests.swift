import Advantage
import RandomStreams
import Testing
import Trajectories

@Suite("Every estimator")
struct EstimatorPropertyTests {
  /// Whitened forms need two tokens; small batches may have fewer.
  private func credit(_ estimator: any AdvantageEstimator, _ rows: ScoredRows) throws -> Credit? {
    do {
      return try estimator.credit(for: rows)
    } catch AdvantageError.tooFewTokens {
      return nil
    }
  }

  private func isClose(_ left: [Double], _ right: [Double], _ tolerance: Double = 1e-9) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
  }

  @Test("permuting rows permutes advantages", arguments: 0..<40)
  func permutation(seed: Int) throws {
    let batch = EstimatorBatch(seed: seed)
    var random = RandomStream(seed: UInt64(seed)).child("order")
    let order = random.shuffled(Array(batch.rows.indices))
    for (name, estimator) in estimators where name != "GiGPO, similar" {
      let straight = try estimator.credit(for: batch.scoredRows()).advantages.picking(order)
      let permuted = try estimator.credit(for: batch.permuted(order).scoredRows()).advantages
      #expect(isClose(straight.values, permuted.values), "\(name)")
    }
    for (name, estimator) in rolloutEstimators {
      let straight = try estimator.rowAdvantages(for: batch.scoredRows())
      let permuted = try estimator.rowAdvantages(for: batch.permuted(order).scoredRows())
      #expect(order.map { straight[$0] } == permuted, "\(name), bit for bit")
    }
  }

  @Test("a rollout without a score is as good as absent, and gets 0", arguments: 0..<40)
  func missing(seed: Int) throws {
    let batch = EstimatorBatch(seed: seed, missing: 0.3)
    let kept = batch.rows.indices.filter { batch.rows[$0].score.value != nil }
    if kept.isEmpty { return }
    for (name, estimator) in estimators {
      let whole = try estimator.credit(for: batch.scoredRows()).advantages
      let rest = try estimator.credit(for: batch.permuted(kept).scoredRows()).advantages
      #expect(isClose(whole.picking(kept).values, rest.values), "\(name)")
      for row in batch.rows.indices where batch.rows[row].score.value == nil {
        #expect(whole[row: row].allSatisfy { $0 == 0 }, "\(name)")
      }
    }
  }

  @Test("what the environment wrote between tokens changes no bit", arguments: 0..<20)
  func environmentTokens(seed: Int) throws {
    let batch = EstimatorBatch(seed: seed)
    var moved = batch
    var random = RandomStream(seed: UInt64(seed)).child("pages")
    for row in moved.rows.indices {
      var shift = 0
      for token in moved.rows[row].tokens.indices {
        shift += random.index(below: 3)
        moved.rows[row].tokens[token].position += shift
      }
    }
    for (name, estimator) in estimators {
      #expect(
        try estimator.credit(for: batch.scoredRows()) == estimator.credit(for: moved.scoredRows()),
        "\(name)")
    }
  }

  @Test("a branch more changes no other row of those that count rollouts", arguments: 0..<20)
  func branches(seed: Int) throws {
    let batch = EstimatorBatch(seed: seed, branching: 0)
    var branched = batch
    var copy = batch.rows[0]
    copy.turns = []
    copy.tokens = []
    branched.rows.append(copy)
    for (name, estimator) in rolloutEstimators {
      let plain = try estimator.rowAdvantages(for: batch.scoredRows())
      let more = try estimator.rowAdvantages(for: branched.scoredRows())
      #expect(more == plain + [plain[0]], "\(name)")
    }
  }

  @Test(
    "a group of equal scores teaches exactly nothing",
    arguments: [
      [0.1, 0.1, 0.1],
      [Double(Float(0.1)), 0.1, Double(Float(0.1).nextUp), Double(Float(0.1).nextDown)],
      [0.1, 0.1 + 1e-9, 0.1 - 1e-9],
      [-7.3, -7.3, -7.3 * (1 + 1e-12)],
      [0, 0, 0, 0],
      [1e300, 1e300],
    ])
  func equalScores(scores: [Double]) throws {
    var rows = try ScoredRows(
      scores: scores.map { .value($0) }, groups: scores.map { _ in 3 },
      tokenCounts: scores.indices.map { 1 + $0 })
    rows.components = ["exact": rows.scores, "format": rows.scores]
    rows.roles = scores.map { _ in "planner" }
    rows.episodes = Array(scores.indices)
    rows.segments = rows.offsets.last.map {
      Ragged(values: Array(repeating: 0, count: $0), offsets: rows.offsets)
    }
    rows.squaredGradientLengths = rows.broadcast(scores.map { _ in 0.5 })
    rows.steps = scores.indices.map {
      AgentStep(row: $0, turn: 0, tokens: rows.range(ofRow: $0), score: rows.scores[$0], state: "a")
    }
    let exempt = ["GAE", "VC-PPO", "VAPO", "reward to go", "ReMax", "running baselines"]
    for (name, estimator) in estimators where !exempt.contains(name) {
      if name.hasPrefix("optimal") && Set(scores).count > 1 { continue }
      let advantages = try estimator.credit(for: rows).advantages
      #expect(advantages.values.allSatisfy { $0 == 0 }, "\(name)")
    }
    for estimator in [
      GroupRelative.drGRPO.normalisedOverTokens() as any AdvantageEstimator,
      GroupRelative.grpo.normalisedOverRollouts(),
      ComponentSum(of: GroupRelative.grpo).normalisedOverTokens(),
    ] {
      let single: Ragged<Float> = try estimator.advantages(for: rows)
      #expect(single.values.allSatisfy { $0 == 0 })
    }
  }

  @Test("finite numbers never give NaN, however large or small", arguments: 0..<150)
  func finite(seed: Int) throws {
    let magnitudes = [
      0, 1, 1e-3, 1e-9, 1e9, 1e-300, .leastNonzeroMagnitude, 1e100, 1e155, 1e300, 2e307,
    ]
    var random = RandomStream(seed: UInt64(seed)).child("magnitudes")
    let batch = EstimatorBatch(
      seed: seed, magnitudes: (0..<3).map { _ in magnitudes[random.index(below: magnitudes.count)] }
    )
    let rows = try batch.scoredRows()
    for (name, estimator) in estimators {
      let credit = try estimator.credit(for: rows)
      #expect(!credit.advantages.values.contains { $0.isNaN }, "\(name)")
      #expect(!(credit.returns?.values.contains { $0.isNaN } ?? false), "\(name)")
    }
    for base in [
      GeneralizedAdvantage(whitening: nil) as any AdvantageEstimator, RewardToGo(),
      RewardToGo.reMax,
      GroupRelative.grpo, GroupRelative.score,
    ] {
      for whitening in [
        Whitening(), .openRLHF, Whitening(correction: 0, epsilon: 0),
        Whitening(damping: .besideRoot(1e-4), keepsMean: true, tolerance: 0),
      ] {
        let credit = try credit(whitened(base, whitening), rows)
        #expect(!(credit?.advantages.values.contains { $0.isNaN } ?? false))
      }
    }
  }

  private func whitened(
    _ base: some AdvantageEstimator, _ whitening: Whitening
  ) -> any AdvantageEstimator { base.normalisedOverTokens(by: whitening) }

  @Test("no rows give no advantages")
  func empty() throws {
    var rows = try ScoredRows(scores: [], groups: [], tokenCounts: [])
    let none = Ragged<Double>(values: [], offsets: [0])
    rows.values = none
    rows.squaredGradientLengths = none
    rows.segments = Ragged(values: [], offsets: [0])
    rows.steps = []
    rows.roles = []
    rows.episodes = []
    rows.greedyScores = []
    rows.components = ["exact": [], "format": []]
    for (name, estimator) in estimators {
      #expect(try estimator.credit(for: rows).advantages.values == [], "\(name)")
    }
  }

  @Test("what an estimator needs and does not find is named")
  func needs() throws {
    let rows = try ScoredRows(
      scores: [.value(1), .value(0)], groups: [0, 0], tokenCounts: [1, 1])
    let needy: [(any AdvantageEstimator, String)] = [
      (GeneralizedAdvantage(), "values"), (DecoupledAdvantage.vapo, "values"),
      (RewardToGo.reMax, "greedy scores"), (OptimalTokenBaseline(), "squared gradient lengths"),
      (MultiTurnGRPO(), "steps"), (GiGPO(), "steps"),
      (StateScoreCredit(GroupRelative.grpo), "steps"),
      (TurnDecay(GroupRelative.grpo), "steps"), (DividedByTurns(GroupRelative.grpo), "steps"),
      (SharedSegments(GroupRelative.grpo), "segments"),
      (ComponentSum(of: GroupRelative.grpo), "components"),
      (GroupedByRole(GroupRelative.grpo), "roles"),
      (OpenRLHFGeneralizedAdvantage(lambda: 1), "positions"),
      (SkyRLReinforcePlusPlus(), "positions"),
    ]
    for (estimator, input) in needy {
      #expect {
        try estimator.credit(for: rows)
      } throws: {
        guard case AdvantageError.missingInput(let name, input) = $0 else { return false }
        return "\(estimator)".hasPrefix(name)
      }
    }
  }

  @Test("numbers that are not finite are refused by row and token")
  func nonFinite() throws {
    var rows = try ScoredRows(
      scores: [.value(1), .value(0)], groups: [0, 0], tokenCounts: [2, 1])
    rows.values = Ragged([[0, .nan], [0]])
    #expect(throws: AdvantageError.nonFiniteInput(input: "values", row: 0, token: 1)) {
      try GeneralizedAdvantage().credit(for: rows)
    }
    rows.values = Ragged([[0, 0], [0]])
    rows.tokenRewards = Ragged([[0, 0], [.infinity]])
    for estimator in [GeneralizedAdvantage() as any AdvantageEstimator, RewardToGo()] {
      #expect(throws: AdvantageError.nonFiniteInput(input: "token rewards", row: 1, token: 0)) {
        try estimator.credit(for: rows)
      }
    }
    rows.squaredGradientLengths = Ragged([[1, 1], [-1]])
    rows.tokenRewards = nil
    #expect(
      throws: AdvantageError.nonFiniteInput(input: "squared gradient lengths", row: 1, token: 0)
    ) { try OptimalTokenBaseline().credit(for: rows) }
    rows.steps = [AgentStep(row: 1, turn: 0, tokens: 2..<3, score: .value(.nan))]
    #expect(throws: AdvantageError.nonFiniteInput(input: "step scores", row: 1, token: 0)) {
      try GiGPO().credit(for: rows)
    }
  }
}
