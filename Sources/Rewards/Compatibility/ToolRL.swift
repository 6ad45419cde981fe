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
}
