// Rubrics of one task, a report that cites, and what becomes of each rubric.
import Rewards
import Trajectories

let rubrics = [
  "lamp": RubricSet(
    ["<E1> makes the Lumen lamp.", "<E0> founded <E1>."],
    knownEntities: ["E0": ["Vera Solt"], "E1": ["Brightworks"]])
]
let judge = JudgeService(LexicalJudge())
let met = CitationRubrics(
  judge: judge, evidence: .passages(), rules: CaRRRules(citations: CitationRule(prefixes: ["doc:"]))
) { rubrics[$0.id] }

let reward = CitationAwareMix(outcome: JudgedOutcome(judge: judge), rubrics: met, rubricShare: 0.3)

let task = AgentTask(
  id: "lamp", question: "Who founded the maker of the Lumen lamp?", answers: ["Vera Solt"])

/// A rollout of one search and one report.
func rollout(_ report: String) throws -> Trajectory {
  var trajectory = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))
  func tell(_ origin: SpanOrigin, _ text: String, turn: Int) throws {
    try trajectory.append(
      Span(
        origin: origin, role: .assistant, turn: turn, tokens: [0], text: Array(text.utf8),
        offsets: [0, text.utf8.count]))
  }
  try tell(.demonstration, "<search>Lumen lamp</search>", turn: 0)
  trajectory.append(
    ToolEvent(
      turn: 0, tool: "search", arguments: "Lumen lamp", outcome: .returned(identifiers: ["p7"])))
  try tell(
    .environment,
    "Doc 1(Title: \"Brightworks\") Vera Solt founded Brightworks. Brightworks makes the Lumen lamp.",
    turn: 0)
  try tell(.demonstration, report, turn: 1)
  trajectory.status = .completed
  return trajectory
}

let cited = try rollout("Vera Solt founded Brightworks, which makes it [[1](doc:p7)].")
let guessed = try rollout("Vera Solt.")
let reports = try await reward.reports(on: TrajectoryGroup(task: task, members: [cited, guessed]))
for report in reports {
  print(report.score, report.components.map(\.name))
  for note in report.notes { print("  " + note) }
}
