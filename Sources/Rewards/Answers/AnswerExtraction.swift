internal import Retrieval
public import Trajectories

/// How the final answer is found in what an agent wrote.
///
///     <answer> Ada Lovelace </answer>   →  "Ada Lovelace"
///
/// The last complete pair counts. A pair runs from an opening tag to the next closing one, over
/// line breaks and over further opening tags; tags are compared exactly. Blanks at both ends are
/// taken off, so an answer can be empty.
///
/// - Source: Search-R1, verl/utils/reward_score/qa_em.py.
/// - Differs: of a trajectory only the agent's own words are read, turn by turn, so that neither
///   the prompt's example nor a retrieved page can answer for the agent. One pair is enough then;
///   the original reads the prompt too and asks for two.
public struct AnswerExtraction: Sendable, Hashable, Codable {
  /// The tag's name.
  public var tag: String
  /// With fewer pairs there is no answer.
  public var minimumPairs: Int

  /// A rule.
  ///
  /// - Precondition: `tag` is not empty and `minimumPairs` is at least 1.
  public init(tag: String = "answer", minimumPairs: Int = 1) {
    precondition(!tag.isEmpty, "the answer's tag can't be empty")
    precondition(minimumPairs >= 1, "minimumPairs must be at least 1, got \(minimumPairs)")
    self.tag = tag
    self.minimumPairs = minimumPairs
  }

  /// The answer in a text, or `nil`.
  public func answer(in text: String) -> String? {
    lastIfEnough(pairs(in: text))
  }

  /// The answer of a trajectory's agent, or `nil`.
  public func answer(in trajectory: Trajectory) -> String? {
    lastIfEnough(trajectory.agentTurns.flatMap(pairs))
  }

  private func lastIfEnough(_ pairs: [String]) -> String? {
    pairs.count >= minimumPairs ? pairs.last : nil
  }

  private func pairs(in text: String) -> [String] {
    var result: [String] = []
    var position = text.startIndex
    while let open = text.range(ofScalars: "<\(tag)>", from: position),
      let close = text.range(ofScalars: "</\(tag)>", from: open.upperBound)
    {
      result.append(text[open.upperBound..<close.lowerBound].trimmingBlanks)
      position = close.upperBound
    }
    return result
  }
}

extension Trajectory {
  /// What the agent itself wrote in each turn that it spoke in, with broken UTF-8 replaced.
  var agentTurns: [String] {
    var turns: [(turn: Int, text: [UInt8])] = []
    for span in spans where span.origin == .policy || span.origin == .demonstration {
      if turns.last?.turn == span.turn {
        turns[turns.count - 1].text += span.text
      } else {
        turns.append((span.turn, span.text))
      }
    }
    return turns.map { String(decoding: $0.text, as: UTF8.self) }
  }
}
