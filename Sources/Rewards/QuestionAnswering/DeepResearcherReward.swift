internal import Retrieval
public import Trajectories

/// DeepResearcher's reward: word overlap, or −1 for a broken format.
///
///     tags balanced and an answer   F1 over distinct words, or exact match
///     else                          −1
///
/// Tags are compared without regard to case; `tool_call`, `think` and `answer` have to balance. The
/// first answer counts. Repeated words count once and articles stay, see
/// ``AnswerNormalization/deepResearcher``. A task without accepted answers can't be judged: missing.
///
/// - Source: Zheng et al. 2025, "DeepResearcher"; verl/utils/reward_score/format_and_f1.py.
/// - Differs: accepted answers are a list, not one text with separators; the world's words are
///   never read as tags.
public struct DeepResearcher: Reward {
  /// How an answer is compared.
  public enum Matching: String, Sendable, Hashable, Codable, CaseIterable {
    /// F1 over distinct words.
    case overlap
    /// 1 or 0.
    case exact
  }

  /// `deepResearcher`.
  public var name: String { "deepResearcher" }
  /// How an answer is compared.
  public let matching: Matching

  /// A reward; training uses the overlap, evaluation both.
  public init(matching: Matching = .overlap) { self.matching = matching }

  /// Judges the format and the first answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      let block = (open: [UInt8].opening("tool_response"), [UInt8].closing("tool_response"))
      let exchange = trajectory.exchange(worldBlock: block.open, block.1)
      let turns = trajectory.agentTurns.map { Array($0.string.lowercasedByScalar.utf8)[...] }
      guard Self.tagsBalance(in: Array(exchange[...].string.lowercasedByScalar.utf8)[...]) else {
        return Grade(value: -1, parts: ["validFormat": 0], notes: ["the tags don't balance"])
      }
      guard let answer = AnswerExtraction(.tag("answer"), choice: .first).answer(in: turns) else {
        return Grade(value: -1, parts: ["validFormat": 0], notes: ["no answer"])
      }
      return Grade(value: score(of: answer.string, anyOf: accepted), parts: ["validFormat": 1])
    }
  }

  func score(of answer: String, anyOf accepted: [String]) -> Double {
    let rules = AnswerNormalization.deepResearcher
    return switch matching {
    case .overlap: rules.tokenF1(answer, against: accepted, rule: .set)
    case .exact: rules.matches(answer, anyOf: accepted) ? 1 : 0
    }
  }

  /// Whether each kind of tag is closed as often as opened, and each after it was opened.
  static func tagsBalance(in text: ArraySlice<UInt8>) -> Bool {
    ["tool_call", "think", "answer"].allSatisfy { tag in
      let (open, close) = ([UInt8].opening(tag), [UInt8].closing(tag))
      guard text.count(of: open) == text.count(of: close) else { return false }
      var position = text.startIndex
      while let start = text.range(of: open, from: position) {
        guard let end = text.range(of: close, from: start.lowerBound) else { return false }
        position = end.lowerBound + 1
      }
      return true
    }
  }
}
