public import Trajectories

/// Right statements, and right statements that cite their evidence.
///
///     score = mean over statements with an accepted answer in them of 0.5 + citation,  in 0…1
///     citation = 0.5 if the cited documents support it, -0.5 if they don't, 0 without citations
///
/// No such statement is worth 0. A task without accepted answers can't be judged, nor can an answer
/// whose support can't: missing.
///
/// - Source: notes about grounded GRPO, arXiv 2506.15522, stage 1; no code was read.
/// - Differs: the mean over right statements; as told, the paper adds them up, so that saying it
///   twice pays.
public struct GroundedAnswer: Reward {
  /// `groundedAnswer` unless told otherwise.
  public let name: String
  /// Who tells what supports what.
  public let support: TextSupport
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A reward for grounded answers.
  public init(
    name: String = "groundedAnswer", support: TextSupport = .lexical(),
    extraction: AnswerExtraction = AnswerExtraction()
  ) {
    self.name = name
    self.support = support
    self.extraction = extraction
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let task = trajectory.task
    if task.answers.isEmpty { return .unjudged(name, "task \(task.id) has no accepted answers") }
    let right = CitedStatement.reading(extraction.answer(in: trajectory) ?? "")
      .filter { GainBeyondRAG.spanAccuracy(of: $0.text, for: task) == .value(1) }
      .prefix(CitationF1.judgedStatements)
    var documents = NumberedEvidence(trajectory, support: support)
    var sum = 0.0
    for statement in right {
      let cited = documents.places(of: statement)
      switch try await documents.support(statement, by: cited) {
      case .missing(let reason): return .unjudged(name, reason)
      case .answered(let isSupported):
        let bonus = isSupported && !cited.isEmpty ? 0.5 : -0.5
        sum += 0.5 + (statement.citations.isEmpty ? 0 : bonus)
      }
    }
    let score = Score.value(right.isEmpty ? 0 : sum / Double(right.count))
    return .single(name, score, notes: ["\(right.count) statements hold an accepted answer"])
  }
}
