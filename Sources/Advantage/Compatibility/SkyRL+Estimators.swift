public import Trajectories

/// Generalised advantage estimation exactly as SkyRL and slime do it: tokens of the environment are
/// steps like any other, with the values and rewards that stand on them.
///
/// What the critic says about text that the policy never chose flows into the advantages of what it
/// did choose. ``GeneralizedAdvantage`` passes over such tokens.
///
/// - Source: SkyRL `backends/skyrl_train/utils/ppo_utils.py` (`compute_gae_advantage_return`).
public struct SkyRLGeneralizedAdvantage: AdvantageEstimator, Hashable {
  /// How much a reward one position later is worth, in `0...1`.
  public var discount: Double
  /// How far rewards are believed over values, in `0...1`.
  public var lambda: Double
  /// The critic's values at all positions of each row, selected or not.
  public var values: Ragged<Double>
  /// The rewards at all positions of each row, selected or not.
  public var rewards: Ragged<Double>

  /// SkyRL's estimator, before its whitening.
  ///
  /// - Precondition: values and rewards have the same rows.
  public init(
    discount: Double = 1, lambda: Double = 1, values: Ragged<Double>, rewards: Ragged<Double>
  ) {
    precondition(
      values.offsets == rewards.offsets,
      "\(values.values.count) values came with \(rewards.values.count) rewards")
    self.discount = discount
    self.lambda = lambda
    self.values = values
    self.rewards = rewards
  }

  /// Advantages and returns at the selected positions.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without positions.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    guard let positions = rows.positions else {
      throw .missingInput(estimator: "SkyRLGeneralizedAdvantage", input: "positions")
    }
    let everywhere = Ragged(
      values: Array(0..<values.values.count), offsets: values.offsets)
    var all = try ScoredRows(
      scores: rows.scores.map { $0.value == nil ? $0 : .value(0) }, groups: rows.groups,
      rollouts: rows.rollouts, offsets: everywhere.offsets)
    all.values = values
    all.tokenRewards = rewards
    all.ends = rows.ends
    let credit = try GeneralizedAdvantage(discount: discount, lambda: lambda, whitening: nil)
      .credit(for: all)
    var advantages = rows.broadcast(Array(repeating: 0, count: rows.rowCount))
    var returns = advantages
    for row in 0..<rows.rowCount {
      for token in rows.range(ofRow: row) {
        let place = values.offsets[row] + positions.values[token]
        advantages.values[token] = credit.advantages.values[place]
        returns.values[token] = credit.returns?.values[place] ?? 0
      }
    }
    return Credit(advantages: advantages, returns: returns)
  }
}

/// REINFORCE++ exactly as SkyRL does it: what follows a stretch of environment tokens is forgotten
/// before it.
///
/// The return of a turn ends where the next observation begins, so a reward at the end of the last
/// turn teaches the last turn only. ``RewardToGo`` passes over such tokens.
///
/// - Source: SkyRL `backends/skyrl_train/utils/ppo_utils.py`
///   (`compute_reinforce_plus_plus_outcome_advantage`); verl before pull request 7300.
public struct SkyRLReinforcePlusPlus: AdvantageEstimator, Hashable, Codable {
  /// How much a reward one selected token later is worth, in `0...1`.
  public var discount: Double

  /// SkyRL's estimator, before its whitening.
  public init(discount: Double = 1) {
    precondition((0...1).contains(discount), "discount must lie in 0...1, got \(discount)")
    self.discount = discount
  }

  /// Returns inside each stretch of selected tokens.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without positions.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    guard let positions = rows.positions else {
      throw .missingInput(estimator: "SkyRLReinforcePlusPlus", input: "positions")
    }
    var returns = Array(repeating: 0.0, count: rows.tokenCount)
    for row in 0..<rows.rowCount {
      guard let score = rows.scores[row].value else { continue }
      let range = rows.range(ofRow: row)
      var following = 0.0
      for token in range.reversed() {
        let isLast = token == range.upperBound - 1
        if !isLast && positions.values[token + 1] != positions.values[token] + 1 { following = 0 }
        following =
          (rows.tokenRewards?.values[token] ?? 0) + (isLast ? score : 0) + discount * following
        returns[token] = following
      }
    }
    let ragged = Ragged(values: returns, offsets: rows.offsets)
    return Credit(advantages: ragged, returns: ragged)
  }
}

/// MaxRL exactly as SkyRL does it: also divided by means that are negative.
///
///     A[i] = (r[i] - mean) / (mean + 1e-6)
///
/// With negative scores the sign turns around: the worse of two rollouts is reinforced. A lone score
/// counts as it is. ``GroupRelative/maxRL`` gives 0 where the mean is not positive.
///
/// - Source: SkyRL `backends/skyrl_train/utils/ppo_utils.py`.
public struct SkyRLMaxRL: RolloutEstimator, Hashable, Codable {
  /// SkyRL's estimator.
  public init() {}

  /// The distances to the mean over the mean. `[B]`
  public func rowAdvantages(for rows: ScoredRows) -> [Double] {
    let index = rows.index
    var advantages = index.scores
    for group in 0..<index.groupCount {
      let range = index.scoredRange(ofGroup: group)
      if range.count < 2 { continue }
      let mean = Moments(Array(index.scores[range])).mean
      for place in range { advantages[place] = (index.scores[place] - mean) / (mean + 1e-6) }
    }
    return index.byRow(advantages)
  }
}
