internal import Retrieval
public import Trajectories

/// What an agent's documents are worth to a frozen reader, beyond those of a plain retrieval.
///
///     score = accuracy(reader(question, selected documents)) - baseline
///
/// In -1…1 for an accuracy and a baseline in 0…1. The agent itself answers nothing: a reader that is
/// never trained answers from ``Trajectories/Trajectory/selectedDocuments``. The baseline is the same
/// reader's accuracy with the first documents of one retrieval; it belongs to the task and is worth
/// computing once. Whatever of the two is missing makes the score missing.
///
/// - Source: s3, arXiv 2505.14146.
/// - Differs: the released trainer adds the accuracy once more; see ``ReleasedS3``.
public struct GainBeyondRAG: Reward {
  /// Answers a question from documents; throws when it can't be reached.
  public typealias Reader =
    @Sendable (
      _ question: String, _ documents: [NumberedDocument]
    ) async throws -> String

  /// `gainBeyondRAG` unless told otherwise.
  public let name: String
  private let reader: Reader
  private let accuracy: @Sendable (_ answer: String, AgentTask) async throws -> Score
  private let baseline: @Sendable (AgentTask) async throws -> Score

  /// A gain.
  ///
  /// - Parameters:
  ///   - name: What the component is called.
  ///   - reader: Who answers. An error other than `CancellationError` makes the score missing.
  ///   - accuracy: How right an answer is, in 0…1; ``spanAccuracy(of:for:)`` unless told otherwise.
  ///   - baseline: How right the reader is with plain retrieval, in 0…1.
  public init(
    name: String = "gainBeyondRAG",
    accuracy: @escaping @Sendable (_ answer: String, AgentTask) async throws -> Score = {
      spanAccuracy(of: $0, for: $1)
    },
    baseline: @escaping @Sendable (AgentTask) async throws -> Score,
    reader: @escaping Reader
  ) {
    self.name = name
    self.reader = reader
    self.accuracy = accuracy
    self.baseline = baseline
  }

  /// 1 when an accepted answer's words occur in an answer in a row, else 0; missing for a task
  /// without accepted answers.
  ///
  /// Words are compared after normalization. An accepted answer without words occurs nowhere.
  public static func spanAccuracy(of answer: String, for task: AgentTask) -> Score {
    if task.answers.isEmpty {
      return .missing(reason: "task \(task.id) has no accepted answers")
    }
    let normalization = AnswerNormalization.standard
    let words = " \(normalization.normalized(answer)) "
    let occurs = task.answers.contains { accepted in
      let accepted = normalization.normalized(accepted)
      return !accepted.isEmpty && words.range(ofScalars: " \(accepted) ") != nil
    }
    return .value(occurs ? 1 : 0)
  }

  /// Has the reader answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let documents = trajectory.selectedDocuments
    let accuracy = try await accuracy(of: documents, for: trajectory.task)
    let baseline = try await baseline(trajectory.task)
    let score: Score
    switch (accuracy, baseline) {
    case (.value(let accuracy), .value(let baseline)):
      score = Score(checking: accuracy - baseline, of: name)
    case (.missing(let reason), _): score = .missing(reason: "accuracy: \(reason)")
    case (_, .missing(let reason)): score = .missing(reason: "baseline: \(reason)")
    }
    return RewardReport(
      score: score,
      components: [
        RewardComponent(name: name, score: score),
        RewardComponent(name: "accuracy", score: accuracy),
        RewardComponent(name: "baseline", score: baseline),
      ], notes: ["\(documents.count) documents selected"])
  }

  private func accuracy(
    of documents: [NumberedDocument], for task: AgentTask
  ) async throws -> Score {
    let answer: String
    do {
      answer = try await reader(task.question, documents)
    } catch let error as CancellationError {
      throw error
    } catch {
      return .missing(reason: "the reader failed: \(error)")
    }
    return try await accuracy(answer, task)
  }
}
