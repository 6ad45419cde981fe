public import Trajectories

/// Search-R1's outcome reward with its format: the variant of its third release.
///
///     format   answer            score
///     valid    right             1
///     broken   right             1 − structureScore
///     valid    wrong or absent   structureScore + (retrievalScore if a passage holds an answer)
///     broken   wrong             finalScore
///     broken   absent            0
///
/// The format is valid when the exchange is this sequence, with nothing but blanks between:
///
///     think (search information think)* answer
///
/// Components: `exactMatch`, `validFormat`, `answerRetrieved`, each 0 or 1. A task without accepted
/// answers can't be judged: missing.
///
/// - Source: Search-R1, verl/utils/reward_score/qa_em_format.py.
/// - Differs: the world's words are never read as tags, and an information block that the agent
///   wrote itself breaks the format; the original reads one text and can't tell. A marker that ends
///   the agent's turn breaks nothing.
public struct SearchR1Format: Reward {
  /// `searchR1Format`.
  public var name: String { "searchR1Format" }
  /// What a valid format is worth without a right answer.
  public let structureScore: Double
  /// What a wrong answer in a broken format is worth.
  public let finalScore: Double
  /// What an accepted answer in a passage adds to a valid format.
  public let retrievalScore: Double

  /// A reward; the defaults are those of the released runs.
  ///
  /// - Precondition: the scores are finite.
  public init(
    structureScore: Double = 0.2, finalScore: Double = 0.1, retrievalScore: Double = 0
  ) {
    precondition(
      (structureScore + finalScore + retrievalScore).isFinite,
      "scores must be finite, got \(structureScore), \(finalScore) and \(retrievalScore)")
    self.structureScore = structureScore
    self.finalScore = finalScore
    self.retrievalScore = retrievalScore
  }

  /// Judges the exchange and the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      let (open, close) = ([UInt8].opening("information"), [UInt8].closing("information"))
      let exchange = trajectory.exchange(worldBlock: open, close)
      let own = trajectory.agentBytes[...]
      let isForged = own.contains(mark: open) || own.contains(mark: close)
      let isValid = !isForged && SearchR1Sequence.isValid(exchange[...])
      let answer = AnswerExtraction().answer(in: trajectory)
      let passages = trajectory.worldTurns.flatMap { $0[...].bodies(between: open, and: close) }
      let (value, isRight, isRetrieved) = score(
        answer: answer, isValid: isValid, passages: passages, accepted: accepted)
      return Grade(
        value: value,
        parts: [
          "exactMatch": isRight ? 1 : 0, "validFormat": isValid ? 1 : 0,
          "answerRetrieved": isRetrieved ? 1 : 0,
        ],
        notes: (answer == nil ? ["no answer"] : [])
          + (isForged ? ["the agent wrote an information block itself"] : []))
    }
  }

  func score(
    answer: String?, isValid: Bool, passages: [ArraySlice<UInt8>], accepted: [String]
  ) -> (value: Double, isRight: Bool, isRetrieved: Bool) {
    let isRight = answer.map { AnswerNormalization.standard.matches($0, anyOf: accepted) } ?? false
    let isRetrieved = Self.isRetrieved(accepted, in: passages)
    let value =
      switch (isValid, isRight) {
      case (true, true): 1.0
      case (false, true): 1 - structureScore
      case (true, false): structureScore + (isRetrieved ? retrievalScore : 0)
      case (false, false): answer == nil ? 0 : finalScore
      }
    return (value, isRight, isRetrieved)
  }

  /// Whether one of the accepted answers occurs in one of the passages, in comparable form.
  static func isRetrieved(_ accepted: [String], in passages: [ArraySlice<UInt8>]) -> Bool {
    let rules = AnswerNormalization.standard
    let accepted = accepted.map(rules.comparable)
    return passages.contains { passage in
      let passage = rules.comparable(passage.string)
      return accepted.contains(where: passage.contains)
    }
  }
}
