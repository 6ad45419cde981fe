internal import Trajectories

/// What each role usually scores, as a running mean that is kept between batches.
///
///     A[i] = r[i] - baseline[role of i]
///     baseline[role] = decay * baseline[role] + (1 - decay) * mean score of role in the batch
///
/// An estimator is a pure function, so the baselines move only when ``observe(_:)`` is called, after
/// the batch was scored with the old ones. A role nobody has seen has baseline 0.
///
/// - Source: RAE of SPIRAL (arXiv 2506.24119); prime-rl `orchestrator/algo/rae.py`.
/// - Differs: prime-rl moves a baseline once per rollout in the order they arrive; here once per
///   batch by the mean, so that the order of completion changes nothing.
public struct RunningBaselines: RolloutEstimator, Hashable, Codable {
  /// The baseline of each role seen so far.
  public private(set) var baselines: [String: Double]
  /// How much of a baseline stays, in `0 ..< 1`.
  public var decay: Double

  /// An estimator that has seen nothing, or starts from baselines of an earlier run.
  public init(decay: Double = 0.95, startingAt baselines: [String: Double] = [:]) {
    precondition(decay >= 0 && decay < 1, "decay must lie in 0..<1, got \(decay)")
    precondition(
      baselines.values.allSatisfy(\.isFinite), "baselines must be finite, got \(baselines)")
    self.baselines = baselines
    self.decay = decay
  }

  /// How far each row's score is above its role's baseline. `[B]`
  ///
  /// Rows without roles share one, named "".
  public func rowAdvantages(for rows: ScoredRows) -> [Double] {
    (0..<rows.rowCount).map { row in
      guard let score = rows.scores[row].value else { return 0 }
      return score - baselines[rows.roles?[row] ?? "", default: 0]
    }
  }

  /// Moves the baselines towards the scores of a batch; each scored rollout counts once.
  public mutating func observe(_ rows: ScoredRows) {
    let index = rows.index
    var scores: [String: [Double]] = [:]
    for (position, score) in index.scores.enumerated() {
      let row = index.rows[index.rowOffsets[index.scored[position]]]
      scores[rows.roles?[row] ?? "", default: []].append(score)
    }
    for (role, scores) in scores {
      let old = baselines[role, default: 0]
      baselines[role] = decay * old + (1 - decay) * Moments(scores).mean
    }
  }
}
