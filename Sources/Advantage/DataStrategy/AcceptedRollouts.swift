internal import Trajectories

/// The rollouts worth imitating: rejection fine-tuning keeps them and learns them by
/// ``ImitationLoss``.
///
/// Of each group the best rollouts at or above a score, at most `limit` of them; among equal scores
/// those with fewer tokens, and among equally long ones the earlier.
///
///     let rows = AcceptedRollouts(atLeast: 1, limit: 4).rows(of: scored)
///
/// - Source: RAFT (arXiv 2304.06767), STaR (arXiv 2203.14465).
public struct AcceptedRollouts: Sendable, Hashable, Codable {
  /// The least score of an accepted rollout.
  public var least: Double
  /// How many of a group are accepted; `nil` for all.
  public var limit: Int?

  /// Rollouts at or above a score.
  ///
  /// - Precondition: the score is not NaN, and the limit is positive.
  public init(atLeast least: Double = 1, limit: Int? = nil) {
    precondition(!least.isNaN, "the least score must be a number")
    precondition(limit.map { $0 > 0 } ?? true, "at least one rollout must be accepted")
    self.least = least
    self.limit = limit
  }

  /// The rows of accepted rollouts with all their branches, ascending.
  ///
  /// - Complexity: O(B log B).
  public func rows(of rows: ScoredRows) -> [Int] {
    rows.grouped.flatMap { group in
      let accepted = group.members.enumerated().compactMap { order, member -> Candidate? in
        guard let score = member.score.value, score >= least else { return nil }
        let length = member.rows.reduce(0) { $0 + rows.range(ofRow: $1).count }
        return Candidate(score: score, length: length, order: order, rows: member.rows)
      }
      return accepted.sorted { $0.precedes($1) }.prefix(limit ?? accepted.count).flatMap(\.rows)
    }.sorted()
  }

  private struct Candidate {
    let score: Double
    let length: Int
    let order: Int
    let rows: [Int]

    func precedes(_ other: Candidate) -> Bool {
      (-score, length, order) < (-other.score, other.length, other.order)
    }
  }
}
