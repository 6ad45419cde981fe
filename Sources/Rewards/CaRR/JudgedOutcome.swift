public import Trajectories

/// 1 when a judge finds the final message's answer right, 0 when it finds it wrong.
///
/// Missing for a task without accepted answers and when the judge does not answer. An agent that ran
/// out of something before it finished gets 0; one that was cancelled or broke is missing.
///
/// - Source: CaRR, deepsearch_rm_with_rubrics/launch_server.py.
/// - Differs: a failed judge is missing and not 0; the verdict is read strictly
///   (``CaRRRules/released``).
public struct JudgedOutcome: Reward {
  /// `judgedOutcome` unless told otherwise.
  public let name: String
  private let judge: JudgeService
  private let rules: CaRRRules

  /// A reward.
  ///
  /// - Parameters:
  ///   - name: What its component is called.
  ///   - judge: Who answers ``OutcomeQuestion``.
  ///   - rules: How the verdict is read.
  public init(
    name: String = "judgedOutcome", judge: JudgeService, rules: CaRRRules = .standard
  ) {
    self.name = name
    self.judge = judge
    self.rules = rules
  }

  /// Judges the final message.
  ///
  /// - Throws: `CancellationError` only.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    if let report = RewardReport.unfinished(trajectory, name: name) { return report }
    let task = trajectory.task
    guard !task.answers.isEmpty else {
      return .single(name, .missing(reason: "the task has no accepted answers"))
    }
    let verdict = try await judge.ask(
      OutcomeQuestion(
        question: task.question, acceptedAnswers: task.answers,
        response: trajectory.finalMessage.withoutReferenceList, replies: rules.replies))
    switch verdict {
    case .missing(let reason): return .single(name, .missing(reason: reason))
    case .answered(let answer):
      return .single(
        name, .value(answer.isCorrect ? 1 : 0), notes: ["the answer was “\(answer.extracted)”"])
    }
  }
}
