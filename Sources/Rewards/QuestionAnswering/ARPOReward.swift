public import Trajectories

/// ARPO's reward: word overlap, a bonus for using both tools, −1 for a broken format.
///
///     broken format, or a box that doesn't close   −1
///     no shared word                               0
///     else                                         F1 + (toolBonus if search and python were used)
///
/// The bonus makes scores up to 1 + toolBonus. A task without accepted answers can't be judged:
/// missing. Components: `overlap`, `validFormat`.
///
/// - Source: Dong et al. 2025, "Agentic Reinforced Policy Optimization";
///   verl/utils/reward_score/deep_research.py.
/// - Differs: the world's words are never read as tags, and a result that the agent wrote itself
///   breaks the format.
public struct ARPO: Reward {
  /// `arpo`.
  public var name: String { "arpo" }
  /// What using both tools adds to an answer that shares a word.
  public let toolBonus: Double

  static let format = BoxedAnswerFormat(tools: ["search", "python"])

  /// A reward.
  ///
  /// - Precondition: `toolBonus` is finite.
  public init(toolBonus: Double = 0.1) {
    precondition(toolBonus.isFinite, "toolBonus must be finite, got \(toolBonus)")
    self.toolBonus = toolBonus
  }

  /// Judges the format, the tools and the boxed answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      if let forgery = trajectory.forgedResult {
        return Grade(value: -1, parts: ["overlap": 0, "validFormat": 0], notes: [forgery])
      }
      let exchange = trajectory.exchange(
        worldBlock: .opening("result"), .closing("result"))
      return judgement(exchange[...], turns: trajectory.agentTurns, accepted: accepted).grade
    }
  }

  func judgement(
    _ exchange: ArraySlice<UInt8>, turns: [ArraySlice<UInt8>], accepted: [String]
  ) -> (grade: Grade, answer: String, overlap: Double) {
    func broken(_ why: String) -> (grade: Grade, answer: String, overlap: Double) {
      (Grade(value: -1, parts: ["overlap": 0, "validFormat": 0], notes: [why]), "", 0)
    }
    if let breach = Self.format.breach(in: exchange) { return broken(breach) }
    guard let answer = BoxedAnswerFormat.answer(in: turns)?.string else {
      return broken("the box of the answer doesn't close")
    }
    let overlap = AnswerNormalization.standard.tokenF1(answer, against: accepted, rule: .hotpotQA)
    let usesBoth =
      exchange.contains(mark: .closing("search")) && exchange.contains(mark: .closing("python"))
    return (
      Grade(
        value: overlap > 0 && usesBoth ? overlap + toolBonus : overlap,
        parts: ["overlap": overlap, "validFormat": 1]),
      answer, overlap
    )
  }
}

extension Trajectory {
  /// A remark if the agent wrote a result itself.
  var forgedResult: String? {
    let own = agentBytes[...]
    return own.contains(mark: .opening("result")) || own.contains(mark: .closing("result"))
      ? "the agent wrote a result itself" : nil
  }
}
