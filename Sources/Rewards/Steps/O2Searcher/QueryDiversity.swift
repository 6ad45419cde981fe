internal import Retrieval
public import Trajectories

/// How different an agent's queries are from each other, in 0…1.
///
///     score = mean over queries i of  mean over j ≠ i of (1 - likeness(i, j)) · amount(n) · length(i)
///     amount(n) = 0.5 up to 5 queries, 0.5 + 0.05 (n - 5) up to 15, 0.9 - 0.02 (n - 15) beyond
///     length(i) = words / 8, in 0.1…1
///
/// Only the first 20 queries count. Queries that are all but the same (likeness above 0.98 for every
/// pair) are worth 0.5 · 0.2^(n - 1). Fewer than two are worth 0.
///
/// - Source: O2-Searcher, o2searcher/rewards/metrics/dv_reward.py.
/// - Differs: nothing is rounded to two decimals, words stand for the embedding model's tokens, and
///   nothing is translated. The drop of `amount` after 15 queries is the original's.
public struct QueryDiversity: Reward {
  /// `queryDiversity` unless told otherwise.
  public let name: String
  /// What is compared how.
  public let likeness: TextLikeness
  private static let mostQueries = 20
  private static let sameAbove = 0.98

  /// A reward for searching for different things.
  public init(name: String = "queryDiversity", likeness: TextLikeness = .lexical) {
    self.name = name
    self.likeness = likeness
  }

  /// What so many queries are worth at most.
  public static func amount(_ count: Int) -> Double {
    switch count {
    case ...5: 0.5
    case ...15: 0.5 + Double(count - 5) * 0.05
    default: max(0, 0.9 - Double(count - 15) * 0.02)
    }
  }

  /// The factor of a query of so many tokens.
  public static func lengthFactor(_ tokens: Int) -> Double {
    min(1, max(0.1, Double(tokens) / 8))
  }

  /// Judges what the agent searched for.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let queries = Array(trajectory.searchQueries.prefix(Self.mostQueries))
    guard let diversity = try await diversity(of: queries) else {
      return .unjudged(name, "the likeness of queries has another shape")
    }
    let score = Score(checking: min(1, max(0, diversity)), of: name)
    return .single(name, score)
  }

  private func diversity(of queries: [String]) async throws -> Double? {
    guard queries.count > 1 else { return 0 }
    guard let likeness = try await likeness(queries, queries) else { return nil }
    let others = queries.indices.map { row in
      queries.indices.filter { $0 != row }.map { likeness[row][$0] }
    }
    if others.allSatisfy({ $0.allSatisfy { $0 > Self.sameAbove } }) {
      return (1..<queries.count).reduce(0.5) { value, _ in value * 0.2 }
    }
    let amount = Self.amount(queries.count)
    let scores = zip(queries, others).map { query, others in
      let distance = others.reduce(0) { $0 + (1 - $1) } / Double(others.count)
      return distance * amount * Self.lengthFactor(query.splitAtBlanks.count)
    }
    return scores.reduce(0, +) / Double(scores.count)
  }
}
