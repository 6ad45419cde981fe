internal import Rewards
internal import Trajectories

/// Rollouts of an agent that searches, opens pages and looks into them for a hundred turns, and then
/// reports with citations.
enum BrowsingRecords {
  static let turns = 100
  static let groupSize = 8

  static let rubrics = RubricSet([
    "<E0> is a company.", "<E0> was founded by <E1>.", "<E1> was born in <E2>.",
    "<E0> built <E3>.", "<E3> crosses <E4>.", "<E4> flows through <E2>.", "<E3> opened in 1932.",
    "<E1> studied in <E2>.",
  ])

  /// As many rollouts as asked for, in groups of eight.
  static func groups(of count: Int) throws -> [TrajectoryGroup] {
    let pages = (0..<97).map(page)
    return try stride(from: 0, to: count, by: groupSize).map { first in
      let task = AgentTask(
        id: "task \(first)", question: "Which company built the bridge?", answers: ["Ada"])
      let members = try (first..<min(first + groupSize, count)).map { number in
        try record(number, of: task, pages: pages)
      }
      return TrajectoryGroup(task: task, members: members)
    }
  }

  /// The bytes of all texts.
  static func size(of groups: [TrajectoryGroup]) -> Int {
    groups.lazy.flatMap(\.members).flatMap(\.spans).reduce(0) { $0 + $1.text.count }
  }

  private static func record(
    _ number: Int, of task: AgentTask, pages: [String]
  ) throws -> Trajectory {
    var trajectory = Trajectory(
      task: task,
      rollout: RolloutID(step: 0, group: number / groupSize, member: number % groupSize))
    func append(_ origin: SpanOrigin, _ role: Role, _ turn: Int, _ text: String) throws {
      let bytes = Array(text.utf8)
      let record = SamplingRecord(
        logProbabilities: [-1], weightVersion: 0, settings: SamplingSettings())
      try trajectory.append(
        Span(
          origin: origin, role: role, turn: turn, tokens: [1], text: bytes,
          offsets: [0, bytes.count], sampling: origin == .policy ? record : nil))
    }
    try append(.prompt, .user, 0, task.question)
    for turn in 0..<turns - 1 {
      let place = (number * 31 + turn * 7) % pages.count
      try append(
        .policy, .assistant, turn,
        "<think>Nothing of \(turn) tells who built it; the page on \(place) may.</think> I go on.")
      let (tool, arguments, answer): (String, String, String) =
        switch turn % 3 {
        case 0: ("browser.search", "{\"query\": \"bridge \(place)\"}", results(from: place))
        case 1: ("browser.open", "{\"id\": \(place)}", pages[place])
        default:
          (
            "browser.find", "{\"pattern\": \"bridge\"}",
            "[1] … the bridge was opened in 1932 …\n[2] … crosses the river \(place) …"
          )
        }
      trajectory.append(
        ToolEvent(
          turn: turn, tool: tool, arguments: arguments, outcome: .returned(identifiers: [])))
      try append(.environment, .tool, turn, answer)
    }
    try append(.policy, .assistant, turns - 1, report(number))
    trajectory.status = .completed
    return trajectory
  }

  private static func report(_ number: Int) -> String {
    let sentences = (0..<12).map { index in
      "The company of Ada founded branch \(index) in Lyon "
        + "[[\(index + 1)](https://example.org/page/\((number * 31 + index * 7) % 97))]."
    }
    return "<think>Enough is known.</think> " + sentences.joined(separator: " ")
      + "\n\n<answer>Ada</answer>\n\n## References\n[1] https://example.org/page/1"
  }

  private static func results(from place: Int) -> String {
    (1...5).map { number in
      """
      [\(number)] Title: Bridges of the river, part \(place)
      [\(number)] URL Source: https://example.org/page/\((place + number - 1) % 97)
      [\(number)] Description: The bridge over the river was built by a company from Lyon, which \
      was founded by an engineer who was born there; it opened in 1932 and carries a road.
      [\(number)] Date: 2021-03-0\(number)
      """
    }.joined(separator: "\n\n")
  }

  private static func page(_ number: Int) -> String {
    let sentence =
      "In \(1900 + number) the company built a bridge across the river, and it stands. "
    return """
      Title: Bridges of the river, part \(number)
      URL Source: https://example.org/page/\(number)
      Published Time: 2021-03-04
      Markdown Content:
      \(String(repeating: sentence, count: 32))
      """
  }
}
