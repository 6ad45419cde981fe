/// Why scored rows were refused or an estimator could not say what tokens deserve.
public enum AdvantageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A score was NaN or infinite.
  case nonFiniteScore(row: Int, value: Double)
  /// Rows of one rollout named different groups.
  case rolloutInTwoGroups(rollout: Int, first: Int, second: Int)
  /// Rows of one rollout carried different scores.
  case branchesDisagree(rollout: Int, firstRow: Int, secondRow: Int)
  /// Trajectories of one group worked on different tasks.
  case mixedTasks(group: Int, first: String, second: String)
  /// A group held one scored rollout and the estimator refuses those.
  case loneMember(group: Int)
  /// The estimator needs numbers that the rows do not carry.
  case missingInput(estimator: String, input: String)
  /// A number per token was NaN or infinite.
  case nonFiniteInput(input: String, row: Int, token: Int)
  /// No row has scores of a component.
  case unknownComponent(name: String, known: [String])
  /// One branch of a rollout was given twice.
  case duplicateBranch(firstRow: Int, secondRow: Int)
  /// Steps of one turn of a rollout carried different scores.
  case stepsDisagree(turn: Int, firstRow: Int, secondRow: Int)
  /// Too few tokens for the variance asked for.
  case tooFewTokens(count: Int, needed: Int)

  /// One sentence that names the culprit and what to do.
  public var description: String {
    switch self {
    case .nonFiniteScore(let row, let value):
      "The score of row \(row) is \(value): pass Score.missing with a reason instead."
    case .rolloutInTwoGroups(let rollout, let first, let second):
      "Rollout \(rollout) has rows in groups \(first) and \(second): number rollouts uniquely across groups."
    case .branchesDisagree(let rollout, let firstRow, let secondRow):
      "Rows \(firstRow) and \(secondRow) are branches of rollout \(rollout) with different scores: score the rollout once."
    case .mixedTasks(let group, let first, let second):
      "Group \(group) mixes the tasks \(first) and \(second): compare rollouts of one task only."
    case .loneMember(let group):
      "Group \(group) has one scored rollout and nothing to compare it with: sample more, or choose another rule for lone members."
    case .missingInput(let estimator, let input):
      "\(estimator) needs \(input): attach them to the scored rows."
    case .nonFiniteInput(let input, let row, let token):
      "The \(input) of row \(row) are not finite at selected token \(token): look at what produced them."
    case .unknownComponent(let name, let known):
      "There are no scores of \(name), only of \(known.joined(separator: ", ")): look at the names that the reward reports."
    case .duplicateBranch(let firstRow, let secondRow):
      "Rows \(firstRow) and \(secondRow) are the same branch of the same rollout: number copies of a rollout as members of their own."
    case .stepsDisagree(let turn, let firstRow, let secondRow):
      "Rows \(firstRow) and \(secondRow) are branches of one rollout with different scores for turn \(turn): score the turn once."
    case .tooFewTokens(let count, let needed):
      "A variance over \(count) tokens was asked for and needs \(needed): use a larger batch or no whitening."
    }
  }
}
