import Advantage
import Rewards
import Training
import Trajectories

/// GRPO on the score and, beside it, each thought's own credit on the tokens it led to.
///
///     A = GRPO(score) + weight · (credit − mean credit of the group's thoughts)
///
/// A thought leads to all that its turn says up to the next thought: the words themselves and the
/// search or the answer behind them. The credit of a thought is its share of the annealed score times
/// the number of thoughts, that is α · the judge's score, so it fades with the process weight.
struct PlacedCredit: AdvantageEstimator {
  let weight: Double
  private let thoughts: [[Thought]]

  private struct Thought {
    let turn: Int
    /// The first token, counted in its turn.
    let start: Int
    let credit: Double
  }

  init(of batch: RolloutBatch, weight: Double) {
    self.weight = weight
    thoughts = zip(batch.trajectories, batch.reports).map { trajectory, report in
      report.credits.map { credit in
        Thought(
          turn: trajectory.spans[credit.span].turn, start: credit.tokens?.lowerBound ?? 0,
          credit: credit.value * Double(report.credits.count))
      }
    }
  }

  func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    var credit = try GroupRelative.grpo.credit(for: rows)
    var totals: [Int: (sum: Double, count: Int)] = [:]
    for (row, thoughts) in thoughts.enumerated() {
      for thought in thoughts {
        totals[rows.groups[row], default: (0, 0)].sum += thought.credit
        totals[rows.groups[row], default: (0, 0)].count += 1
      }
    }
    for step in rows.steps ?? [] {
      let mine = thoughts[step.row].filter { $0.turn == step.turn }
      guard let total = totals[rows.groups[step.row]] else { continue }
      for (place, token) in step.tokens.enumerated() {
        // The opening tag belongs to the thought it opens.
        guard let thought = mine.last(where: { $0.start <= place }) ?? mine.first else { continue }
        let mean = total.sum / Double(total.count)
        credit.advantages.values[token] += weight * (thought.credit - mean)
      }
    }
    return credit
  }
}
