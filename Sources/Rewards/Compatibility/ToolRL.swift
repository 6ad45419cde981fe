package import OrderedJSON
internal import Retrieval

/// How ToolRL's released scorer finds the message in a decoded conversation.
///
/// - Source: ToolRL, verl/utils/reward_score/rlla.py (`compute_score`).
public enum ReleasedToolRL {
  /// The last message of a conversation in ChatML, up to its first end marker.
  ///
  /// ``ToolRLReward`` needs none of this: it reads the agent's last turn from the record.
  public static func message(in conversation: String) -> String {
    let last = MarkedText(conversation).pieces(between: "<|im_start|>assistant").last
    return MarkedText(last ?? "").before("<|im_end|>").trimmingBlanks
  }

  /// Calls as they were parsed, read beside the wanted ones; `nil` where the original raises an
  /// error.
  ///
  /// A call without parameters goes unnoticed as long as nobody wants a tool of its name: it has none.
  package static func calls(
    _ values: [JSONValue], besides wanted: [NamedToolCall]
  ) -> [NamedToolCall]? {
    var calls: [NamedToolCall] = []
    for value in values {
      if let call = NamedToolCall(value) {
        calls.append(call)
      } else if let name = value["name"]?.string, !wanted.contains(where: { $0.name == name }) {
        calls.append(NamedToolCall(name: name))
      } else {
        return nil
      }
    }
    return calls
  }
}
