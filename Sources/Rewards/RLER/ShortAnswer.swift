internal import Retrieval
public import Trajectories

/// DR Tulu's reward of a short answer: a boxed answer or one in a tag, graded, with a floor.
///
///     score = grade of the answer, but 0.1 where an answer is not empty and graded 0
///
/// A boxed answer, `\boxed{…}` up to the next closing brace, goes before `<answer>…</answer>`; the
/// first of either counts and the case of letters in tags does not. The floor pays for giving an
/// answer at all. No answer or an empty one is 0, with a note. A task without accepted answers
/// can't be judged: missing.
///
/// - Source: DR Tulu, open_instruct/ground_truth_utils.py (RLRAGExactAnswerVerifier).
/// - Differs: of a trajectory only the agent's own words are read; an answer of blanks counts as
///   empty.
public struct ShortAnswer: Reward {
  /// How an answer is graded.
  public enum Grade: String, Sendable, Hashable, Codable, CaseIterable {
    /// 1 if it equals an accepted one after normalization, else 0.
    case exactMatch
    /// The overlap of words with the closest accepted one.
    case tokenF1
  }

  /// `shortAnswer` unless told otherwise.
  public let name: String
  /// How an answer is graded.
  public let grade: Grade
  /// What an answer is worth that is graded 0.
  public let floor: Double
  /// How answers are compared.
  public let normalization: AnswerNormalization

  /// A reward of a short answer.
  ///
  /// - Precondition: `floor` is in 0…1.
  public init(
    name: String = "shortAnswer", grade: Grade = .exactMatch, floor: Double = 0.1,
    normalization: AnswerNormalization = .standard
  ) {
    precondition((0...1).contains(floor), "the floor must be in 0…1, got \(floor)")
    self.name = name
    self.grade = grade
    self.floor = floor
    self.normalization = normalization
  }

  /// Judges the first answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    let accepted = trajectory.task.answers
    var notes: [String] = []
    let score: Score
    if accepted.isEmpty {
      score = .missing(reason: "task \(trajectory.task.id) has no accepted answers")
    } else if let answer = Self.answer(in: trajectory.agentTurns.map(\.string)),
      !answer.trimmingBlanks.isEmpty
    {
      score = .value(worth(of: answer, accepted: accepted))
    } else {
      score = .value(0)
      notes = ["no answer"]
    }
    return .single(name, score, notes: notes)
  }

  /// What an answer is worth; at least the floor.
  func worth(of answer: String, accepted: [String]) -> Double {
    let graded: Double =
      switch grade {
      case .exactMatch: normalization.matches(answer, anyOf: accepted) ? 1 : 0
      case .tokenF1: normalization.tokenF1(answer, against: accepted)
      }
    return graded == 0 ? floor : graded
  }

  /// The first boxed answer of any turn, else the first one in a tag.
  static func answer(in turns: [String]) -> String? {
    for (open, close) in [("\\boxed{", "}"), ("<answer>", "</answer>")] {
      for turn in turns {
        let scanner = MarkupScanner(turn)
        let pairs = scanner.pairs(
          open: Array(open.utf8), close: Array(close.utf8), limit: 1, ignoringCase: true)
        if let pair = pairs.first { return scanner.text(pair) }
      }
    }
    return nil
  }
}
