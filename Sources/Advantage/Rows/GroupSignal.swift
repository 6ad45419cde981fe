/// How many groups have something to teach, and why the others have not.
///
/// The five counts add up to the number of groups.
public struct GroupSignal: Sendable, Hashable, Codable {
  /// Groups whose scores differ.
  public var differing = 0
  /// Groups whose members all have the same score, at or above what counts as right.
  public var allRight = 0
  /// Groups whose members all have the same score, at or below what counts as wrong.
  public var allWrong = 0
  /// Groups whose members all have the same score, between wrong and right.
  public var allAlike = 0
  /// Groups with fewer than two scored members.
  public var tooFewScores = 0
  /// Rollouts without a score, in all groups.
  public var missingScores = 0
  /// Rollouts in all groups.
  public var rollouts = 0

  /// Counts the groups of scored rows.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - right: The lowest score of a right answer.
  ///   - wrong: The highest score of a wrong answer.
  ///   - tolerance: Scores are alike when their spread is at most this times the largest magnitude.
  public init(
    _ rows: ScoredRows, right: Double = 1, wrong: Double = 0,
    tolerance: Double = Moments.defaultTolerance
  ) {
    for group in rows.grouped {
      let values = group.values
      rollouts += group.members.count
      missingScores += group.members.count - values.count
      if values.count < 2 {
        tooFewScores += 1
      } else if !Moments(values).isConstant(within: tolerance) {
        differing += 1
      } else if values.allSatisfy({ $0 >= right }) {
        allRight += 1
      } else if values.allSatisfy({ $0 <= wrong }) {
        allWrong += 1
      } else {
        allAlike += 1
      }
    }
  }

  /// How many groups there are.
  public var groups: Int { differing + allRight + allWrong + allAlike + tooFewScores }

  /// The share of groups without signal, 0 when there are no groups.
  public var silentFraction: Double {
    groups == 0 ? 0 : Double(groups - differing) / Double(groups)
  }

  /// The same facts as named numbers.
  public var diagnostics: Diagnostics {
    var result = Diagnostics()
    let total = Double(groups)
    result.addMean(.groupsWithSignal, total: Double(differing), count: total)
    result.addMean(.groupsAllRight, total: Double(allRight), count: total)
    result.addMean(.groupsAllWrong, total: Double(allWrong), count: total)
    result.addMean(.groupsAllAlike, total: Double(allAlike), count: total)
    result.addMean(.groupsWithTooFewScores, total: Double(tooFewScores), count: total)
    result.addMean(.scoresMissing, total: Double(missingScores), count: Double(rollouts))
    return result
  }
}
