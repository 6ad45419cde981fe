internal import Retrieval
public import Trajectories

/// Format, a right answer or an honest refusal, and thinking that keeps to the facts.
///
///     score = format + answer + facts,  in -2…4
///     format = 1 for <think>…</think><answer>…</answer> and nothing else, else -1
///     answer = 2 if right, 1 for a refusal, -1 if wrong or absent
///     facts = supported claims of the thinking / its claims,  0 without claims
///
/// Claims are the sentences of the last turn's thinking unless told otherwise, checked against what
/// is known about the task. A task without accepted answers can't be judged, nor can thinking whose
/// support can't: missing. Claims beyond ``checkedClaims`` count as unsupported.
///
/// - Source: KnowRL, arXiv 2506.19807.
/// - Differs: the released code adds the facts to wrong answers only; see ``ReleasedKnowRL``. A judge
///   that grades the answer is replaced by accepted answers and ``RefusalReward``'s phrases.
public struct KnowRLReward: Reward {
  /// `knowledge` unless told otherwise.
  public let name: String
  /// Who tells which claims are supported.
  public let support: TextSupport
  /// Phrases that refuse.
  public let refusals: [String]
  private let claims: @Sendable (String) -> [String]
  private let knowledge: @Sendable (AgentTask) -> [String]
  /// So many claims are checked at most.
  public static let checkedClaims = 256

  /// A reward for thinking in facts.
  ///
  /// - Parameters:
  ///   - name: What the component is called.
  ///   - support: Who tells which claims are supported.
  ///   - refusals: Phrases that refuse.
  ///   - claims: Cuts thinking into claims; sentences unless told otherwise.
  ///   - knowledge: The passages that a task's claims are checked against.
  public init(
    name: String = "knowledge", support: TextSupport = .lexical(),
    refusals: [String] = RefusalReward.englishPhrases,
    claims: @escaping @Sendable (String) -> [String] = {
      CitedStatement.reading($0).map(\.text)
    },
    knowledge: @escaping @Sendable (AgentTask) -> [String]
  ) {
    self.name = name
    self.support = support
    self.refusals = refusals
    self.claims = claims
    self.knowledge = knowledge
  }

  /// How an answer was graded.
  public enum Grade: String, Sendable, Hashable, Codable, CaseIterable {
    /// It holds an accepted answer.
    case right
    /// It says that it doesn't know.
    case refused
    /// It is neither, or absent.
    case wrong

    /// What it is worth: 2, 1 or -1.
    public var value: Double {
      switch self {
      case .right: 2
      case .refused: 1
      case .wrong: -1
      }
    }
  }

  /// Judges the last turn.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let task = trajectory.task
    if task.answers.isEmpty { return .unjudged(name, "task \(task.id) has no accepted answers") }
    let message = trajectory.agentTurnTexts.last?.message ?? ""
    let format = Self.isWellFormed(message) ? 1.0 : -1
    let grade = grade(of: message, for: task)
    let facts: Double
    switch try await factShare(of: message, for: task) {
    case .missing(let reason): return .unjudged(name, "facts: \(reason)")
    case .answered(let share): facts = share
    }
    let score = Score(checking: format + grade.value + facts, of: name)
    return RewardReport(
      score: score,
      components: [
        RewardComponent(name: name, score: score),
        RewardComponent(name: "format", score: .value(format)),
        RewardComponent(name: "answer", score: .value(grade.value)),
        RewardComponent(name: "facts", score: .value(facts)),
      ], notes: [grade.rawValue])
  }

  private func grade(of message: String, for task: AgentTask) -> Grade {
    guard let answer = MarkedText(message).pairs("answer").first?.content.trimmingBlanks,
      !answer.isEmpty
    else { return .wrong }
    if GainBeyondRAG.spanAccuracy(of: answer, for: task) == .value(1) { return .right }
    let refusal = RefusalReward(phrases: refusals) { _ in true }
    return refusal.isRefusal(answer) ? .refused : .wrong
  }

  private func factShare(of message: String, for task: AgentTask) async throws -> Verdict<Double> {
    let thinking = MarkedText(message).pairs("think").first?.content ?? message
    let claims = claims(thinking)
    if claims.isEmpty { return .answered(0) }
    let checked = Array(claims.prefix(Self.checkedClaims))
    return try await support(checked, by: knowledge(task)).map { verdicts in
      Double(verdicts.count { $0 }) / Double(claims.count)
    }
  }

  /// Whether a message is one thought and one answer, neither empty, and nothing else.
  ///
  /// A message without the opening `<think>` is read as if it began with one: it may belong to the
  /// prompt.
  package static func isWellFormed(_ message: String) -> Bool {
    let full = message.beginsWithScalars(of: "<think>") ? message : "<think>" + message
    let text = MarkedText(full)
    guard text.count("<think>") == 1, text.count("<answer>") == 1,
      let thought = text.pairs("think").first, let answer = text.pairs("answer").first,
      thought.whole.upperBound <= answer.whole.lowerBound
    else { return false }
    return !thought.content.trimmingBlanks.isEmpty && !answer.content.trimmingBlanks.isEmpty
      && full[thought.whole.upperBound..<answer.whole.lowerBound].trimmingBlanks.isEmpty
      && answer.whole.upperBound == full.endIndex
  }
}
