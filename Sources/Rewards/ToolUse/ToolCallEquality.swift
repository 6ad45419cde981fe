internal import Retrieval
public import Trajectories

/// 1 when a message is well formed and its tool calls are the reference calls, else 0.
///
/// Well formed is one `<think>` pair followed by `<tool_call>` pairs with calls in them, and nothing
/// but blanks around. The calls are compared without their order, names and parameters exactly; there
/// is no credit for a part. The reference is the task's first accepted answer: `<tool_call>` pairs,
/// or calls a line each. Only the agent's last turn is judged.
///
/// A task without a readable reference can't be judged: missing.
///
/// - Source: notes about Nemotron-Research-Tool-N1, arXiv 2505.00024: a binary reward for format and
///   calls together. No code was read; what counts as well formed is our reading.
public struct ToolCallEquality: Reward {
  /// `toolCallEquality` unless told otherwise.
  public let name: String

  /// A binary reward for tool calls.
  public init(name: String = "toolCallEquality") { self.name = name }

  /// Judges the agent's last turn.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let reference = trajectory.task.answers.first,
      let wanted = NamedToolCall.calls(inMessage: reference)
        ?? NamedToolCall.calls(inLines: reference)
    else {
      return .unjudged(name, "task \(trajectory.task.id) has no tool calls to compare with")
    }
    let message = trajectory.agentTurnTexts.last?.message ?? ""
    var notes: [String] = []
    var equal = false
    if let calls = Self.calls(inWellFormed: message) {
      equal =
        Dictionary(grouping: calls, by: \.self).mapValues(\.count)
        == Dictionary(grouping: wanted, by: \.self).mapValues(\.count)
    } else {
      notes = ["the message is not thinking followed by readable tool calls"]
    }
    let score = Score.value(equal ? 1 : 0)
    return .single(name, score, notes: notes)
  }

  /// The calls of a message that consists of one thought and calls; `nil` for any other.
  package static func calls(inWellFormed message: String) -> [NamedToolCall]? {
    let text = MarkedText(message)
    let pairs = text.pairs("think")
    guard let thought = pairs.first, pairs.count == 1, text.count("<think>") == 1,
      message[..<thought.whole.lowerBound].trimmingBlanks.isEmpty
    else { return nil }
    let rest = String(message[thought.whole.upperBound...])
    var position = rest.startIndex
    for pair in MarkedText(rest).pairs("tool_call") {
      guard rest[position..<pair.whole.lowerBound].trimmingBlanks.isEmpty else { return nil }
      position = pair.whole.upperBound
    }
    guard rest[position...].trimmingBlanks.isEmpty else { return nil }
    return NamedToolCall.calls(inMessage: rest)
  }
}
