// Thinking in units that the agent names itself, judged one by one.
import Rewards
import Trajectories

let judge = JudgeService(ScriptedJudge(["```json\n{\"T1\": 1, \"T2\": 0.25}\n```"]))
let thinking = AtomicThoughtReward(
  judge: judge, segmentation: ThoughtSegmentation(rule: .tagsOrSentences))
let reward = AnnealedMix(process: thinking, outcome: TokenF1(), start: 0.5, horizon: 200)

let text = """
  <think><OBSERVATION>The page names Vera Solt.</OBSERVATION>
  <PLAN>Look it up once more.</PLAN></think><answer>Vera Solt</answer>
  """
var rollout = Trajectory(
  task: AgentTask(id: "t", question: "Who founded Brightworks?", answers: ["Vera Solt"]),
  rollout: RolloutID(step: 100, group: 0, member: 0))
try rollout.append(
  Span(
    origin: .demonstration, role: .assistant, turn: 0, tokens: text.utf8.map(Int32.init),
    text: Array(text.utf8), offsets: Array(0...text.utf8.count)))
rollout.status = .completed

let report = try await reward.report(on: rollout)
print(report.score)
for credit in report.credits { print(credit) }
for note in report.notes { print(note) }
