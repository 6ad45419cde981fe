// Two kinds of rubrics that change with the policy, in one reward: those that evolve from what sets
// a group's answers apart, and those that tighten in stages.
import Rewards
import Trajectories

/// A judge for this page: it finds a criterion met where its word stands in the response, and
/// proposes the word "because" while some answers have it and others don't.
let script = ScriptedJudge { prompt, _ in
  func part(_ title: String) -> Substring {
    let pieces = prompt.split(separator: "==== \(title) ====", maxSplits: 1)
    return pieces.last?.prefix { $0 != "=" } ?? ""
  }
  if prompt.contains("positive_rubrics") {
    let reasons = (1...2).count { part("response \($0)").contains("because") }
    let proposal = #"{"description": "because", "title": "gives reasons"}"#
    return "```json\n{\"positive_rubrics\": [\(reasons == 1 ? proposal : "")]}\n```"
  }
  let criterion = part("criterion").drop(while: \.isWhitespace).prefix(while: \.isLetter)
  return "```json\n{\"score\": \(part("response").contains(criterion) ? 2 : 0)}\n```"
}
let judge = JudgeService(script)

let evolving = EvolvingRubrics(
  RubricBuffer(static: ["Why is the sky blue?": [WeightedRubric("light")]]), judge: judge,
  generator: judge, judging: RLERSettings(weights: .withoutCitations))
let staged = StagedRubrics(
  [
    RubricStage("loose", rubrics: [WeightedRubric("light", title: "light")], level: 0.9),
    RubricStage(
      "strict", rubrics: [WeightedRubric("because", title: "reasons")], mark: 1, level: 1),
  ], window: 1, judge: judge)
let reward = 0.8 * evolving + 0.2 * staged

/// A step with two answers.
func group(_ step: Int, _ answers: [String]) throws -> TrajectoryGroup {
  let task = AgentTask(id: "sky", question: "Why is the sky blue?", answers: [])
  let members = try answers.enumerated().map { member, answer in
    var trajectory = Trajectory(
      task: task, rollout: RolloutID(step: step, group: 0, member: member))
    let text = Array("<answer>\(answer)</answer>".utf8)
    try trajectory.append(
      Span(
        origin: .demonstration, role: .assistant, turn: 0, tokens: [0], text: text,
        offsets: [0, text.count]))
    return trajectory
  }
  return TrajectoryGroup(task: task, members: members)
}

let steps = [
  ["light", "light because it scatters"],
  ["because light scatters", "because of light"],
  ["because light scatters", "light"],
]
for (step, answers) in steps.enumerated() {
  let reports = try await reward.reports(on: try group(step, answers))
  let scores = reports.map { (($0.score.value ?? .nan) * 100).rounded() / 100 }
  let active = evolving.state.questions["Why is the sky blue?"]?.active.map(\.title) ?? []
  print("step", step, "scores", scores, "active", active, "stage", staged.state.stage)
}
