internal import Retrieval
public import OrderedJSON

/// A tool call as a task's reference or an agent writes it: a name and parameters.
public struct NamedToolCall: Sendable, Hashable {
  /// The tool.
  public let name: String
  /// The parameters by name.
  public let parameters: JSONObject

  /// A call.
  public init(name: String, parameters: JSONObject = [:]) {
    self.name = name
    self.parameters = parameters
  }

  /// Reads a call from an object with a string `name` and an object `parameters` or `arguments`;
  /// `nil` if it is anything else.
  public init?(_ value: JSONValue) {
    guard let name = value["name"]?.string,
      let parameters = (value["parameters"] ?? value["arguments"])?.object
    else { return nil }
    self.init(name: name, parameters: parameters)
  }

  /// Reads calls, one JSON object a line; `nil` if a line is no call.
  ///
  /// The dialect is strict: what a tool server would refuse is no call. Blank ends of the text and of
  /// lines are ignored; an empty text has one empty line and so is no list of calls.
  public static func calls(inLines text: String) -> [NamedToolCall]? {
    let lines = MarkedText(text.trimmingBlanks).pieces(between: "\n")
    var calls: [NamedToolCall] = []
    for line in lines {
      guard let value = try? JSONValue(parsing: line), let call = NamedToolCall(value) else {
        return nil
      }
      calls.append(call)
    }
    return calls
  }

  /// Reads the calls in every `<tool_call>` pair of a message; `nil` if there is no pair or one holds
  /// something else.
  public static func calls(inMessage message: String) -> [NamedToolCall]? {
    let pairs = MarkedText(message).pairs("tool_call")
    guard !pairs.isEmpty else { return nil }
    var calls: [NamedToolCall] = []
    for pair in pairs {
      guard let more = Self.calls(inLines: pair.content) else { return nil }
      calls += more
    }
    return calls
  }
}
