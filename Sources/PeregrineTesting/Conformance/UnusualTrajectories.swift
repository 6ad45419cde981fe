public import Trajectories

extension Trajectory {
  /// Records that rewards meet at night: empty, huge, cut within characters, full of tags that
  /// don't match, ended in every way, of tasks with and without answers.
  ///
  /// A text has one token per byte.
  public static let unusual: [Trajectory] = {
    let texts: [[(SpanOrigin, [UInt8])]] = [
      [],
      [(.prompt, Array("Only a prompt".utf8))],
      [(.policy, Array("<answer>Ada</answer>".utf8))],
      [
        (.prompt, Array("Question: who?\n".utf8)), (.policy, Array("<search>who</search>".utf8)),
        (.environment, Array("\n\n<information></information>\n\n".utf8)),
        (.policy, Array("<answer> the Ada. </answer>".utf8)),
      ],
      [(.policy, Array("</answer><answer><answer></search><think></answer></think>".utf8))],
      [(.policy, [0xF0, 0x9F, 0x99]), (.environment, [0x00, 0xFF, 0xFE]), (.policy, [0x82])],
      [(.demonstration, Array("{\"broken\": [1, 2, <answer>e\u{301}\u{200D}🙂".utf8))],
      [(.policy, Array(repeating: UInt8(ascii: "<"), count: 100_000))],
    ]
    let statuses: [TrajectoryStatus] = [
      .completed, .truncated(by: .turns), .looped, .aborted,
      .failed(.infrastructure("the server is gone")),
    ]
    let accepted = [["Ada", "Ada Lovelace"], [], [""]]
    return texts.enumerated().flatMap { index, spans in
      accepted.enumerated().compactMap { number, answers in
        let task = AgentTask(id: "unusual-\(index)-\(number)", question: "who?", answers: answers)
        return try? Trajectory(
          task: task, spans, status: statuses[(index + number) % statuses.count])
      }
    }
  }()

  private init(
    task: AgentTask, _ spans: [(origin: SpanOrigin, text: [UInt8])], status: TrajectoryStatus
  ) throws {
    self.init(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))
    for (turn, span) in spans.enumerated() {
      let record = SamplingRecord(
        logProbabilities: Array(repeating: -1, count: span.text.count), weightVersion: 0,
        settings: SamplingSettings())
      try append(
        Span(
          origin: span.origin, role: span.origin == .prompt ? .user : .assistant, turn: turn,
          tokens: span.text.map(Int32.init), text: span.text,
          offsets: Array(0...span.text.count), sampling: span.origin == .policy ? record : nil))
    }
    append(
      ToolEvent(turn: 0, tool: "search", arguments: "", outcome: .failed(.timedOut)))
    self.status = status
  }
}
