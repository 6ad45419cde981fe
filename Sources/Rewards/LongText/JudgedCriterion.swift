public import Trajectories

/// How far an answer shows what one criterion describes, by a judge, in 0…1.
///
/// No answer is worth 0, with a note, and nobody is asked. What the judge can't tell is missing.
///
///     let relevance = JudgedCriterion("relevance", "It answers what was asked.", judge: judge)
public struct JudgedCriterion: Reward {
  /// What its component is called.
  public let name: String
  /// What to look for.
  public let criterion: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  private let judge: JudgeService

  /// A reward by one criterion.
  public init(
    _ name: String, _ criterion: String, extraction: AnswerExtraction = AnswerExtraction(),
    judge: JudgeService
  ) {
    self.name = name
    self.criterion = criterion
    self.extraction = extraction
    self.judge = judge
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let answer = extraction.answer(in: trajectory) else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    let verdict = try await judge.ask(
      RubricScoreQuestion(
        question: trajectory.task.question, response: answer, criterion: criterion))
    return .single(name, verdict.score(of: name))
  }
}

/// How well an answer cites, by a judge, in 0…1; see ``CitationScore``.
///
/// Sources are what the world showed. No answer is worth 0, with a note; nothing to cite is worth
/// 0.
public struct JudgedCitations: Reward {
  /// `citations` unless told otherwise.
  public let name: String
  /// How answers and sources are read.
  public let settings: RLERSettings
  private let judge: JudgeService

  /// A reward of citations.
  public init(
    name: String = "citations", settings: RLERSettings = RLERSettings(), judge: JudgeService
  ) {
    self.name = name
    self.settings = settings
    self.judge = judge
  }

  /// Judges the citations of the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let response = RLERResponse(trajectory, settings: settings)
    guard let answer = response.answer else {
      return .single(name, .value(0), notes: ["no answer"])
    }
    let score = try await judge.citationScore(
      of: answer, to: trajectory.task.question, sources: response.sources,
      cutting: settings.cutting)
    return RewardReport(
      score: score.total,
      components: [
        RewardComponent(name: name, score: score.total),
        RewardComponent(name: "claimF1", score: score.meanF1),
        RewardComponent(name: "existingSources", score: .value(score.existingShare)),
      ])
  }
}
