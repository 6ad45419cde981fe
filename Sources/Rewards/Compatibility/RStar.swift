internal import Retrieval
internal import Trajectories

/// rStar2-Agent's penalties as released: told from the decoded text.
///
/// - Source: rStar2-Agent, rstar2_agent/down_sample/roc.py.
public enum ReleasedTracePenalty {
  /// The penalty of a conversation in ChatML.
  public static func penalty(of conversation: String) -> TracePenalty {
    TracePenalty(errors: errors(in: conversation), answers: answers(in: conversation))
  }

  /// The share of tool responses in which the word `error` occurs in any case, also within another
  /// word; 0.5 without responses.
  public static func errors(in conversation: String) -> Double {
    let responses = MarkedText(conversation).pairs("tool_response")
    if responses.isEmpty { return 0.5 }
    let failed = responses.count { MarkedText($0.content.lowercasedByScalar).contains("error") }
    return Double(failed) / Double(responses.count)
  }

  /// The share of complete assistant messages with one more answer than needed, at most 1; 1 for
  /// unbalanced tags, no answer or no complete message.
  public static func answers(in conversation: String) -> Double {
    TracePenalty.answers(
      in: conversation, tag: "answer", turns: completeMessages(in: conversation))
  }

  private static func completeMessages(in conversation: String) -> Int {
    var count = 0
    var position = conversation.startIndex
    while let open = conversation.range(ofScalars: "<|im_start|>assistant", from: position),
      let close = conversation.range(ofScalars: "<|im_end|>", from: open.upperBound)
    {
      count += 1
      position = close.upperBound
    }
    return count
  }
}

/// rStar2-Agent's sampler as released: it draws nothing and takes the first wrong rollouts.
///
/// Both classes get their rounded share, raised to the minimum at the other's cost. Where both shares
/// are below their minimums the whole group stays.
///
/// - Source: rStar2-Agent, rstar2_agent/down_sample/roc.py (`resample_of_correct`).
public struct ReleasedResampleOnCorrect: Sendable, Hashable, Codable {
  /// How many are kept and at least of which.
  public let rule: ResampleOnCorrect

  /// The sampler of a rule.
  public init(_ rule: ResampleOnCorrect) { self.rule = rule }

  /// The indices of the rollouts to keep, ascending; all where there are exactly as many as are kept,
  /// none where there are fewer.
  ///
  /// - Precondition: counts match.
  public func selection(rewards: [Double], penalties: [Double]) -> [Int] {
    precondition(
      rewards.count == penalties.count,
      "\(rewards.count) rewards came with \(penalties.count) penalties")
    guard rewards.count > rule.keep else {
      return rewards.count == rule.keep ? Array(rewards.indices) : []
    }
    let (right, wrong) = ResampleOnCorrect.classes(rewards.map(Score.value), penalties)
    var rightCount = share(right.count, of: rewards.count)
    var wrongCount = share(wrong.count, of: rewards.count)
    if wrongCount < rule.minimumWrong && rightCount < rule.minimumRight {
      return Array(rewards.indices)
    }
    let (leastRight, leastWrong) = (
      min(rule.minimumRight, right.count), min(rule.minimumWrong, wrong.count)
    )
    if wrongCount <= leastWrong { (wrongCount, rightCount) = (leastWrong, rule.keep - leastWrong) }
    if rightCount <= leastRight { (rightCount, wrongCount) = (leastRight, rule.keep - leastRight) }
    return (right.prefix(rightCount) + wrong.prefix(wrongCount)).sorted()
  }

  private func share(_ count: Int, of all: Int) -> Int {
    Int((Double(count * rule.keep) / Double(all)).rounded(.toNearestOrEven))
  }
}
