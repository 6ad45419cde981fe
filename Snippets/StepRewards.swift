// A search agent's record, judged search by search.
import Rewards
import Trajectories

let task = AgentTask(
  id: "seine", question: "Which river flows through the capital of France?", answers: ["Seine"])
var record = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))

func span(_ text: String, by origin: SpanOrigin, turn: Int) throws -> Span {
  let role: Role = origin == .environment ? .tool : .assistant
  let bytes = Array(text.utf8)
  return try Span(
    origin: origin, role: role, turn: turn, tokens: [0], text: bytes, offsets: [0, bytes.count])
}

let page = "Doc 1(Title: \"France\") Paris is the capital of France\n"
try record.append(span("<search>capital of France</search>", by: .demonstration, turn: 0))
try record.append(span(page, by: .environment, turn: 0))
try record.append(span("<search>France</search>", by: .demonstration, turn: 1))
try record.append(span(page, by: .environment, turn: 1))
try record.append(span("<search>river of Paris</search>", by: .demonstration, turn: 2))
try record.append(
  span("Doc 1(Title: \"Seine\") The Seine flows through Paris\n", by: .environment, turn: 2))
try record.append(span("<answer>the Seine</answer>", by: .demonstration, turn: 3))

let reward = StepSearchReward { _ in
  SearchReference(
    paragraphs: ["Paris is the capital of France", "The Seine flows through Paris"],
    queries: [["capital of France"], ["river through Paris", "river in Paris"]])
}
let report = try await reward.report(on: record)

func rounded(_ number: Double) -> Double { (number * 1e4).rounded() / 1e4 + 0 }
for component in report.components {
  print(component.name, component.score.value.map(rounded) ?? .nan)
}
for credit in report.credits { print("span", credit.span, rounded(credit.value)) }
