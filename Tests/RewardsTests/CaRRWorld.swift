import Rewards
import Trajectories

/// A world of three pages that an agent has searched, and what a report has to show.
enum CaRRWorld {
  static let task = AgentTask(
    id: "carr", question: "Who founded the company that makes the Lumen lamp?",
    answers: ["Vera Solt"])

  static let rubrics = RubricSet(
    [
      "<E1> makes the Lumen lamp.", "<E0> founded <E1>.", "<E0> was born in <E2>.",
      "The lamp won a prize.",
    ],
    knownEntities: ["E0": ["Vera Solt"], "E1": ["Brightworks"], "E2": ["Lyon"]])

  static let listing = """
    [1] Title: Brightworks
    [1] URL Source: https://a.org/brightworks
    [1] Description: Brightworks makes the Lumen lamp. It was founded by Vera Solt in 1999.
    [2] Title: Vera Solt
    [2] URL Source: https://b.org/solt
    [2] Description: Vera Solt was born in Lyon.
    [2] Date: 2020-01-02

    """

  static func record(
    _ message: String, status: TrajectoryStatus = .completed, listing: String = Self.listing,
    searches: Int = 1
  ) throws -> Trajectory {
    var trajectory = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))
    func append(_ origin: SpanOrigin, _ text: String, turn: Int) throws {
      try trajectory.append(
        Span(
          origin: origin, role: origin == .environment ? .tool : .assistant, turn: turn,
          tokens: [1], text: Array(text.utf8), offsets: [0, text.utf8.count]))
    }
    for turn in 0..<searches {
      try append(.demonstration, "<search>lamp</search>", turn: turn)
      trajectory.append(
        ToolEvent(
          turn: turn, tool: "browser.search", arguments: "{\"query\": \"lamp\"}",
          outcome: .returned(identifiers: [])))
      try append(.environment, listing, turn: turn)
    }
    try append(.demonstration, message, turn: searches)
    trajectory.status = status
    return trajectory
  }

  static let lexical = JudgeService(LexicalJudge())

  static func reward(_ judge: JudgeService = lexical) -> CitationRubrics {
    CitationRubrics(judge: judge) { _ in rubrics }
  }
}
