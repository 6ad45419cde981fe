// Five levels of demands on an answer in JSON; a lower one that fails gates those above.
import OrderedJSON
import Rewards
import Trajectories

let schema = try JSONSchema([
  "type": "object", "required": ["name", "born"],
  "properties": ["name": ["type": "string"], "born": ["type": "integer"]],
])
let right = ClosureReward("accuracy") { $0.agentText.contains("1815") ? 1.0 : 0 }
let valid = ClosureReward("validity") { _ in 1.0 }
let brief = ClosureReward("style") { $0.agentText.utf8.count < 60 ? 1.0 : 0.5 }
let reward = GatedLevels.structuredJSON(schema, accuracy: right, validity: valid, style: brief)

for answer in [
  #"{"name": "Ada Lovelace", "born": 1815}"#, #"{"name": "Ada Lovelace", "born": 1816}"#,
  #"{"name": "Ada Lovelace", "born": "1815"}"#, #"{"name": "Ada Lovelace", "born": 1815"#,
] {
  var trajectory = Trajectory(
    task: AgentTask(id: "ada", question: "Who wrote the first program?", answers: []),
    rollout: RolloutID(step: 0, group: 0, member: 0))
  let text = Array("<answer>\(answer)</answer>".utf8)
  try trajectory.append(
    Span(
      origin: .demonstration, role: .assistant, turn: 0, tokens: [0], text: text,
      offsets: [0, text.count]))
  let report = try await reward.report(on: trajectory)
  print(((report.score.value ?? .nan) * 1e3).rounded() / 1e3, report.notes)
}
