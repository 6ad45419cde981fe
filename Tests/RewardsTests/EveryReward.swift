import OrderedJSON
import RandomStreams
import Rewards
import Trajectories

/// A reward with the scores that its definition allows.
struct RangedReward: Sendable {
  let reward: any GroupReward
  let range: ClosedRange<Double>
  /// What it has to be compared with, where that is no answer in words.
  private let reference: String?

  init(
    _ reward: any GroupReward, _ range: ClosedRange<Double> = 0...1, reference: String? = nil
  ) {
    self.reward = reward
    self.range = range
    self.reference = reference
  }

  /// The score of a record that is alone in its group.
  func score(of record: Trajectory) async throws -> Score? {
    let trajectory = try reference.map { try record.asking(for: $0) } ?? record
    let group = TrajectoryGroup(task: trajectory.task, members: [trajectory])
    return try await reward.reports(on: group).first?.score
  }
}

extension Trajectory {
  /// The same record of a task with another accepted answer.
  fileprivate func asking(for answer: String) throws -> Trajectory {
    let task = AgentTask(id: task.id, question: task.question, answers: [answer])
    var result = Trajectory(task: task, rollout: rollout)
    for span in spans { try result.append(span) }
    for event in events { result.append(event) }
    result.status = status
    return result
  }
}

/// Every reward that ships, each asked as a friend of the agent would ask: judges and readers that
/// are never content with less than full marks.
enum EveryReward {
  static func all(judge: JudgeService = JudgeService(FixedJudge())) -> [RangedReward] {
    answers + questions + steps + tools + behaviors + combinations + judged(by: judge)
  }

  /// Those that ask a judge.
  static func judged(by judge: JudgeService) -> [RangedReward] {
    rubrics(judge) + evidence(judge) + writing(judge) + structures(judge)
  }

  static let answers: [RangedReward] = [
    RangedReward(ExactMatch()), RangedReward(SubstringMatch()), RangedReward(CoverMatch()),
    RangedReward(TokenF1()), RangedReward(EquivalentAnswer(extraction: .lastLine)),
    RangedReward(ExactMatch(extraction: .boxed)), RangedReward(ShortAnswer(grade: .tokenF1)),
    RangedReward(EquivalentAnswer(extraction: .boxedInTag)),
  ]

  static let questions: [RangedReward] = [
    RangedReward(SearchR1Outcome()), RangedReward(SearchR1Format(retrievalScore: 0.1)),
    RangedReward(DeepResearcher(), -1...1), RangedReward(R1Searcher(), -2...1),
    RangedReward(R1Searcher(server: .llamaStage1), -1...2),
    RangedReward(R1Searcher(server: .llamaStage2), -1...1),
    RangedReward(R1SearcherPlus(), -2...3), RangedReward(AutoRefine(formatScore: 0.1)),
    RangedReward(ARPO(), -1...1.1), RangedReward(ReSearch()), RangedReward(ZeroSearch()),
    RangedReward(MMSearchR1()), RangedReward(IKEA(), -1...1.6),
    RangedReward(RSearch { evidence, _ in evidence }, 0...2.4),
    RangedReward(KimiResearcher(discount: 0.9, formatPenalty: 1), -1...1),
    RangedReward(TongyiDeepResearch()),
    RangedReward(FrugalStopping(maximumSearches: 4, relevant: { _ in ["d1"] }), -2.5...4.5),
  ]

  static let steps: [RangedReward] = [
    RangedReward(
      StepSearchReward { _ in SearchReference(paragraphs: ["Ada wrote it"], queries: [["who"]]) },
      -1...1.618),
    RangedReward(GainBeyondRAG(baseline: { _ in .value(0) }) { $1.first?.text ?? $0 }, -1...1),
    RangedReward(RelevantDocuments { _ in ["d1"] }, -1...1.5),
    RangedReward(FindingsF1()), RangedReward(FindingsFormat()), RangedReward(QueryDiversity()),
    RangedReward(CitationF1()), RangedReward(GroundedAnswer()),
    RangedReward(RefusalReward { _ in true }),
    RangedReward(KnowRLReward { _ in ["Ada wrote it"] }, -2...4),
    RangedReward(ValidCallShare()), RangedReward(TurnShare(of: 3)),
    RangedReward(TurnEconomy(of: 3)), RangedReward(SeenSources()),
    RangedReward(InventedSources()), RangedReward(CrossValidation()),
    RangedReward(ResearchStages.process(mostTurns: 3), -0.1...1.2),
    RangedReward(ResearchStages.grounded(mostTurns: 3)),
  ]

