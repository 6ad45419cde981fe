public import Trajectories

/// What speaks against a rollout whose answer is right: tools that failed, answers too many.
///
///     penalty = failed calls / calls + answers,  in 0…2
///     answers = (answers - 1) / turns, at most 1;  1 where tags are unbalanced or there is no answer
///
/// Without any call the first part is 0.5. For ``ResampleOnCorrect``; not a reward.
///
/// - Source: rStar2-Agent, rstar2_agent/down_sample/roc.py.
/// - Differs: failed calls are the record's; the original takes every response with the word “error”
///   for one. See ``ReleasedTracePenalty``.
public struct TracePenalty: Sendable, Hashable, Codable {
  /// The share of calls that failed, in 0…1; 0.5 without calls.
  public let errors: Double
  /// The share of turns with one more answer than needed, in 0…1; 1 for a malformed answer.
  public let answers: Double
  /// Their sum.
  public var total: Double { errors + answers }

  /// A penalty from its parts.
  public init(errors: Double, answers: Double) {
    self.errors = errors
    self.answers = answers
  }

  /// The penalty of a trajectory.
  ///
  /// - Complexity: Linear in the record.
  public init(of trajectory: Trajectory, answerTag tag: String = "answer") {
    let failed = trajectory.events.count {
      if case .failed = $0.outcome { true } else { false }
    }
    let calls = trajectory.events.count
    let turns = trajectory.agentTurnTexts
    self.init(
      errors: calls == 0 ? 0.5 : Double(failed) / Double(calls),
      answers: Self.answers(
        in: turns.map(\.text).joined(separator: "\n"), tag: tag, turns: turns.count))
  }

  /// The second part of the penalty for a text of so many turns.
  static func answers(in text: String, tag: String, turns: Int) -> Double {
    let marked = MarkedText(text)
    let pairs = marked.pairs(tag).count
    guard pairs > 0, marked.count("<\(tag)>") == pairs, marked.count("</\(tag)>") == pairs,
      turns > 0
    else { return 1 }
    return min(Double(pairs - 1) / Double(turns), 1)
  }
}
