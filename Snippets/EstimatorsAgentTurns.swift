// Two searchers, three turns each of two tokens. The first was right.
import Advantage
import Trajectories

var rows = try ScoredRows(
  scores: [.value(1), .value(0)], groups: [0, 0], tokenCounts: [6, 6])

// For trajectories, `ScoredRows(trajectories)` has found the turns already; here they are made by
// hand. Each says what the searcher saw before it acted, and what the turn was worth by itself.
let seen = [["question", "page A", "page B"], ["question", "page B", "page C"]]
let worth = [[0, 0.2, 1], [0, 0, 0.1]]
rows.steps = (0..<2).flatMap { row in
  (0..<3).map { turn in
    AgentStep(
      row: row, turn: turn, tokens: rows.offsets[row] + 2 * turn..<rows.offsets[row] + 2 * turn + 2,
      score: .value(worth[row][turn]), state: seen[row][turn])
  }
}

@MainActor func show(_ name: String, _ estimator: some AdvantageEstimator) throws {
  let advantages = try estimator.credit(for: rows).advantages
  let turns = (0..<2).map { row in
    (0..<3).map { (advantages[row: row][rows.offsets[row] + 2 * $0] * 100).rounded() / 100 + 0 }
  }
  print(name, turns[0], turns[1])
}

let outcome = GroupRelative.drGRPO
try show("outcome only", outcome)
try show("MT-GRPO     ", MultiTurnGRPO(comparison: outcome))
try show("GiGPO       ", GiGPO(discount: 0.9))
try show("state scores", StateScoreCredit(outcome, discount: 0.5))
try show("turn decay  ", TurnDecay(outcome, discount: 0.5))
try show("by turns    ", DividedByTurns(outcome))
