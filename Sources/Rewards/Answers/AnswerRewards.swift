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
    .grading(trajectory, name: name) { accepted in
      extraction.grade(trajectory) { normalization.matches($0, anyOf: accepted) ? 1 : 0 }
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
    .grading(trajectory, name: name) { accepted in
      extraction.grade(trajectory) { normalization.contains($0, anyOf: accepted) ? 1 : 0 }
    }
  }
}

/// The overlap of words between the agent's answer and the closest accepted one, in 0…1.
///
/// See ``WordOverlap``. No answer is worth 0, with a note. A task
/// without accepted answers can't be judged: missing.
public struct TokenF1: Reward {
  /// `tokenF1` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  /// How answers are compared.
  public let normalization: AnswerNormalization
  /// How shared words are counted.
  public let rule: WordOverlapRule

  /// An overlap of words.
  public init(
    name: String = "tokenF1", extraction: AnswerExtraction = AnswerExtraction(),
    normalization: AnswerNormalization = .standard, rule: WordOverlapRule = .multiset
  ) {
    self.name = name
    self.extraction = extraction
    self.normalization = normalization
    self.rule = rule
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      extraction.grade(trajectory) { normalization.tokenF1($0, against: accepted, rule: rule) }
    }
  }
}

/// 1 when all words of an accepted answer occur in the agent's answer, in any order, else 0.
///
/// No answer is worth 0, with a note. A task without accepted answers can't be judged: missing.
///
/// - Source: R1-Searcher, train/reward_server_llama_stage1.py (cover exact match).
public struct CoverMatch: Reward {
  /// `coverMatch` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  /// How answers are compared.
  public let normalization: AnswerNormalization

  /// A match of words in any order.
  public init(
    name: String = "coverMatch", extraction: AnswerExtraction = AnswerExtraction(),
    normalization: AnswerNormalization = .r1Searcher
  ) {
    self.name = name
    self.extraction = extraction
    self.normalization = normalization
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      extraction.grade(trajectory) { normalization.covers($0, anyOf: accepted) ? 1 : 0 }
    }
  }
}

extension AnswerExtraction {
  /// The grade of a trajectory's answer; 0 with a note when there is none.
  func grade(_ trajectory: Trajectory, _ value: (_ answer: String) -> Double) -> Grade {
    guard let answer = answer(in: trajectory) else { return Grade(value: 0, notes: ["no answer"]) }
    return Grade(value: value(answer))
  }
}
