internal import Trajectories

/// Records of many short turns, in which the agent speaks, the world answers and a tool is called.
enum ManyTurns: String, CaseIterable {
  /// A search per turn, each for something else.
  case searches
  /// The same search again and again.
  case repetitions
  /// A citation per turn.
  case citations

  /// A record of so many turns.
  func record(turns: Int) throws -> Trajectory {
    let task = AgentTask(id: "hostile", question: "Who?", answers: ["Ada"])
    var record = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))
    func append(_ origin: SpanOrigin, _ role: Role, _ turn: Int, _ text: String) throws {
      let sampling =
        origin == .policy
        ? SamplingRecord(logProbabilities: [-1], weightVersion: 0, settings: SamplingSettings())
        : nil
      let bytes = Array(text.utf8)
      try record.append(
        Span(
          origin: origin, role: role, turn: turn, tokens: [1], text: bytes,
          offsets: [0, bytes.count], sampling: sampling))
    }
    try append(.prompt, .user, 0, task.question)
    for turn in 0..<turns {
      let (words, answer) = words(turn)
      try append(.policy, .assistant, turn, words)
      try append(.environment, .tool, turn, answer)
      record.append(
        ToolEvent(
          turn: turn, tool: "search", arguments: "{\"query\": \"w\(turn)\"}",
          outcome: .returned(identifiers: ["d\(turn)"])))
    }
    try append(.policy, .assistant, turns, "<answer>Ada</answer>")
    record.status = .completed
    return record
  }

  private func words(_ turn: Int) -> (agent: String, world: String) {
    let found = "<information>Doc 1(Title: \"Ada\") Ada wrote \(turn).</information>"
    return switch self {
    case .searches: ("<think>t\(turn)</think><search>who \(turn)</search>", found)
    case .repetitions: ("<think>t</think><search>who</search>", found)
    case .citations:
      (
        "<think>t</think><search>who</search>Ada wrote [1](http://a/\(turn)).",
        "<snippet id=s\(turn)>Ada wrote \(turn)</snippet>"
      )
    }
  }
}
