internal import Retrieval
public import Trajectories

/// What a question needs to be searched for.
public struct SearchReference: Sendable, Hashable, Codable {
  /// The paragraphs that support the answer.
  public let paragraphs: [String]
  /// The queries that lead there, each in one or several wordings; empty when nobody knows.
  public let queries: [[String]]

  /// A reference.
  public init(paragraphs: [String], queries: [[String]] = []) {
    self.paragraphs = paragraphs
    self.queries = queries
  }
}

/// The answer's overlap plus how well the queries cover the needed ones, with credit on every search
/// for what it brought.
///
///     score = F1(answer) + keyWeight · coverage            (-1 where no answer ends the record)
///     credit of a search = stepWeight · (gain - redundancy)
///
/// See ``AnswerNormalization/tokenF1(_:against:)``, ``SearchKeyCoverage`` and ``InformationGain``. The
/// credit stands on the agent's span that asked; it is meant for an estimator that takes credit per
/// turn and is not part of the score. The answer has to be the last thing the agent writes, but for a
/// marker that ends its turn.
///
/// The score lies in -1…1 + keyWeight. A task without accepted answers or without a reference can't
/// be judged: missing. Where gain can't be measured there are no credits, and a note.
///
/// - Source: StepSearch, arXiv 2505.15107, verl/utils/reward_score/qa_step.py.
/// - Differs: steps weigh the paper's 0.6; the released trainer's 1.6, and its other oddities, are
///   ``ReleasedStepSearch``'s. Overlap is not rounded.
public struct StepSearchReward: Reward {
  /// `stepSearch` unless told otherwise.
  public let name: String
  /// What coverage is multiplied by.
  public let keyWeight: Double
  /// What gain less redundancy is multiplied by.
  public let stepWeight: Double
  private let reference: @Sendable (AgentTask) -> SearchReference?
  private let documents: @Sendable (String) -> [String]

  /// A reward for searching step by step.
  ///
  /// - Parameters:
  ///   - name: What the component is called.
  ///   - keyWeight: What coverage is multiplied by.
  ///   - stepWeight: What gain less redundancy is multiplied by.
  ///   - documents: The documents in what the environment answered; unless told otherwise numbered
  ///     ones (``NumberedDocument/reading(_:)``), or else the whole answer as one.
  ///   - reference: What a task needs.
  /// - Precondition: both weights are finite.
  public init(
    name: String = "stepSearch", keyWeight: Double = 0.618, stepWeight: Double = 0.6,
    documents: @escaping @Sendable (String) -> [String] = { retrievedTexts(in: $0) },
    reference: @escaping @Sendable (AgentTask) -> SearchReference?
  ) {
    precondition(
      keyWeight.isFinite && stepWeight.isFinite,
      "weights must be finite, got \(keyWeight) and \(stepWeight)")
    self.name = name
    self.keyWeight = keyWeight
    self.stepWeight = stepWeight
    self.documents = documents
    self.reference = reference
  }

  /// The texts of numbered documents, or the whole text as one; none for blanks.
  public static func retrievedTexts(in answer: String) -> [String] {
    let numbered = NumberedDocument.reading(answer).map(\.text)
    if !numbered.isEmpty { return numbered }
    let all = answer.trimmingBlanks
    return all.isEmpty ? [] : [all]
  }

  /// Judges answer, queries and searches.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let task = trajectory.task
    if task.answers.isEmpty { return .unjudged(name, "task \(task.id) has no accepted answers") }
    guard let reference = reference(task) else {
      return .unjudged(name, "task \(task.id) has no reference for its searches")
    }
    let turns = trajectory.agentTurnTexts
    let coverage = SearchKeyCoverage.score(
      queries: trajectory.searchQueries, needed: reference.queries)
    var components = [RewardComponent(name: "searchKeys", score: .value(coverage))]
    var total = -1.0
    var notes: [String] = []
    if let answer = Self.finalAnswer(of: turns.last?.message ?? "") {
      let overlap = AnswerNormalization.standard.tokenF1(answer, against: task.answers)
      components.append(RewardComponent(name: "answer", score: .value(overlap)))
      total = overlap + keyWeight * coverage
    } else {
      notes.append("no answer ends the record")
    }
    let searches = turns.filter { !$0.answer.isEmpty }
    let gains = InformationGain.steps(
      searches.map { documents($0.answer) }, towards: reference.paragraphs)
    if gains == nil { notes.append("the gain of searches can't be measured") }
    let score = Score(checking: total, of: name)
    return RewardReport(
      score: score, components: [RewardComponent(name: name, score: score)] + components,
      credits: zip(searches, gains ?? []).map { search, gain in
        SpanCredit(span: search.span, value: stepWeight * gain.score)
      }, notes: notes)
  }

  /// The last answer of a text if nothing but blanks follows it.
  private static func finalAnswer(of text: String) -> String? {
    guard let last = MarkedText(text).pairs("answer").last,
      text[last.whole.upperBound...].trimmingBlanks.isEmpty
    else { return nil }
    return last.content.trimmingBlanks
  }
}
