internal import OrderedJSON
internal import Retrieval
internal import Trajectories

extension Trajectory {
  /// What the agent searched for, in order: the arguments of its calls of a search tool, or without
  /// any such call what stands between its `<search>` tags.
  ///
  /// Of arguments that are a JSON object the members `query` and `queries` are read.
  var searchQueries: [String] {
    let calls = events.filter { $0.tool == "search" }
    if calls.isEmpty {
      return agentTurnTexts.flatMap { turn in
        MarkedText(turn.text).pairs("search").map(\.content.trimmingBlanks)
      }
    }
    return calls.flatMap { call -> [String] in
      guard let object = try? JSONValue(parsing: call.arguments), object.object != nil else {
        return [call.arguments.trimmingBlanks]
      }
      let several = (object["queries"] ?? object["query"])?.array?.compactMap(\.string)
      return several ?? [object["query"]?.string].compactMap(\.self)
    }
  }
}
