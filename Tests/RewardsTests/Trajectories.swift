import Trajectories

extension Trajectory {
  /// A record of texts without tokens worth mentioning: one token per text.
  init(
    answers: [String], _ texts: [(SpanOrigin, String)], status: TrajectoryStatus = .completed
  ) throws {
    let task = AgentTask(id: "t", question: "q", answers: answers)
    self.init(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))
    var turn = 0
    for (origin, text) in texts {
      let settings = SamplingSettings()
      let record = SamplingRecord(logProbabilities: [-1], weightVersion: 0, settings: settings)
      try append(
        Span(
          origin: origin, role: origin == .policy ? .assistant : .user, turn: turn, tokens: [1],
          text: Array(text.utf8), offsets: [0, text.utf8.count],
          sampling: origin == .policy ? record : nil))
      if origin == .environment { turn += 1 }
    }
    self.status = status
  }
}
