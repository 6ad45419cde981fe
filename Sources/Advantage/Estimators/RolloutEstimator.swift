public import Trajectories

/// An estimator that gives all tokens of a rollout the same.
///
/// Such numbers can be compared, weighed and added before they are spread over tokens.
public protocol RolloutEstimator: AdvantageEstimator {
  /// What each row's tokens deserve; branches of one rollout get the same, rows without a score
  /// get 0. `[B]`
  func rowAdvantages(for rows: ScoredRows) throws(AdvantageError) -> [Double]
}

extension RolloutEstimator {
  /// What each token deserves: its rollout's advantage.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    Credit(advantages: rows.broadcast(try rowAdvantages(for: rows)))
  }
}

extension ScoredRows {
  /// The same rows under other scores.
  ///
  /// A row without a score of its own stays without one. Everything else is kept.
  ///
  /// - Parameter scores: One per row. `[B]`
  /// - Throws: ``AdvantageError`` for a score that is not finite or branches that disagree.
  public func scored(by scores: [Score]) throws(AdvantageError) -> ScoredRows {
    precondition(
      scores.count == rowCount, "\(rowCount) rows came with \(scores.count) other scores")
    return try regrouped(
      scores: zip(self.scores, scores).map { $0.value == nil ? $0 : $1 }, groups: groups)
  }

  /// The same rows under other scores and in other groups.
  func regrouped(scores: [Score], groups: [Int]) throws(AdvantageError) -> ScoredRows {
    var result = try ScoredRows(
      scores: scores, groups: groups, rollouts: rollouts, offsets: offsets)
    result.tokenRewards = tokenRewards
    result.values = values
    result.positions = positions
    result.squaredGradientLengths = squaredGradientLengths
    result.segments = segments
    result.steps = steps
    result.components = components
    result.greedyScores = greedyScores
    result.roles = roles
    result.episodes = episodes
    result.ends = ends
    return result
  }
}