  static let tools: [RangedReward] = [
    RangedReward(ToolRLReward(length: ToolRLLength()), -3...5, reference: calling),
    RangedReward(ToolCallEquality(), reference: calling), RangedReward(VerifiedAnswer(), -1...1),
  ]

  private static let calling =
    "<think>t</think>\n<tool_call>\n{\"name\": \"a\", \"parameters\": {}}\n</tool_call>"

  static let behaviors: [RangedReward] = detectors.map { RangedReward($0.penalty(), -1...0) }

  static let detectors: [any BehaviorDetector] = [
    InventedCitations(), GuessingWithoutSearch(), CherryPicking(minimumSources: 1),
    InefficientLoop(), Misattribution(), CitationStuffing(), KeywordStuffing(), LengthInflation(),
  ]

  static func rubrics(_ judge: JudgeService) -> [RangedReward] {
    let wanted = [WeightedRubric("names Ada"), WeightedRubric("says when", weight: 0.1)]
    return [
      RangedReward(RLER(rubrics: RubricBuffer(static: ["Who?": wanted]), judge: judge)),
      RangedReward(
        EvolvingRubrics(
          RubricBuffer(static: ["Who?": wanted]), judge: judge, generator: judge)),
      RangedReward(
        StagedRubrics([RubricStage("strict", rubrics: wanted, level: 1)], judge: judge)),
      RangedReward(JudgedCitations(judge: judge)),
      RangedReward(AtomicThoughtReward(judge: judge)),
      RangedReward(
        AnnealedMix(
          process: AtomicThoughtReward(judge: judge), outcome: DeepResearcher(), horizon: 10),
        -1...1),
      RangedReward(ChecklistReward(judge: judge) { _ in ["find her"] }),
      RangedReward(ToolUseCompleteness(judge: judge)),
    ]
  }

  static func evidence(_ judge: JudgeService) -> [RangedReward] {
    let set = RubricSet(["<E0> wrote it.", "<E0> knew <E1>."])
    let rubrics = CitationRubrics(judge: judge) { _ in set }
    let outcome = JudgedOutcome(judge: judge)
    return [
      RangedReward(rubrics), RangedReward(outcome),
      RangedReward(OutcomeRubricMix(outcome: outcome, rubrics: rubrics, rubricShare: 0.5)),
      RangedReward(CitationAwareMix(outcome: outcome, rubrics: rubrics)),
    ]
  }

  static func writing(_ judge: JudgeService) -> [RangedReward] {
    let criterion = JudgedCriterion("quality", "It reads well.", judge: judge)
    let band = LengthBand(0, 10, maximum: 20)
    return [
      RangedReward(criterion), RangedReward(LengthReward { _ in band }),
      RangedReward(LongWriterZero(quality: criterion) { _ in band }),
      RangedReward(
        LongWriterZero(
          quality: criterion, repetition: .paragraphs(threshold: 0.9) { $0 == $1 ? 1 : 0 }
        ) { _ in band }),
      RangedReward(WriterR1(judge: judge)), RangedReward(MovingReference(judge: judge)),
      RangedReward(GradedDimensions(.searchRubrics, judge: judge)),
      RangedReward(JudgePanel([JudgePanel.Member(role: "a reader", judge: judge)])),
    ]
  }

  static func structures(_ judge: JudgeService) -> [RangedReward] {
    let style = JudgedCriterion("style", "It reads well.", judge: judge)
    return [
      RangedReward(JSONSyntax()), RangedReward(JSONConformance(schema)),
      RangedReward(MarkdownReward(.report)),
      RangedReward(MarkdownSections(MarkdownRules(sections: ["a", "b"]))),
      RangedReward(
        GatedLevels.structuredJSON(
          schema, accuracy: TokenF1(), validity: SubstringMatch(), style: style)),
    ]
  }

