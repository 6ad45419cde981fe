public import Trajectories

/// One turn of an agent in one row: the tokens it wrote, and how good the turn was by itself.
///
/// Estimators that tell turns apart read these from ``ScoredRows/steps``. The steps of a rollout are
/// those of all its rows, in order of their turns: a rollout may keep all turns in one row, or have
/// a row for each. Where branches repeat a turn, its steps are that one turn.
public struct AgentStep: Sendable, Hashable {
  /// The row that holds the tokens.
  public let row: Int
  /// The agent's turn within its rollout, from 0.
  public let turn: Int
  /// The turn's tokens, as positions in the selected tokens of all rows.
  public let tokens: Range<Int>
  /// How good the turn was, or how good the world was after it; estimators say which they mean.
  public var score: Score
  /// What the agent saw before it acted, in any words that are equal for equal situations.
  public var state: String?

  /// A turn.
  public init(
    row: Int, turn: Int, tokens: Range<Int>,
    score: Score = .missing(reason: "no score for this turn"), state: String? = nil
  ) {
    self.row = row
    self.turn = turn
    self.tokens = tokens
    self.score = score
    self.state = state
  }

  /// The turns of trajectories, one row each, without scores and states.
  ///
  /// Turns without a selected token leave no step.
  ///
  /// - Parameters:
  ///   - trajectories: One per row.
  ///   - rule: Which tokens count; use the one the batch was packed with.
  /// - Complexity: O(spans).
  public static func steps(
    of trajectories: [Trajectory], selecting rule: SelectionRule = .policy
  ) -> [AgentStep] {
    var result: [AgentStep] = []
    var selected = 0
    for (row, trajectory) in trajectories.enumerated() {
      for (place, span) in trajectory.spans.enumerated() where rule.selects(span) {
        let count = place == 0 ? max(span.count - 1, 0) : span.count
        defer { selected += count }
        if count == 0 { continue }
        let tokens = selected..<selected + count
        if let last = result.last, last.row == row, last.turn == span.turn {
          result[result.count - 1] = AgentStep(
            row: row, turn: span.turn, tokens: last.tokens.lowerBound..<tokens.upperBound)
        } else {
          result.append(AgentStep(row: row, turn: span.turn, tokens: tokens))
        }
      }
    }
    return result
  }
}

extension ScoredRows {
  /// The steps, for an estimator that needs them.
  func requiredSteps(for estimator: String) throws(AdvantageError) -> [AgentStep] {
    guard let steps else { throw .missingInput(estimator: estimator, input: "steps") }
    for step in steps {
      if let value = step.score.value, !value.isFinite {
        throw .nonFiniteInput(
          input: "step scores", row: step.row, token: step.tokens.lowerBound - offsets[step.row])
      }
    }
    return steps
  }

  /// For each member of the index, its turns in order.
  func turns(of steps: [AgentStep]) throws(AdvantageError) -> [[Turn]] {
    var memberOfRow = Array(repeating: 0, count: rowCount)
    for member in index.rollouts.indices {
      for row in index.rows(ofMember: member) { memberOfRow[row] = member }
    }
    var positions = Array(repeating: [Int](), count: index.rollouts.count)
    for (position, step) in steps.enumerated() { positions[memberOfRow[step.row]].append(position) }
    var result: [[Turn]] = []
    result.reserveCapacity(positions.count)
    for positions in positions {
      var turns: [Turn] = []
      for position in positions.sorted(by: { (steps[$0].turn, $0) < (steps[$1].turn, $1) }) {
        let step = steps[position]
        guard let last = turns.last, last.number == step.turn else {
          turns.append(Turn(number: step.turn, score: step.score.value, steps: [position]))
          continue
        }
        if let score = last.score, let other = step.score.value, score != other {
          throw .stepsDisagree(
            turn: step.turn, firstRow: steps[last.steps[0]].row, secondRow: step.row)
        }
        turns[turns.count - 1].steps.append(position)
        turns[turns.count - 1].score = last.score ?? step.score.value
      }
      result.append(turns)
    }
    return result
  }
}

/// One turn of a rollout, in one row or, where branches keep it, in several.
struct Turn {
  let number: Int
  var score: Double?
  /// Its steps, as positions in the steps of all rows.
  var steps: [Int]
}
