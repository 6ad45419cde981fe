import Advantage
import RandomStreams
import Trajectories

/// A random batch with everything that any estimator reads, row by row, so that rows can be
/// reordered, dropped and changed.
struct EstimatorBatch {
  struct Row {
    var score: Score
    var group: Int
    var rollout: Int
    var tokens: [Token] = []
    var turns: [Turn] = []
    var components: [String: Score] = [:]
    var greedy: Score = .value(0)
    var role = ""
    var end = RowEnd.terminated
  }

  struct Token {
    var reward: Double
    var value: Double
    var squaredLength: Double
    var segment: Int
    var position: Int
  }

  struct Turn {
    var number: Int
    var tokens: Int
    var score: Score
    var state: String?
  }

  var rows: [Row] = []

  init(
    seed: Int, missing: Float = 0.15, branching: Float = 0.2, magnitudes: [Double] = [1],
    longest: Int = 7
  ) {
    var random = RandomStream(seed: UInt64(seed)).child("estimator batch")
    func number(_ random: inout RandomStream) -> Double {
      let magnitude = magnitudes[random.index(below: magnitudes.count)]
      return magnitude * (random.chance(0.3) ? Double(random.index(below: 2)) : random.normal() / 8)
    }
    func score(_ random: inout RandomStream) -> Score {
      random.chance(missing) ? .missing(reason: "silence") : .value(number(&random))
    }
    var rollout = 0
    for group in 0..<(1 + random.index(below: 4)) {
      for _ in 0..<(1 + random.index(below: 5)) {
        let shared = Row(
          score: score(&random), group: 5 * group - 4, rollout: rollout,
          components: ["exact": score(&random), "format": score(&random)],
          greedy: score(&random), role: ["planner", "searcher"][random.index(below: 2)],
          end: random.chance(0.7) ? .terminated : .truncated(bootstrap: number(&random)))
        var turn = 0
        for _ in 0..<(random.chance(branching) ? 2 : 1) {
          var row = shared
          for _ in 0..<random.index(below: 4) {
            let count = random.index(below: longest)
            row.turns.append(
              Turn(
                number: turn, tokens: count, score: score(&random),
                state: random.chance(0.2) ? nil : "room \(random.index(below: 3))"))
            turn += 1
            for _ in 0..<count {
              row.tokens.append(
                Token(
                  reward: number(&random), value: number(&random),
                  squaredLength: abs(number(&random)), segment: random.index(below: 4),
                  position: row.tokens.count))
            }
          }
          rows.append(row)
        }
        rollout += 1
      }
    }
  }

  func scoredRows() throws -> ScoredRows {
    var result = try ScoredRows(
      scores: rows.map(\.score), groups: rows.map(\.group), rollouts: rows.map(\.rollout),
      tokenCounts: rows.map(\.tokens.count))
    func perToken<Number>(_ number: (Token) -> Number) -> Ragged<Number> {
      Ragged(rows.map { $0.tokens.map(number) })
    }
    result.tokenRewards = perToken(\.reward)
    result.values = perToken(\.value)
    result.squaredGradientLengths = perToken(\.squaredLength)
    result.segments = perToken(\.segment)
    result.positions = perToken(\.position)
    result.ends = rows.map(\.end)
    result.roles = rows.map(\.role)
    result.episodes = rows.map { $0.rollout / 2 }
    result.greedyScores = rows.map(\.greedy)
    for name in ["exact", "format"] {
      result.components[name] = rows.map { $0.components[name] ?? .missing(reason: "unknown") }
    }
    var steps: [AgentStep] = []
    for (index, row) in rows.enumerated() {
      var start = result.offsets[index]
      for turn in row.turns {
        steps.append(
          AgentStep(
            row: index, turn: turn.number, tokens: start..<start + turn.tokens, score: turn.score,
            state: turn.state))
        start += turn.tokens
      }
    }
    result.steps = steps
    return result
  }

  func permuted(_ order: [Int]) -> EstimatorBatch {
    var result = self
    result.rows = order.map { rows[$0] }
    return result
  }
}

/// Every estimator of the library, by name.
let estimators: [(name: String, estimator: any AdvantageEstimator)] =
  rolloutEstimators.map {
    ($0.name, $0.estimator as any AdvantageEstimator)
  } + [
    ("GAE", GeneralizedAdvantage(discount: 0.99, lambda: 0.9, whitening: nil)),
    ("VC-PPO", DecoupledAdvantage(policyTrace: .constant(0.95), whitening: nil)),
    ("VAPO", DecoupledAdvantage(policyTrace: .lengthAdaptive(alpha: 0.5), whitening: nil)),
    ("reward to go", RewardToGo(discount: 0.9)),
    ("ReMax", RewardToGo.reMax),
    ("optimal token baseline", OptimalTokenBaseline()),
    ("optimal token baseline, raw", OptimalTokenBaseline(loneMember: .raw, zeroesTail: false)),
    ("MT-GRPO", MultiTurnGRPO()),
    ("GiGPO", GiGPO()),
    ("GiGPO, similar", GiGPO(steps: .grpo, matching: .similar(ratio: 0.9))),
    ("state scores", StateScoreCredit(GroupRelative.grpo)),
    ("turn decay", TurnDecay(GroupRelative.grpo, right: 0)),
    ("SFR", DividedByTurns(GroupRelative.grpo)),
    ("shared segments", SharedSegments(GroupRelative.grpo)),
  ]

/// Those that give all tokens of a rollout the same.
let rolloutEstimators: [(name: String, estimator: any RolloutEstimator)] = [
  ("GRPO", GroupRelative.grpo),
  ("Dr. GRPO", GroupRelative.drGRPO),
  ("RLOO", GroupRelative.rloo),
  ("OPO", GroupRelative.opo),
  ("MaxRL", GroupRelative.maxRL),
  ("batch deviation", GroupRelative(scale: .batchStandardDeviation(correction: 1, epsilon: 1e-4))),
  ("best of group", BestOfGroup()),
  ("GPG", ScaledBySignal.gpg),
  ("RAPO", ScaledBySignal.rapo),
  ("components", ComponentSum(weights: ["exact": 1, "format": 0.5], of: GroupRelative.grpo)),
  ("LongWriter-Zero", ComponentSum.longWriterZero),
  ("by role", GroupedByRole(GroupRelative.grpo, withinEpisode: ["searcher"])),
  ("running baselines", RunningBaselines(startingAt: ["planner": 0.5])),
]
