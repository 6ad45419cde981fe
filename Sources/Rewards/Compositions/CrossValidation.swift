public import Trajectories

/// In how many different sources the agent's answer stands, up to as many as are wanted, in 0…1.
///
///     score = min(1, documents with the answer in them / wanted)
///
/// A document counts when the answer's words occur in it in a row, after normalization; documents of
/// the same text count once. It tells whether what was answered was read in more than one place, not
/// whether it is right. No answer, or one without words, is worth 0.
///
/// - Complexity: Linear in the record's text.
public struct CrossValidation: Reward {
  /// `crossValidation` unless told otherwise.
  public let name: String
  /// So many documents are wanted.
  public let wanted: Int
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A share of the documents wanted.
  ///
  /// - Precondition: `wanted` is at least 1.
  public init(
    name: String = "crossValidation", wanted: Int = 2,
    extraction: AnswerExtraction = AnswerExtraction()
  ) {
    precondition(wanted >= 1, "an answer wants at least one source, got \(wanted)")
    self.name = name
    self.wanted = wanted
    self.extraction = extraction
  }

  /// Looks for the last answer in what the environment showed.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let normalization = AnswerNormalization.standard
    let answer = normalization.normalized(extraction.answer(in: trajectory) ?? "")
    let mark = Array(" \(answer) ".utf8)
    var sources = Set<[UInt8]>()
    if (1...1000).contains(answer.utf8.count) {
      for turn in trajectory.agentTurnTexts {
        for document in StepSearchReward.retrievedTexts(in: turn.answer) {
          let words = Array(" \(normalization.normalized(document)) ".utf8)
          if words[...].contains(mark: mark) { sources.insert(words) }
        }
      }
    }
    let score = Score.value(min(1, Double(sources.count) / Double(wanted)))
    return .single(name, score, notes: ["\(sources.count) sources hold the answer"])
  }
}
