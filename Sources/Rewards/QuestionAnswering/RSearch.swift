public import Trajectories

/// R-Search's reward: the answer, what another model can answer from the agent's evidence, and two
/// formats.
///
///     score = F1 of the answer + F1 of the reader's answer
///             + 0.2 if there is one answer + 0.2 if the evidence is in order
///
/// The evidence stands between `original_evidence` tags. It is in order when there is one that is not
/// empty after an observation, or none in a trajectory without observations. The reader sees the
/// evidence and the question, never the accepted answers; it is asked only when there is evidence. A
/// reader that returns `nil` makes the score missing. Components: `answer`, `evidence`,
/// `answerFormat`, `evidenceFormat`. A task without accepted answers can't be judged: missing.
///
/// - Source: Zhao et al. 2025, "R-Search"; src/verl/utils/reward_score/qa_f1.py.
/// - Differs: F1 is not rounded to two decimals, and the prompt's examples are not counted.
public struct RSearch: Reward {
  /// Answers a question from evidence; `nil` if it can't be asked.
  public typealias Reader =
    @Sendable (_ evidence: String, _ question: String) async throws -> String?

  /// `rSearch`.
  public var name: String { "rSearch" }
  /// What each of the two formats is worth.
  public let formatScore: Double
  private let reader: Reader

  /// A reward.
  ///
  /// - Parameters:
  ///   - formatScore: What each of the two formats is worth.
  ///   - reader: A model that is not trained.
  /// - Precondition: `formatScore` is finite.
  public init(formatScore: Double = 0.2, reader: @escaping Reader) {
    precondition(formatScore.isFinite, "formatScore must be finite, got \(formatScore)")
    self.formatScore = formatScore
    self.reader = reader
  }

  /// Judges the answer and the evidence; asks the reader at most once.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let turns = trajectory.agentTurns
    let evidence = turns.flatMap {
      $0.bodies(between: .opening("original_evidence"), and: .closing("original_evidence"))
    }
    let answers = turns.flatMap { $0.bodies(between: .opening("answer"), and: .closing("answer")) }
    let observations = trajectory.worldTurns.reduce(0) {
      $0 + $1[...].count(of: .opening("observation"))
    }
    let text = observations > 0 ? evidence.last?.trimmingBlanks.string : nil
    var read: String?
    if let text, !text.isEmpty, !trajectory.task.answers.isEmpty {
      read = try await reader(text, trajectory.task.question)
      guard read != nil else {
        let score = Score.missing(reason: "the reader of the evidence did not answer")
        return .single(name, score)
      }
    }
    return .grading(trajectory, name: name) { [read] accepted in
      let rules = AnswerNormalization.standard
      let answer = answers.last.map { rules.tokenF1($0.string, against: accepted) } ?? 0
      let support = read.map { rules.tokenF1($0, against: accepted) } ?? 0
      let isOneAnswer = answers.count == 1 && !answers[0].isBlank
      let isInOrder =
        observations == 0 ? evidence.isEmpty : evidence.count == 1 && !evidence[0].isBlank
      let formats = (isOneAnswer ? formatScore : 0, isInOrder ? formatScore : 0)
      return Grade(
        value: formats.0 + formats.1 + answer + support,
        parts: [
          "answer": answer, "evidence": support, "answerFormat": formats.0,
          "evidenceFormat": formats.1,
        ],
        notes: answers.isEmpty ? ["no answer"] : [])
    }
  }
}