  static let combinations: [RangedReward] = [
    RangedReward(0.5 * ExactMatch() + 0.5 * TokenF1()),
    RangedReward(ExactMatch() * TokenF1()),
    RangedReward(DeepResearcher().clamped(to: 0...1)), RangedReward(TokenF1().named("overlap")),
    RangedReward(TokenF1().gated(by: ExactMatch())),
    RangedReward(0.5 * R1SearcherPlus() + 0.5 * TokenF1(), -1...2),
    RangedReward(ClosureReward("constant") { _ -> Double in 1 }),
    RangedReward(ClosureGroupReward("same") { $0.members.map { _ in Score.value(1) } }),
  ]

  /// A schema that has to look at everything.
  static let schema: JSONSchema = {
    let json = """
      {"anyOf": [{"type": "array", "uniqueItems": true, "items": {"enum": [1, "a"]}},
      {"type": "object", "additionalProperties": {"type": "string", "maxLength": 3}}]}
      """
    guard let value = try? JSONValue(parsing: json), let schema = try? JSONSchema(value) else {
      preconditionFailure("the schema can be read")
    }
    return schema
  }()
}

/// A judge that gives the same marks to whatever it is asked, after a quotation.
struct FixedJudge: Judge {
  /// What it gives.
  enum Marks: String {
    case full, none
  }

  var marks = Marks.full
  var quotation = ""

  var identity: String { "\(marks)" }

  func reply(to question: some JudgeQuestion, stream: RandomStream) throws -> String {
    let verdict = try verdict(on: question)
    return quotation.isEmpty ? verdict : "\(quotation)\n\(verdict)"
  }

  private func verdict(on question: some JudgeQuestion) throws -> String {
    let isFull = marks == .full
    func block(_ json: String) -> String { "```json\n{\(json)}\n```" }
    func object(_ keys: [String], _ value: String) -> String {
      block(keys.map { "\"\($0)\": \(value)" }.joined(separator: ", "))
    }
    switch question {
    case let question as EntityQuestion: return object(question.rubrics.entities, "\"Ada\"")
    case let question as SupportQuestion:
      return object(question.statements.indices.map { "S\($0 + 1)" }, "\(isFull)")
    case is OutcomeQuestion:
      return "extracted_final_answer: Ada\ncorrect: \(isFull ? "yes" : "no")"
    case let question as ThoughtQuestion:
      return object(question.thoughts.indices.map { "T\($0 + 1)" }, isFull ? "1" : "0")
    case is RubricScoreQuestion: return block("\"score\": \(isFull ? 2 : 0)")
    case is CitationSupportQuestion: return block("\"support\": \"\(marks)\"")
    case is CitationRelevanceQuestion: return block("\"relevant\": \(isFull)")
    case is CitationNeedQuestion: return block("\"needsCitation\": \(!isFull)")
    case is RubricGenerationQuestion:
      return block("\"positive_rubrics\": [{\"description\": \"names Ada\", \"title\": \"t\"}]")
    case is PairwiseQuestion: return block("\"better\": \"\(isFull ? "first" : "equal")\"")
    case let question as DimensionScoresQuestion:
      let grade = isFull ? question.scale.upperBound : question.scale.lowerBound
      return object(question.dimensions.map(\.name), "\(grade)")
    case is WritingCriteriaQuestion:
      return block("\"criteria\": [{\"description\": \"names Ada\"}]")
    case is WritingReflectionQuestion: return block("\"successes\": [], \"errors\": []")
    case is ChecklistRequest: return "<answer>\nChecklist 1: find her\n</answer>"
    case let question as ChecklistQuestion:
      let lines = question.checklist.indices.map { "Checklist \($0 + 1): \(isFull ? "Yes" : "No")" }
      return "<answer>\n\(lines.joined(separator: "\n"))\n</answer>"
    case is CompletenessQuestion: return "complete: \(isFull ? "yes" : "no")"
    default: throw JudgeRefusal("\(question.contract) is unknown")
    }
  }
}
