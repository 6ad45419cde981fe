internal import Trajectories

/// Moves credit inside a rollout towards the turns that brought the world forward.
///
///     progress[k] = s[k] - s[k-1]
///     c[j]        = sum over k >= j of progress[k] * gamma^(k-j) / (1 + gamma + … + gamma^k)
///     A           = base + coefficient * (c[j] - mean of c over the rollout's tokens)
///
/// `s[k]` is the score of the world after turn k, the step's score. A turn earns for changing the
/// world, not for standing in a good one: stalling earns nothing, a gain that is lost again nets to
/// nothing. What a turn brings may have been prepared before, so it is spread backwards over turns
/// with weights that add up to 1. A turn without a score hands its progress on to the next that has
/// one. The first score is what later ones are compared with, unless ``startsAtZero``. The mean is
/// taken off so that credit is moved inside the rollout, and the outcome alone decides between
/// rollouts.
///
/// - Source: prime-rl pull request 3282 (open).
/// - Differs: taking off the mean, and how much the progress weighs, are our choice.
public struct StateScoreCredit<Base: AdvantageEstimator>: AdvantageEstimator {
  /// The estimator underneath.
  public var base: Base
  /// How far back a turn's progress reaches, in `0...1`: 0 not at all, 1 evenly to the first turn.
  public var discount: Double
  /// What a turn's progress weighs beside the base.
  public var coefficient: Double
  /// Whether the world scored 0 before the first turn; otherwise the first score is no progress.
  public var startsAtZero: Bool

  /// An estimator around another.
  public init(
    _ base: Base, discount: Double = 0.9, coefficient: Double = 1, startsAtZero: Bool = false
  ) {
    precondition((0...1).contains(discount), "discount must lie in 0...1, got \(discount)")
    precondition(coefficient.isFinite, "the coefficient must be finite, got \(coefficient)")
    self.base = base
    self.discount = discount
    self.coefficient = coefficient
    self.startsAtZero = startsAtZero
  }

  /// The other's credit, moved towards progress; tokens outside all steps made none.
  ///
  /// - Throws: ``AdvantageError/missingInput(estimator:input:)`` without steps, a step's score that
  ///   is not finite, what the base throws.
  /// - Complexity: that of the base, plus O(N + S log S) for S steps.
  public func credit(for rows: ScoredRows) throws(AdvantageError) -> Credit {
    let steps = try rows.requiredSteps(for: "StateScoreCredit")
    var credit = try base.credit(for: rows)
    for (member, turns) in try rows.turns(of: steps).enumerated() {
      let memberRows = rows.index.rows(ofMember: member)
      guard let first = memberRows.first, rows.scores[first].value != nil else { continue }
      let length = memberRows.reduce(0) { $0 + rows.range(ofRow: $1).count }
      if length == 0 { continue }
      let credits = turnCredits(turns.map(\.score))
      var total = 0.0
      for (turn, credit) in zip(turns, credits) {
        for position in turn.steps { total += Double(steps[position].tokens.count) * credit }
      }
      let mean = total / Double(length)
      for row in memberRows {
        for token in rows.range(ofRow: row) {
          credit.advantages.values[token] -= coefficient * mean
        }
      }
      for (turn, share) in zip(turns, credits) {
        for position in turn.steps {
          for token in steps[position].tokens {
            credit.advantages.values[token] += coefficient * share
          }
        }
      }
    }
    return credit
  }

  /// The progress of turns, spread backwards; it adds up to the net progress.
  package func turnCredits(_ scores: [Double?]) -> [Double] {
    var progress = Array(repeating: 0.0, count: scores.count)
    var before: Double? = startsAtZero ? 0 : nil
    for (turn, score) in scores.enumerated() {
      guard let score else { continue }
      if let before { progress[turn] = score - before }
      before = score
    }
    var result = progress
    var arriving = 0.0
    for turn in scores.indices.reversed() {
      // 1 + gamma + … + gamma^turn: the weights of all turns that this one's progress reaches.
      var total = 0.0
      for _ in 0...turn { total = 1 + discount * total }
      arriving = progress[turn] / total + discount * arriving
      result[turn] = arriving
    }
    return result
  }
}

extension StateScoreCredit: Equatable where Base: Equatable {}
extension StateScoreCredit: Hashable where Base: Hashable {}
extension StateScoreCredit: Decodable where Base: Decodable {}
extension StateScoreCredit: Encodable where Base: Encodable {}
