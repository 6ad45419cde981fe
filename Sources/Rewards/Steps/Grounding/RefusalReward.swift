internal import Retrieval
public import Trajectories

/// Refusing what can't be answered, and answering what can.
///
///     unanswerable task: 1 for a refusal, 0 for an answer
///     answerable task:   0 for a refusal, the base reward for an answer
///
/// A refusal is an answer in which one of the phrases stands, or no answer at all. A task of which
/// nobody knows whether it can be answered can't be judged: missing.
///
/// - Source: notes about grounded GRPO, arXiv 2506.15522, stage 2: refusals are rewarded once
///   answering and citing are learned; no code was read, and the phrases are ours.
public struct RefusalReward: Reward {
  /// `refusal` unless told otherwise.
  public let name: String
  /// What an answer to an answerable task is worth.
  public let base: any Reward
  /// Words that refuse, compared after normalization.
  public let phrases: [String]
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  private let isAnswerable: @Sendable (AgentTask) -> Bool?

  /// Phrases that refuse in English.
  public static let englishPhrases = [
    "I don't know", "I do not know", "cannot be answered", "can't be answered",
    "could not find an answer", "couldn't find an answer", "insufficient information",
    "not enough information", "unanswerable",
  ]

  /// A reward for refusals.
  ///
  /// - Precondition: the base goes by another name.
  public init(
    name: String = "refusal", base: any Reward = GroundedAnswer(),
    phrases: [String] = englishPhrases, extraction: AnswerExtraction = AnswerExtraction(),
    isAnswerable: @escaping @Sendable (AgentTask) -> Bool?
  ) {
    precondition(name != base.name, "the base reward is also called \(name); use named(_:)")
    self.name = name
    self.base = base
    self.phrases = phrases
    self.extraction = extraction
    self.isAnswerable = isAnswerable
  }

  /// Whether an answer refuses; no answer does.
  public func isRefusal(_ answer: String?) -> Bool {
    guard let answer, !answer.trimmingBlanks.isEmpty else { return true }
    let normalization = AnswerNormalization.standard
    let words = " \(normalization.normalized(answer)) "
    return phrases.contains { phrase in
      let phrase = normalization.normalized(phrase)
      return !phrase.isEmpty && words.range(ofScalars: " \(phrase) ") != nil
    }
  }

  /// Those of the base.
  public var statefulParts: [any StatefulReward] { base.statefulParts }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    guard let answerable = isAnswerable(trajectory.task) else {
      return .unjudged(name, "nobody knows whether task \(trajectory.task.id) can be answered")
    }
    let refuses = isRefusal(extraction.answer(in: trajectory))
    let note = refuses ? "refused" : "answered"
    if answerable && !refuses {
      var report = try await base.report(on: trajectory)
      report.components.insert(RewardComponent(name: name, score: report.score), at: 0)
      report.notes.append(note)
      return report
    }
    let score = Score.value(refuses && !answerable ? 1 : 0)
    return .single(name, score, notes: [note])
  }
}
