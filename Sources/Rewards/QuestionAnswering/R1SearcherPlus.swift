public import Trajectories

/// R1-Searcher++'s reward over a group: a right answer in the right format, and a bonus for the right
/// answers that needed the fewest searches.
///
///     score = format + answer + bonus
///     format = 0, or −formatPenalty when it is broken
///     answer = 1 by cover match of an answer of at most 10 words, else 0
///     bonus  = min(spreadWeight · σ², bonusLimit) for right answers with the fewest searches
///
/// σ² is the population variance of the number of searches over the right answers of the group: a
/// group that agrees on how often to search earns no bonus. Members that can't be judged don't take
/// part. Components: `format`, `answer`, `bonus`, `searches`.
///
/// - Source: notes about Song et al. 2025, "R1-Searcher++". No code is public, and none of it was
///   checked against the paper's text: the form of the bonus least of all, so its weight and limit
///   are parameters.
/// - Differs: what breaks the format is `format`'s to say; the default is a missing answer.
public struct R1SearcherPlus: GroupReward {
  /// `r1SearcherPlus`.
  public var name: String { "r1SearcherPlus" }
  /// What a broken format costs.
  public let formatPenalty: Double
  /// What a unit of variance is worth.
  public let spreadWeight: Double
  /// The largest bonus.
  public let bonusLimit: Double
  private let isValid: @Sendable (Trajectory) -> Bool

  /// A reward.
  ///
  /// - Parameters:
  ///   - formatPenalty: Taken off a broken format.
  ///   - spreadWeight: What a unit of variance is worth.
  ///   - bonusLimit: The largest bonus.
  ///   - isValid: Whether a trajectory has the format.
  /// - Precondition: the numbers are finite and not negative.
  public init(
    formatPenalty: Double = 2, spreadWeight: Double = 2, bonusLimit: Double = 2,
    isValid: @escaping @Sendable (Trajectory) -> Bool = {
      AnswerExtraction().answer(in: $0) != nil
    }
  ) {
    for (name, value) in [
      ("formatPenalty", formatPenalty), ("spreadWeight", spreadWeight), ("bonusLimit", bonusLimit),
    ] {
      precondition(value.isFinite && value >= 0, "\(name) must not be negative, got \(value)")
    }
    self.formatPenalty = formatPenalty
    self.spreadWeight = spreadWeight
    self.bonusLimit = bonusLimit
    self.isValid = isValid
  }

  /// Judges each member and compares the right ones.
  public func reports(on group: TrajectoryGroup) async throws -> [RewardReport] {
    let outcomes = group.members.map { outcome(of: $0) }
    let searches = outcomes.compactMap { $0.isRight ? $0.searches : nil }
    let bonus = min(spreadWeight * Self.variance(of: searches), bonusLimit)
    let fewest = searches.min()
    return zip(group.members, outcomes).map { member, outcome in
      .grading(member, name: name) { _ in
        let earned = outcome.isRight && outcome.searches == fewest ? bonus : 0
        let format = outcome.isValid ? 0 : -formatPenalty
        let answer: Double = outcome.isRight ? 1 : 0
        return Grade(
          value: format + answer + earned,
          parts: [
            "format": format, "answer": answer, "bonus": earned,
            "searches": Double(outcome.searches),
          ])
      }
    }
  }

  private func outcome(
    of trajectory: Trajectory
  ) -> (isRight: Bool, isValid: Bool, searches: Int) {
    let rules = AnswerNormalization.r1Searcher
    let answer = AnswerExtraction().answer(in: trajectory) ?? ""
    let isShort = rules.comparable(answer).words.count <= 10
    let isValid = isValid(trajectory)
    let isRight = isValid && isShort && rules.covers(answer, anyOf: trajectory.task.answers)
    return (isRight, isValid, trajectory.events.count)
  }

  private static func variance(of counts: [Int]) -> Double {
    guard !counts.isEmpty else { return 0 }
    let mean = Double(counts.reduce(0, +)) / Double(counts.count)
    return counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      / Double(counts.count)
  }
}
