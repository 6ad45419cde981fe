public import Trajectories

/// How far each of an agent's turns brings it along a checklist, as a judge sees it.
///
///     step(t) = mean over subgoals of P(yes) + P(in progress) / 2, judged after turn t
///     score = mean over turns of step(t), or the last turn's
///
/// In 0…1. Each turn's span carries its step as credit; the report also has the last turn's as
/// component `finalStep`. Turns are judged concurrently, each with the ten before it and what the
/// environment said last. A turn that can't be judged makes the score missing and leaves the other
/// turns' credits. Without turns, or without a checklist for the task, the score is missing.
///
/// - Source: Web-Shepherd, arXiv 2505.15277, src/webprm.
/// - Differs: the paper uses the step score to choose among candidates (``BestOfN``) and does not
///   train on it.
public struct ChecklistReward: Reward {
  /// What becomes of the steps' scores.
  public enum Aggregation: String, Sendable, Hashable, Codable, CaseIterable {
    /// Their mean.
    case mean
    /// The last one.
    case last
  }

  /// `checklist` unless told otherwise.
  public let name: String
  /// Who judges.
  public let judge: JudgeService
  /// What becomes of the steps' scores.
  public let aggregation: Aggregation
  private let checklist: @Sendable (AgentTask) async throws -> Verdict<[String]>
  private static let remembered = 10

  /// A reward with checklists that the judge writes, one per task.
  public init(
    name: String = "checklist", judge: JudgeService, aggregation: Aggregation = .mean
  ) {
    self.init(name, judge, aggregation) { task in
      try await judge.ask(ChecklistRequest(goal: task.question))
    }
  }

  /// A reward with checklists of your own; `nil` or an empty one makes the score missing.
  public init(
    name: String = "checklist", judge: JudgeService, aggregation: Aggregation = .mean,
    checklist: @escaping @Sendable (AgentTask) async throws -> [String]?
  ) {
    self.init(name, judge, aggregation) { task in
      guard let items = try await checklist(task), !items.isEmpty else {
        return .missing(reason: "task \(task.id) has no checklist")
      }
      return .answered(items)
    }
  }

  private init(
    _ name: String, _ judge: JudgeService, _ aggregation: Aggregation,
    _ checklist: @escaping @Sendable (AgentTask) async throws -> Verdict<[String]>
  ) {
    self.name = name
    self.judge = judge
    self.aggregation = aggregation
    self.checklist = checklist
  }

  /// Judges every turn.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let turns = trajectory.agentTurnTexts
    if turns.isEmpty { return .unjudged(name, "the agent took no step") }
    let items: [String]
    switch try await checklist(trajectory.task) {
    case .answered(let checklist): items = checklist
    case .missing(let reason): return .unjudged(name, "no checklist: \(reason)")
    }
    let verdicts = try await concurrently(Array(turns.indices)) { index in
      try await judge.ask(question(about: index, of: turns, trajectory.task, items))
    }
    return report(verdicts.map { $0.map(\.score) }, turns)
  }

  private func question(
    about index: Int, of turns: [AgentTurnText], _ task: AgentTask, _ items: [String]
  ) -> ChecklistQuestion {
    let earlier = turns[max(0, index - Self.remembered)..<index]
    return ChecklistQuestion(
      goal: task.question, checklist: items, history: earlier.map(\.text),
      observation: earlier.last?.answer ?? "", action: turns[index].text)
  }

  private func report(_ steps: [Verdict<Double>], _ turns: [AgentTurnText]) -> RewardReport {
    var credits: [SpanCredit] = []
    var sum = Score.value(0)
    for (step, turn) in zip(steps, turns) {
      switch (step, sum) {
      case (.answered(let value), _):
        credits.append(SpanCredit(span: turn.span, value: value))
        if case .value(let total) = sum { sum = .value(total + value) }
      case (.missing(let reason), .value):
        sum = .missing(reason: "turn \(turn.turn): \(reason)")
      case (.missing, .missing): break
      }
    }
    let last = steps.last?.score(of: name) ?? .missing(reason: "the agent took no step")
    var score = last
    if aggregation == .mean {
      score = sum
      if case .value(let total) = sum { score = .value(total / Double(steps.count)) }
    }
    return RewardReport(
      score: score,
      components: [
        RewardComponent(name: name, score: score), RewardComponent(name: "finalStep", score: last),
      ], credits: credits)
  }
}
