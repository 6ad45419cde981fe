public import Trajectories

/// DR Tulu's reward of a long answer: rubrics, citations, format, searches.
///
///     score = scale · (0.5 rubrics + 0.2 citations + 0.2 format + 0.1 searches)
///
/// Components: `rubrics` is ``RubricScores/overall``, with `persistentRubrics` and
/// `adaptiveRubrics` beside it; `citations` is ``CitationScore/total``; `format` is 0.5 for an
/// answer, 0.3 for a citation, 0.2 for a search; `searches` is a third per search up to 1. Each
/// rubric stands as `rubric/` and its key, before its weight;
/// ``RubricStatistics/byRubric(of:)-(_,_)`` reads them back.
///
/// Without an answer the rubrics, citations and searches are 0 and nobody is asked. A part of
/// weight 0 is not judged. If the judge can't tell, the part is missing and so is the score. The
/// rubrics are those of a ``RubricBuffer`` as it stands; ``EvolvingRubrics`` lets it evolve.
///
/// At most `scale`; negative rubrics can take it below 0, by no more than half the sum
/// of their weights.
///
/// - Source: DR Tulu, open_instruct/search_rewards/longform_rubric_rewards.py.
/// - Differs: what the judge could not tell is missing, not 0; scores stay in 0…1; citations are
///   judged in the answer alone, not in all that came before it; sources are the world's only.
public struct RLER: Reward {
  /// `rler` unless told otherwise.
  public let name: String
  /// How it reads and weighs.
  public let settings: RLERSettings
  /// The rubrics, by question.
  public let rubrics: RubricBuffer
  private let judge: JudgeService
  private let citationJudge: JudgeService

  /// The reward.
  ///
  /// - Parameters:
  ///   - rubrics: By question; a task whose question has none can't be judged: missing.
  ///   - judge: Scores rubrics.
  ///   - citationJudge: Judges citations; the same judge unless told otherwise.
  public init(
    name: String = "rler", rubrics: RubricBuffer, judge: JudgeService,
    citationJudge: JudgeService? = nil, settings: RLERSettings = RLERSettings()
  ) {
    self.name = name
    self.rubrics = rubrics
    self.judge = judge
    self.citationJudge = citationJudge ?? judge
    self.settings = settings
  }

  /// Judges one trajectory.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let question = trajectory.task.question
    return try await report(on: trajectory, rubrics: rubrics.rubrics(for: question)).report
  }

  /// Judges one trajectory by given rubrics.
  func report(
    on trajectory: Trajectory, rubrics: [RubricInUse]
  ) async throws -> (report: RewardReport, scores: RubricScores) {
    let question = trajectory.task.question
    let response = RLERResponse(trajectory, settings: settings)
    async let judged = judge.rubricScores(
      of: response.answer, to: question, rubrics: settings.weights.rubrics == 0 ? [] : rubrics)
    async let cited = citations(of: response, to: question)
    let (scores, citations) = try await (judged, cited)
    let overall: Score =
      rubrics.isEmpty && settings.weights.rubrics != 0
      ? .missing(reason: "the question of task \(trajectory.task.id) has no rubrics")
      : scores.overall
    let parts = [
      ("rubrics", settings.weights.rubrics, overall),
      ("citations", settings.weights.citations, citations.total),
      ("format", settings.weights.format, .value(response.formatScore)),
      ("searches", settings.weights.searches, .value(response.searchScore)),
    ]
    var total = Score.value(0)
    for (part, weight, score) in parts where weight != 0 {
      switch (total, score) {
      case (.missing, _): break
      case (_, .missing(let reason)): total = .missing(reason: "\(part): \(reason)")
      case (.value(let sum), .value(let value)):
        total = Score(checking: sum + settings.scale * weight * value, of: name)
      }
    }
    let components =
      parts.map { RewardComponent(name: $0.0, score: $0.2) } + [
        RewardComponent(name: "persistentRubrics", score: scores.part(.persistent)),
        RewardComponent(name: "adaptiveRubrics", score: scores.part(.adaptive)),
      ]
      + scores.entries.map {
        RewardComponent(name: RubricScores.componentPrefix + $0.key, score: $0.score)
      }
    let notes = response.answer == nil ? ["no answer"] : []
    return (RewardReport(score: total, components: components, notes: notes), scores)
  }

  private func citations(
    of response: RLERResponse, to question: String
  ) async throws -> CitationScore {
    guard let answer = response.answer, settings.weights.citations != 0 else {
      return CitationScore(meanF1: .value(0), existingShare: 0)
    }
    return try await citationJudge.citationScore(
      of: answer, to: question, sources: response.sources, cutting: settings.cutting)
  }
}

extension JudgeService {
  /// Scores an answer on each of its rubrics, concurrently; no answer scores 0 on all of them and
  /// nobody is asked.
  ///
  /// - Throws: `CancellationError` only.
  public func rubricScores(
    of answer: String?, to question: String, rubrics: [RubricInUse]
  ) async throws -> RubricScores {
    let entries = try await concurrently(rubrics) { [self] rubric in
      let score: Score =
        if let answer {
          try await ask(
            RubricScoreQuestion(
              question: question, response: answer, criterion: rubric.rubric.description)
          ).score(of: "the rubric judge")
        } else {
          .value(0)
        }
      return RubricScores.Entry(
        key: rubric.rubric.key(for: question), rubric: rubric, score: score)
    }
    return RubricScores(entries: entries)
  }
}

extension RubricScores {
  /// What the names of rubrics in reports begin with.
  static let componentPrefix = "rubric/"
}

extension RubricStatistics {
  /// The statistics of each rubric from reports of ``RLER``, by the rubric's name.
  ///
  /// Missing scores are left out.
  public static func byRubric(of reports: [RewardReport]) -> [String: RubricStatistics] {
    var scores: [String: [Double]] = [:]
    for component in reports.lazy.flatMap(\.components)
    where component.name.hasPrefix(RubricScores.componentPrefix) {
      guard let value = component.score.value else { continue }
      let key = String(component.name.dropFirst(RubricScores.componentPrefix.count))
      scores[key, default: []].append(value)
    }
    return scores.mapValues(RubricStatistics.init)
  }
}
