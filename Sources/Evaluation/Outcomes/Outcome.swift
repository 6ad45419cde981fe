public import Rewards
public import Trajectories

/// What reports need to know of one trajectory, without its tokens.
public struct Outcome: Sendable, Hashable {
  /// Tokens by who wrote them.
  public struct TokenCounts: Sendable, Hashable {
    /// The task as given.
    public let prompt: Int
    /// Sampled from the policy.
    public let policy: Int
    /// Answered by the world.
    public let environment: Int
    /// Everything else.
    public let other: Int
  }

  /// The task.
  public let task: AgentTask
  /// Which rollout.
  public let rollout: RolloutID
  /// How it ended.
  public let status: TrajectoryStatus
  /// 1 if the answer was exactly right, 0 if not: the report's component `exactMatch`, or its score
  /// where it has no such part.
  public let exactMatch: Score
  /// The last closed `<answer>` that the agent wrote, stripped; `nil` when there is none.
  public let givenAnswer: String?
  /// The arguments of every call that reached a tool, in order, stripped.
  public let queries: [String]
  /// How many calls were made, understood or not.
  public let callCount: Int
  /// How many of them were answered.
  public let answeredCallCount: Int
  /// Identifiers that any call returned.
  public let returned: Set<String>
  /// Identifiers that answering takes, in order: the task's label `evidence`, split at commas.
  public let needed: [String]
  /// Whether an accepted answer stands in what the world answered; `nil` for tasks without answers.
  ///
  /// Compared word by word: lower-cased runs of letters and digits, without a, an, the.
  public let answerInResults: Bool?
  /// How long it was.
  public let tokens: TokenCounts

  /// The outcome of a judged trajectory.
  ///
  /// - Complexity: Linear in the trajectory's text.
  public init(_ trajectory: Trajectory, report: RewardReport) {
    task = trajectory.task
    rollout = trajectory.rollout
    status = trajectory.status
    exactMatch = report.components.first { $0.name == "exactMatch" }?.score ?? report.score
    givenAnswer = AnswerText.last(in: trajectory.agentText)
    queries = trajectory.events.filter(\.reachedTool).map { AnswerText.strip($0.arguments) }
    callCount = trajectory.events.count
    var returned: Set<String> = []
    var answered = 0
    for case .returned(let identifiers) in trajectory.events.map(\.outcome) {
      returned.formUnion(identifiers)
      answered += 1
    }
    self.returned = returned
    answeredCallCount = answered
    needed = (task.labels["evidence"] ?? "").split(separator: ",")
      .map { AnswerText.strip(String($0)) }.filter { !$0.isEmpty }
    if task.answers.isEmpty {
      answerInResults = nil
    } else {
      let results = AnswerText.words(of: trajectory.text(of: [.environment]))
      answerInResults = task.answers.contains {
        AnswerText.words(results, contain: AnswerText.words(of: $0))
      }
    }
    var counts: [SpanOrigin: Int] = [:]
    for span in trajectory.spans { counts[span.origin, default: 0] += span.count }
    tokens = TokenCounts(
      prompt: counts[.prompt] ?? 0, policy: counts[.policy] ?? 0,
      environment: counts[.environment] ?? 0,
      other: (counts[.template] ?? 0) + (counts[.demonstration] ?? 0))
  }

  /// How many searches were made: calls that reached a tool, answered or not.
  public var searchCount: Int { queries.count }

  /// How many passages the question needs: the task's label `pages`.
  public var pages: Int? { task.labels["pages"].flatMap { Int($0) } }

  /// What kind of question it is: the task's label `type`.
  public var type: String? { task.labels["type"] }

  /// Needed passages that no call returned.
  public var missingEvidence: [String] { needed.filter { !returned.contains($0) } }
}

extension ToolEvent {
  /// Whether the call was understood and made: malformed calls, unknown tools and calls beyond the
  /// budget never were.
  fileprivate var reachedTool: Bool {
    switch outcome {
    case .returned, .failed(.timedOut), .failed(.other): true
    case .failed(.unknownTool), .failed(.malformed), .failed(.overBudget): false
    }
  }
}
