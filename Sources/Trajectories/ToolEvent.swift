/// One call of a tool and what came of it, beside the text that the agent saw.
public struct ToolEvent: Sendable, Hashable, Codable {
  /// How a call ended.
  public enum Outcome: Sendable, Hashable, Codable {
    /// It answered, with the identifiers of what it returned (documents, pages), best first.
    case returned(identifiers: [String])
    /// It did not answer; the agent may have been told so in words.
    case failed(Failure)
  }

  /// Why a call did not answer.
  public enum Failure: Sendable, Hashable, Codable {
    /// Past its deadline.
    case timedOut
    /// No tool of that name.
    case unknownTool
    /// The arguments could not be understood, with the reason.
    case malformed(String)
    /// The budget of calls was spent before this one.
    case overBudget
    /// Anything else that the tool reported.
    case other(String)
  }

  /// The agent's turn that made the call, from 0.
  public let turn: Int
  /// The tool's name.
  public let tool: String
  /// The arguments exactly as the agent wrote them.
  public let arguments: String
  /// How it ended.
  public let outcome: Outcome

  /// An event of one call.
  public init(turn: Int, tool: String, arguments: String, outcome: Outcome) {
    self.turn = turn
    self.tool = tool
    self.arguments = arguments
    self.outcome = outcome
  }
}
