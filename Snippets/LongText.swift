// A long text, judged by its length, its form and a panel.
import Rewards
import Trajectories

let text = "Rivers carve valleys. Over time the valley widens, and the river begins to wander."
var trajectory = Trajectory(
  task: AgentTask(id: "rivers", question: "Write about rivers.", answers: []),
  rollout: RolloutID(step: 0, group: 0, member: 0))
let bytes = Array("<think>Short.</think><answer>\(text)</answer>".utf8)
try trajectory.append(
  Span(
    origin: .demonstration, role: .assistant, turn: 0, tokens: [0], text: bytes,
    offsets: [0, bytes.count]))

/// Two judges for this page, who always say the same.
func member(_ role: String, _ grade: Int) -> JudgePanel.Member {
  let grades = [JudgedDimension].hypothesis.map { "\"\($0.name)\": \(grade)" }
  let reply = "```json\n{\(grades.joined(separator: ", "))}\n```"
  return JudgePanel.Member(role: role, judge: JudgeService(ScriptedJudge([reply])))
}
let panel = JudgePanel([member("a geologist", 4), member("a reader", 5)])

let reward = LongWriterZero(quality: panel) { _ in LengthBand(20, 40, maximum: 80) }
for component in try await reward.report(on: trajectory).components {
  print(component.name, ((component.score.value ?? .nan) * 1e3).rounded() / 1e3)
}
