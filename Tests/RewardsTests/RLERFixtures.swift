import Rewards
import Trajectories

extension Trajectory {
  /// A rollout of one task that asks `question`.
  init(
    question: String = "Q", answers: [String] = ["x"], step: Int = 0, group: Int = 0,
    member: Int = 0, _ texts: [(SpanOrigin, String)]
  ) throws {
    let task = AgentTask(id: "task \(question)", question: question, answers: answers)
    self.init(task: task, rollout: RolloutID(step: step, group: group, member: member))
    for (turn, (origin, text)) in texts.enumerated() {
      let record = SamplingRecord(
        logProbabilities: [-1], weightVersion: 0, settings: SamplingSettings())
      try append(
        Span(
          origin: origin, role: origin == .policy ? .assistant : .user, turn: turn, tokens: [1],
          text: Array(text.utf8), offsets: [0, text.utf8.count],
          sampling: origin == .policy ? record : nil))
    }
    status = .completed
  }
}

extension TrajectoryGroup {
  /// A group whose members answer with these texts.
  init(question: String = "Q", step: Int = 0, group: Int = 0, answers: [String]) throws {
    let members = try answers.enumerated().map { member, answer in
      try Trajectory(
        question: question, step: step, group: group, member: member,
        [(.policy, "<answer>\(answer)</answer>")])
    }
    self.init(
      task: members.first?.task ?? AgentTask(id: "none", question: question, answers: []),
      members: members)
  }
}

/// A judge that never waits.
func patientJudge(
  tries: Int = 1, _ script: @escaping @Sendable (_ prompt: String) throws -> String
) -> JudgeService {
  JudgeService(
    ScriptedJudge { prompt, _ in try script(prompt) },
    settings: JudgeSettings(deadline: nil, tries: tries, firstWait: .zero))
}

/// A reply that ends as every contract asks.
func fenced(_ json: String) -> String { "Reason.\n```json\n\(json)\n```" }

extension String {
  /// What stands between the rules of a quoted part of a prompt.
  func part(_ title: String) -> String? {
    let lines = split(separator: "\n", omittingEmptySubsequences: false)
    guard
      let first = lines.firstIndex(where: { $0.hasPrefix("====") && $0.contains(" \(title) =") }),
      let last = lines.lastIndex(where: { $0.contains(" end of \(title) =") }), first < last
    else { return nil }
    return lines[(first + 1)..<last].joined(separator: "\n")
  }
}
