public import Trajectories

/// What estimators read: for each row its score, who it is compared with, and how many of its
/// tokens count.
///
/// A row is one trajectory. Rows of one rollout (its branches) share one score and count once in
/// every statistic of their group. A missing score leaves its rollout out of the group's
/// statistics, as if it had never been sampled, and ``LossAggregation`` gives its rows no weight.
public struct ScoredRows: Sendable {
  /// The score of each row. `[B]`
  public let scores: [Score]
  /// The group each row belongs to. `[B]`
  public let groups: [Int]
  /// The rollout each row is a branch of, unique across groups. `[B]`
  public let rollouts: [Int]
  /// `B + 1` row boundaries in the selected tokens, ascending from 0.
  public let offsets: [Int]
  /// The same rows as rollouts and groups, flat.
  let index: RolloutIndex

  /// A reward per selected token, on top of the score that falls on a row's last one. `[N]`
  public var tokenRewards: Ragged<Double>? {
    didSet { check(tokenRewards, "token rewards") }
  }
  /// What a critic expected before each selected token. `[N]`
  public var values: Ragged<Double>? {
    didSet { check(values, "values") }
  }
  /// The position of each selected token among all tokens of its row, for those who count what lies
  /// between. `[N]`
  public var positions: Ragged<Int>? {
    didSet { check(positions, "positions") }
  }
  /// The squared length of the gradient of each selected token's log-probability by the logits,
  /// see ``squaredGradientLength(logProbability:collision:weight:)``. `[N]`
  public var squaredGradientLengths: Ragged<Double>? {
    didSet { check(squaredGradientLengths, "squared gradient lengths") }
  }
  /// Which stretch of sampled tokens each selected token belongs to: rows that share a number share
  /// the tokens, because one was forked from the other. `[N]`
  public var segments: Ragged<Int>? {
    didSet { check(segments, "segments") }
  }
  /// The turns of the rows, see ``AgentStep``; ascending by row, then by tokens.
  public var steps: [AgentStep]? {
    didSet { checkSteps() }
  }
  /// Named parts of the scores, each with one score per row. `[B]`
  public var components: [String: [Score]] = [:] {
    didSet {
      for (name, scores) in components { check(scores, "scores of \(name)") }
    }
  }
  /// The score of a greedy answer to each row's task. `[B]`
  public var greedyScores: [Score]? {
    didSet { check(greedyScores, "greedy scores") }
  }
  /// Who acts in each row, where several agents work on one task. `[B]`
  public var roles: [String]? {
    didSet { check(roles, "roles") }
  }
  /// The episode each row belongs to, where several agents work on one task. `[B]`
  public var episodes: [Int]? {
    didSet { check(episodes, "episodes") }
  }
  /// How each row ended, as temporal-difference estimators see it; all terminated by default. `[B]`
  public var ends: [RowEnd] {
    didSet {
      precondition(ends.count == rowCount, "\(rowCount) rows came with \(ends.count) ends")
    }
  }

  /// Rows with their scores.
  ///
  /// - Parameters:
  ///   - scores: One score per row. `[B]`
  ///   - groups: The group of each row, any numbers. `[B]`
  ///   - rollouts: The rollout of each row, unique across groups; every row its own when `nil`.
  ///   - tokenCounts: How many tokens of each row are selected. `[B]`
  /// - Throws: ``AdvantageError`` for a score that is not finite, a rollout in two groups, or
  ///   branches that disagree about their score.
  /// - Precondition: counts match, and no token count is negative.
  /// - Complexity: O(B).
  public init(
    scores: [Score], groups: [Int], rollouts: [Int]? = nil, tokenCounts: [Int]
  ) throws(AdvantageError) {
    precondition(
      tokenCounts.allSatisfy { $0 >= 0 }, "token counts can't be negative, got \(tokenCounts)")
    var offsets = [0]
    offsets.reserveCapacity(tokenCounts.count + 1)
    var total = 0
    for count in tokenCounts {
      total += count
      offsets.append(total)
    }
    try self.init(scores: scores, groups: groups, rollouts: rollouts, offsets: offsets)
  }

  /// Rows with their scores, over the boundaries of a packed batch or of any `Ragged`.
  ///
  /// As ``init(scores:groups:rollouts:tokenCounts:)``, with `B + 1` boundaries ascending from 0.
  public init(
    scores: [Score], groups: [Int], rollouts: [Int]? = nil, offsets: [Int]
  ) throws(AdvantageError) {
    precondition(
      groups.count == scores.count && rollouts?.count ?? scores.count == scores.count
        && offsets.count == scores.count + 1,
      "\(scores.count) scores came with \(groups.count) groups, \(rollouts?.count ?? scores.count) rollouts and \(offsets.count - 1) rows of tokens"
    )
    precondition(
      offsets.first == 0 && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 },
      "row offsets must ascend from 0")
    for (row, score) in scores.enumerated() {
      if let value = score.value, !value.isFinite {
        throw .nonFiniteScore(row: row, value: value)
      }
    }
    index = try RolloutIndex(scores: scores, groups: groups, rollouts: rollouts)
    self.scores = scores
    self.groups = groups
    self.rollouts = rollouts ?? Array(scores.indices)
    self.offsets = offsets
    ends = Array(repeating: .terminated, count: scores.count)
  }

  /// How many rows there are.
  public var rowCount: Int { scores.count }

  /// How many tokens are selected in all rows.
  public var tokenCount: Int { offsets.last ?? 0 }

  /// The selected tokens of a row, as positions in `Ragged` values over ``offsets``.
  public func range(ofRow row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

  /// One number per row, repeated for each of its selected tokens.
  ///
  /// - Precondition: `numbers` has one element per row.
  public func broadcast(_ numbers: [Double]) -> Ragged<Double> {
    precondition(numbers.count == rowCount, "\(rowCount) rows came with \(numbers.count) numbers")
    let values = [Double](unsafeUninitializedCapacity: tokenCount) { buffer, count in
      for row in 0..<rowCount {
        for token in range(ofRow: row) { buffer[token] = numbers[row] }
      }
      count = tokenCount
    }
    return Ragged(values: values, offsets: offsets)
  }

  private func check<Element>(_ facts: [Element]?, _ name: String) {
    precondition(
      facts?.count ?? rowCount == rowCount,
      "\(name) of \(facts?.count ?? 0) rows don't fit \(rowCount) rows")
  }

  private func checkSteps() {
    var end = 0
    for step in steps ?? [] {
      precondition(
        offsets.indices.contains(step.row + 1) && step.tokens.lowerBound >= end
          && step.tokens.lowerBound >= offsets[step.row]
          && step.tokens.upperBound <= offsets[step.row + 1],
        "step \(step.turn) of row \(step.row) covers tokens \(step.tokens), which must follow the step before and lie in the row"
      )
      end = step.tokens.upperBound
    }
  }

  private func check<Number>(_ numbers: Ragged<Number>?, _ name: String) {
    precondition(
      numbers.map { $0.offsets == offsets } ?? true,
      "\(name) of \(numbers?.values.count ?? 0) tokens in \(numbers?.rowCount ?? 0) rows don't fit \(tokenCount) tokens in \(rowCount) rows"
    )
  }
}

/// How a row ended, as temporal-difference estimators see it.
public enum RowEnd: Sendable, Hashable, Codable {
  /// Nothing could follow: the value after the last token is 0.
  case terminated
  /// Something would have followed, and this is what it was expected to be worth.
  case truncated(bootstrap: Double)
}
