/// Which rollout of a run a trajectory belongs to.
public struct RolloutID: Sendable, Hashable, Codable {
  /// The run's step that made it.
  public let step: Int
  /// The index of the task's group within the step.
  public let group: Int
  /// The index within the group.
  public let member: Int

  /// The rollout `member` of group `group` in step `step`.
  public init(step: Int, group: Int, member: Int) {
    self.step = step
    self.group = group
    self.member = member
  }
}

/// What happened when an agent worked on a task, token by token.
///
/// History is append-only. A rewritten history (compacted, thinking stripped, a sub-agent's own) is
/// another branch of the same rollout, made by ``branched(keeping:)``; a loss weighs rollouts, not
/// branches.
public struct Trajectory: Sendable, Hashable {
  /// The task.
  public let task: AgentTask
  /// Which rollout it is.
  public let rollout: RolloutID
  /// Which branch of that rollout, from 0.
  public let branch: Int
  /// The record, in order.
  public private(set) var spans: [Span]
  /// Tool calls, in order.
  public private(set) var events: [ToolEvent]
  /// How it ended; ``TrajectoryStatus/aborted`` until someone says otherwise.
  public var status: TrajectoryStatus
  /// How good it was; missing until someone scores it.
  public var score: Score

  /// An empty record of a rollout.
  public init(task: AgentTask, rollout: RolloutID, branch: Int = 0) {
    precondition(branch >= 0, "branches count from 0, got \(branch)")
    self.task = task
    self.rollout = rollout
    self.branch = branch
    spans = []
    events = []
    status = .aborted
    score = .missing(reason: "not scored")
  }

  /// Appends a span; empty spans leave no trace.
  ///
  /// - Throws: ``RecordError/turnWentBack(from:to:)`` if the span belongs to an earlier turn.
  public mutating func append(_ span: Span) throws(RecordError) {
    if let last = spans.last, span.turn < last.turn {
      throw .turnWentBack(from: last.turn, to: span.turn)
    }
    if span.count > 0 { spans.append(span) }
  }

  /// Appends a tool event.
  public mutating func append(_ event: ToolEvent) {
    events.append(event)
  }

  /// A new branch of the same rollout that starts from other spans.
  ///
  /// - Throws: ``RecordError`` if the spans go back in turns.
  public func branched(keeping spans: [Span], branch: Int) throws(RecordError) -> Trajectory {
    var result = Trajectory(task: task, rollout: rollout, branch: branch)
    for span in spans { try result.append(span) }
    result.events = events
    return result
  }

  /// How many tokens all spans hold.
  public var tokenCount: Int { spans.reduce(0) { $0 + $1.count } }

  /// All token ids, in order.
  public var tokens: [Int32] { spans.flatMap(\.tokens) }

  /// The joined text of the spans of some origins, with broken UTF-8 replaced.
  public func text(of origins: Set<SpanOrigin> = Set(SpanOrigin.allCases)) -> String {
    String(
      decoding: spans.lazy.filter { origins.contains($0.origin) }.flatMap(\.text), as: UTF8.self)
  }

  /// The text the agent itself wrote, sampled or demonstrated, in order.
  public var agentText: String { text(of: [.policy, .demonstration]) }

  /// Everything after the prompt: the agent's words and the world's answers.
  public var responseText: String { text(of: [.policy, .demonstration, .environment]) }

  /// The agent's turns: one more than the last span's turn, 0 for an empty record.
  public var turnCount: Int { (spans.last?.turn ?? -1) + 1 }
}

/// The rollouts of one task that are compared with each other.
public struct TrajectoryGroup: Sendable, Hashable, Codable {
  /// The task they share.
  public let task: AgentTask
  /// Its rollouts.
  ///
  /// Branches of one rollout stand beside each other.
  public var members: [Trajectory]

  /// A group of rollouts of one task.
  public init(task: AgentTask, members: [Trajectory]) {
    for member in members {
      precondition(
        member.task.id == task.id,
        "a group of task \(task.id) can't hold a trajectory of \(member.task.id)")
    }
    self.task = task
    self.members = members
  }
  /// Reads a group, refusing members of another task.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let task = try container.decode(AgentTask.self, forKey: .task)
    let members = try container.decode([Trajectory].self, forKey: .members)
    if let stranger = members.first(where: { $0.task.id != task.id }) {
      throw RecordError.unreadable(
        "a group of task \(task.id) holds a trajectory of \(stranger.task.id)")
    }
    self.init(task: task, members: members)
  }
}
