public import Trajectories

/// How well the last answer is written as a list of different findings; see ``BulletList``.
///
/// In 0…1; no answer is worth 0, with a note.
///
/// - Source: O2-Searcher, o2searcher/rewards/rewards_format.py.
public struct FindingsFormat: Reward {
  /// `findingsFormat` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction

  /// A format reward for lists of findings.
  public init(
    name: String = "findingsFormat", extraction: AnswerExtraction = AnswerExtraction()
  ) {
    self.name = name
    self.extraction = extraction
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let answer = extraction.answer(in: trajectory)
    let list = BulletList(answer ?? "")
    let score = Score(checking: list.score, of: name)
    return .single(name, score, notes: answer == nil ? ["no answer"] : [])
  }
}
