internal import Trajectories

/// Compares turns with the same turn of other rollouts, and adds that to what the outcome says.
///
///     A = outcome's advantage + coefficient * turn's advantage     on tokens of a scored turn
///     A = outcome's advantage                                      on other tokens
///
/// Both are group-relative, each among its own: outcomes are the rows' scores, and the score of a
/// step is compared with the steps of the same group and turn. A rollout of a single scored turn
/// has no later turn to tell apart: all its tokens get the advantage of outcome plus turn among the
/// same sums of its group.
///
/// Comparing by the number of the turn is biased where the policy decides when to stop: those who
/// are still at it are no fair sample. ``GiGPO`` compares by situation instead.
///
/// - Source: arXiv 2505.11821; checked against Multi-Turn-RL-Agent
///   `trainers/mt_grpo_env_trainer.py`.
/// - Differs: the original scores the first turn only, and takes the first tool result for its end;
///   here any turn may have a score. A lone member gets 0.
public struct MultiTurnGRPO: AdvantageEstimator, Hashable, Codable {
  /// How scores of a group become advantages, of outcomes as of turns.
  public var comparison: GroupRelative
  /// What a turn's advantage weighs beside the outcome's.
  public var coefficient: Double

  /// An estimator; unbiased deviation plus 1e-4 and coefficient 1 unless told otherwise.
  public init(
    comparison: GroupRelative = GroupRelative(
      scale: .standardDeviation(correction: 1, epsilon: 1e-4)),
    coefficient: Double = 1
  ) {
    precondition(coefficient.isFinite, "the coefficient must be finite, got \(coefficient)")
    self.comparison = comparison
    self.coefficient = coefficient
  }

  /// What each token deserves.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without steps, a step's score that
  ///   is not finite, what the comparison throws.
  /// - Complexity: O(N + S log S) for S steps.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    let steps = try rows.requiredSteps(for: "MultiTurnGRPO")
    let turns = try rows.turns(of: steps)
    var sums = rows.scores
    var isSingle = Array(repeating: false, count: rows.rowCount)
    for (member, turns) in turns.enumerated() {
      let scores = turns.compactMap(\.score)
      for row in rows.index.rows(ofMember: member) {
        isSingle[row] = turns.count == 1 && scores.count == 1
        if let score = sums[row].value {
          sums[row] = .value(scores.reduce(score, +).clamped(to: .finite))
        }
      }
    }
    let outcomes = try comparison.rowAdvantages(for: rows)
    let together = try comparison.rowAdvantages(for: rows.scored(by: sums))
    var advantages = rows.broadcast(
      outcomes.indices.map { isSingle[$0] ? together[$0] : outcomes[$0] })
    for (turn, advantage) in try turnAdvantages(turns, in: rows) {
      for position in turn.steps where !isSingle[steps[position].row] {
        for token in steps[position].tokens {
          advantages.values[token] += coefficient * advantage
        }
      }
    }
    return Credit(advantages: advantages)
  }

  /// The scored turns of scored rollouts, each with its advantage among the same turn of its group.
  private func turnAdvantages(
    _ turns: [[Turn]], in rows: ScoredRows
  ) throws(AdvantageError) -> [(Turn, Double)] {
    var compared: [Turn] = []
    var groups: [Int] = []
    var numbers: [Key: Int] = [:]
    for (member, turns) in turns.enumerated() {
      guard let row = rows.index.rows(ofMember: member).first, rows.scores[row].value != nil else {
        continue
      }
      for turn in turns where turn.score != nil {
        let key = Key(group: rows.groups[row], turn: turn.number)
        let number = numbers[key] ?? numbers.count
        numbers[key] = number
        compared.append(turn)
        groups.append(number)
      }
    }
    let advantages = try comparison.advantages(
      ofScores: compared.compactMap(\.score), groups: groups)
    return Array(zip(compared, advantages))
  }

  private struct Key: Hashable {
    let group: Int
    let turn: Int
  }
}
