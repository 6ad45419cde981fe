// The same record under three stages of reward.
import Rewards
import Trajectories

let task = AgentTask(
  id: "first", question: "Who wrote the first program?", answers: ["Ada Lovelace"])
var record = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))
let spans: [(SpanOrigin, String)] = [
  (.demonstration, "<search>first program</search>"),
  (
    .environment,
    """
    Doc 1(Title: "Program") Ada Lovelace wrote the first program
    Doc 2(Title: "Notes") The notes are by Ada Lovelace

    """
  ),
  (.demonstration, "<answer>Ada Lovelace</answer>"),
]
for (turn, (origin, text)) in spans.enumerated() {
  let bytes = Array(text.utf8)
  try record.append(
    Span(
      origin: origin, role: origin == .environment ? .tool : .assistant, turn: turn, tokens: [0],
      text: bytes, offsets: [0, bytes.count]))
}
record.append(
  ToolEvent(
    turn: 0, tool: "search", arguments: "first program",
    outcome: .returned(identifiers: ["program", "notes"])))

let stages = [
  ("right", ResearchStages.outcome()),
  ("tidy", ResearchStages.process(mostTurns: 10)),
  ("grounded", ResearchStages.grounded(mostTurns: 10)),
]
for (name, stage) in stages {
  let report = try await stage.report(on: record)
  print(name, report.score.value ?? .nan)
  for component in report.components { print("  ", component.name, component.score.value ?? .nan) }
}
