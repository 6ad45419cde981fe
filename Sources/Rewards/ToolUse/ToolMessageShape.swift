internal import Retrieval

/// Which parts a message of thinking, calling and answering consists of.
///
///     <think>…</think>
///     <tool_call>
///     …
///     </tool_call>
///     <response>…</response>
///
/// - Source: ToolRL, verl/utils/reward_score/rlla.py.
public struct ToolMessageShape: Sendable, Hashable, Codable {
  /// Whether tools are called.
  public let callsTools: Bool
  /// Whether the user is answered.
  public let responds: Bool

  /// A shape.
  public init(callsTools: Bool, responds: Bool) {
    self.callsTools = callsTools
    self.responds = responds
  }

  /// The shape of a reference message, told by the opening tags in it.
  public init(of reference: String) {
    let reference = MarkedText(reference)
    self.init(
      callsTools: reference.contains("<tool_call>"), responds: reference.contains("<response>"))
  }

  /// Whether a message has this shape and nothing around it.
  ///
  /// Each part but the thinking has exactly one opening and one closing tag; the parts follow each
  /// other on new lines, and calls stand on lines of their own. A message that neither calls nor
  /// responds may hold anything between its first `<think>` and its last `</think>`.
  ///
  /// - Complexity: Linear in the message.
  public func matches(_ message: String) -> Bool {
    let text = MarkedText(message)
    guard message.beginsWithScalars(of: "<think>") else { return false }
    for (tag, wanted) in [("tool_call", callsTools), ("response", responds)] where wanted {
      guard text.count("<\(tag)>") == 1, text.count("</\(tag)>") == 1 else { return false }
    }
    switch (callsTools, responds) {
    case (false, false): return endsWith("</think>", message)
    case (false, true):
      return endsWith("</response>", message) && parts(message, ["</think>\n<response>"])
    case (true, false):
      return endsWith("\n</tool_call>", message)
        && parts(message, ["</think>\n<tool_call>\n", "\n</tool_call>"])
    case (true, true):
      return endsWith("</response>", message)
        && parts(message, ["</think>\n<tool_call>\n", "\n</tool_call>\n<response>", "</response>"])
    }
  }

  private func endsWith(_ ending: String, _ message: String) -> Bool {
    message.utf8.reversed().starts(with: ending.utf8.reversed())
  }

  /// Whether the joints between parts occur in this order without overlap.
  private func parts(_ message: String, _ joints: [String]) -> Bool {
    var position = message.startIndex
    for joint in joints {
      guard let range = message.range(ofScalars: joint, from: position) else { return false }
      position = range.upperBound
    }
    return true
  }
}
