public import Trajectories

/// 1 when the agent's answer equals an accepted one after normalization, else 0.
///
/// No answer is worth 0, with a note. A task without accepted answers can't be judged: missing.
///
/// - Source: Search-R1, verl/utils/reward_score/qa_em.py, with a format score of 0.
public struct ExactMatch: Reward {
  /// `exactMatch` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  /// How answers are compared.
  public let normalization: AnswerNormalization

  /// An exact match.
  public init(
    name: String = "exactMatch", extraction: AnswerExtraction = AnswerExtraction(),
    normalization: AnswerNormalization = .standard
  ) {
    self.name = name
    self.extraction = extraction
    self.normalization = normalization
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name, extraction: extraction) {
      normalization.matches($0, anyOf: $1) ? 1 : 0
    }
  }
}

/// 1 when an accepted answer occurs in the agent's answer after normalization, else 0.
///
/// It occurs also within a longer word. No answer is worth 0, with a note. A task without accepted
/// answers can't be judged: missing.
///
/// - Source: Search-R1, verl/utils/reward_score/qa_em.py (the variant called sub-EM).
public struct SubstringMatch: Reward {
  /// `substringMatch` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  /// How answers are compared.
  public let normalization: AnswerNormalization

  /// A substring match.
  public init(
    name: String = "substringMatch", extraction: AnswerExtraction = AnswerExtraction(),
    normalization: AnswerNormalization = .standard
  ) {
    self.name = name
    self.extraction = extraction
    self.normalization = normalization
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name, extraction: extraction) {
      normalization.contains($0, anyOf: $1) ? 1 : 0
    }
  }
}

/// The overlap of words between the agent's answer and the closest accepted one, in 0…1.
///
/// See ``AnswerNormalization/tokenF1(_:against:)``. No answer is worth 0, with a note. A task
/// without accepted answers can't be judged: missing.
public struct TokenF1: Reward {
  /// `tokenF1` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  /// How answers are compared.
  public let normalization: AnswerNormalization

  /// An overlap of words.
  public init(
    name: String = "tokenF1", extraction: AnswerExtraction = AnswerExtraction(),
    normalization: AnswerNormalization = .standard
  ) {
    self.name = name
    self.extraction = extraction
    self.normalization = normalization
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name, extraction: extraction) {
      normalization.tokenF1($0, against: $1)
    }
  }
}

extension RewardReport {
  /// A report with one component, from a grade of the agent's answer.
  fileprivate static func grading(
    _ trajectory: Trajectory, name: String, extraction: AnswerExtraction,
    grade: (_ answer: String, _ accepted: [String]) -> Double
  ) -> RewardReport {
    let accepted = trajectory.task.answers
    let score: Score
    var notes: [String] = []
    if accepted.isEmpty {
      score = .missing(reason: "task \(trajectory.task.id) has no accepted answers")
    } else if let answer = extraction.answer(in: trajectory) {
      score = .value(grade(answer, accepted))
    } else {
      score = .value(0)
      notes = ["no answer"]
    }
    return RewardReport(
      score: score, components: [RewardComponent(name: name, score: score)], notes: notes)
  }
}
