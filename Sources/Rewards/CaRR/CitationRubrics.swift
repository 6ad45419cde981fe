public import Trajectories

/// The share of a task's rubrics that a report shows to be true, with sources, and connected to its
/// answer.
///
///     reward = |{ rubric : supported by cited evidence, connected to the answer }| / |rubrics|
///
/// 1. A judge says which names the final message gives to the rubrics' entities.
/// 2. Rubrics whose entities all have names become statements; the others count 0.
/// 3. The cited sources are looked up in what the agent itself has seen, the first twenty that it
///    saw; an address that it never saw is no evidence and takes no place.
/// 4. A judge says which statements that evidence supports.
/// 5. A walk from the answer over supported rubrics finds those that are connected to it
///    (``RubricGraph/connected(supported:)``).
///
/// A report without usable citations or without named entities is worth 0. A task without rubrics
/// and a judge that does not answer leave the score missing. An agent that ran out of something
/// before it finished gets 0; one that was cancelled or broke is missing.
///
/// Components: the reward itself, `rubricsIdentified`, `rubricsSupported` (shares of all rubrics),
/// `sourcesCited` and `sourcesSeen` (how many). A note says what became of each rubric.
///
/// - Source: CaRR, deepsearch_rm_with_rubrics/launch_server.py.
/// - Differs: a failed judge is missing and not 0 (``GroupReward/countingMissing(as:)``); verdicts
///   and citations are read strictly (``CaRRRules/released``).
public struct CitationRubrics: Reward {
  /// `citationRubrics` unless told otherwise.
  public let name: String
  private let judge: JudgeService
  private let rubrics: @Sendable (AgentTask) -> RubricSet?
  private let evidence: EvidenceReading
  private let rules: CaRRRules

  /// A reward.
  ///
  /// - Parameters:
  ///   - name: What its component is called.
  ///   - judge: Who answers ``EntityQuestion`` and ``SupportQuestion``.
  ///   - evidence: How what the agent has seen is read.
  ///   - rules: How citations and verdicts are read.
  ///   - rubrics: What a task's reports have to show; `nil` when nobody wrote that down.
  public init(
    name: String = "citationRubrics", judge: JudgeService, evidence: EvidenceReading = .browser(),
    rules: CaRRRules = .standard, rubrics: @escaping @Sendable (AgentTask) -> RubricSet?
  ) {
    self.name = name
    self.judge = judge
    self.evidence = evidence
    self.rules = rules
    self.rubrics = rubrics
  }

  /// Judges the final message.
  ///
  /// - Throws: `CancellationError` only.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    if let report = RewardReport.unfinished(trajectory, name: name) { return report }
    guard let rubrics = rubrics(trajectory.task), !rubrics.rubrics.isEmpty else {
      return .single(name, .missing(reason: "the task has no rubrics"))
    }
    let judging = RubricJudging(judge: judge, rubrics: rubrics, rules: rules)
    let findings = try await judging.findings(
      question: trajectory.task.question, response: trajectory.finalMessage.withoutReferenceList
    ) { evidence.evidence(in: trajectory) }
    return findings.report(name: name)
  }
}

/// What became of a rubric.
package struct RubricFinding: Sendable, Hashable {
  package let statement: String
  package let isIdentified: Bool
  package internal(set) var isSupported = false
  package internal(set) var isConnected = false
}

/// What became of all rubrics.
package struct RubricFindings: Sendable, Hashable {
  package internal(set) var score: Score
  /// Empty when the judge did not even name entities.
  package internal(set) var rubrics: [RubricFinding] = []
  var citedCount: Int?
  var seenCount: Int?

  func report(name: String) -> RewardReport {
    var report = RewardReport.single(name, score)
    func add(_ name: String, _ value: Double) {
      report.components.append(RewardComponent(name: name, score: .value(value)))
    }
    let count = Double(rubrics.count)
    if !rubrics.isEmpty {
      add("rubricsIdentified", Double(rubrics.count(where: \.isIdentified)) / count)
      if score.value != nil {
        add("rubricsSupported", Double(rubrics.count(where: \.isSupported)) / count)
      }
    }
    if let citedCount { add("sourcesCited", Double(citedCount)) }
    if let seenCount { add("sourcesSeen", Double(seenCount)) }
    report.notes += rubrics.map { "“\($0.statement)”: \($0.outcome)" }
    return report
  }
}

extension RubricFinding {
  fileprivate var outcome: String {
    switch (isIdentified, isSupported, isConnected) {
    case (false, _, _): "an entity is not named"
    case (_, false, _): "not supported"
    case (_, _, false): "supported, not connected to the answer"
    case (_, _, true): "supported and connected"
    }
  }
}

/// The steps from a response to what became of its rubrics.
package struct RubricJudging: Sendable {
  let judge: JudgeService
  let rubrics: RubricSet
  let rules: CaRRRules

  package init(judge: JudgeService, rubrics: RubricSet, rules: CaRRRules) {
    self.judge = judge
    self.rubrics = rubrics
    self.rules = rules
  }

  /// Takes the steps; evidence is read only when it is needed.
  package func findings(
    question: String, response: String, evidence: () -> Evidence
  ) async throws -> RubricFindings {
    guard !rubrics.rubrics.isEmpty else {
      return RubricFindings(score: .missing(reason: "there are no rubrics"))
    }
    let names: [String: String?]
    switch try await judge.ask(
      EntityQuestion(
        question: question, rubrics: rubrics, response: response, replies: rules.replies))
    {
    case .missing(let reason): return RubricFindings(score: .missing(reason: reason))
    case .answered(let answer): names = answer
    }
    let filled = rubrics.rubrics.map { FilledRubric($0, values: names) }
    var findings = RubricFindings(
      score: .value(0),
      rubrics: filled.map { RubricFinding(statement: $0.statement, isIdentified: $0.isIdentified) })
    let asked = filled.indices.filter { filled[$0].isIdentified }
    guard !asked.isEmpty else { return findings }

    let sources = rules.citations.sources(citedIn: response)
    let pages =
      sources.isEmpty
      ? [] : evidence().pages(of: sources, limit: rules.citations.sourceLimit)
    findings.citedCount = sources.count
    findings.seenCount = pages.count
    guard !pages.isEmpty else { return findings }

    let support = SupportQuestion(
      statements: asked.map { filled[$0].statement },
      names: asked.map { filled[$0].values.values.compactMap(\.self).sorted() },
      evidence: pages.text, replies: rules.replies)
    switch try await judge.ask(support) {
    case .missing(let reason): findings.score = .missing(reason: reason)
    case .answered(let flags):
      for (rubric, flag) in zip(asked, flags) { findings.rubrics[rubric].isSupported = flag }
      let connected = rubrics.graph.connected(supported: findings.rubrics.map(\.isSupported))
      for rubric in filled.indices { findings.rubrics[rubric].isConnected = connected[rubric] }
      findings.score = .value(Double(connected.count { $0 }) / Double(connected.count))
    }
    return findings
  }
}

extension RewardReport {
  /// What a judge of final messages says of a record that has none; `nil` for one that does.
  static func unfinished(_ trajectory: Trajectory, name: String) -> RewardReport? {
    switch trajectory.status {
    case .completed: nil
    case .truncated, .looped: single(name, .value(0), notes: ["the agent did not finish"])
    case .aborted: single(name, .missing(reason: "the rollout was cancelled"))
    case .failed: single(name, .missing(reason: "the rollout broke"))
    }
  }
}
