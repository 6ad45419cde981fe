public import Trajectories

/// When two answers mean the same: as text, as numbers, as dates or as lists.
///
/// Equal text is enough. Otherwise the first reading that the accepted answer allows decides:
///
///     text      equal in comparable form                            The Beatles     beatles
///     number    within the relative tolerance                       1,500           1.5 thousand
///     date      all that the accepted one tells                     4 March 2021    2021-03
///     list      the same things in any order                        b and a         a, b
///
/// A bare year is a number like any other.
public struct AnswerEquivalence: Sendable, Hashable, Codable {
  /// How text is compared.
  public var normalization: AnswerNormalization
  /// How far a number may be off, as a share of the accepted one.
  public var relativeTolerance: Double

  /// A rule.
  ///
  /// - Precondition: `relativeTolerance` is finite and not negative.
  public init(normalization: AnswerNormalization = .standard, relativeTolerance: Double = 1e-6) {
    precondition(
      relativeTolerance.isFinite && relativeTolerance >= 0,
      "relativeTolerance must not be negative, got \(relativeTolerance)")
    self.normalization = normalization
    self.relativeTolerance = relativeTolerance
  }

  /// Whether an answer means one of the accepted ones.
  public func holds(_ answer: String, anyOf accepted: [String]) -> Bool {
    accepted.contains { holds(answer, $0) }
  }

  private func holds(_ answer: String, _ accepted: String) -> Bool {
    if normalization.comparable(answer) == normalization.comparable(accepted) { return true }
    let number = NumericAnswer(accepted)
    if let date = CalendarAnswer(accepted), number == nil {
      return CalendarAnswer(answer)?.meets(date) ?? false
    }
    if let number {
      return NumericAnswer(answer)?.isClose(to: number, relativeTolerance: relativeTolerance)
        ?? false
    }
    let list = AnswerList(accepted, normalization: normalization)
    return list.items.count > 1 && AnswerList(answer, normalization: normalization) == list
  }
}

/// 1 when the agent's answer means an accepted one, else 0; see ``AnswerEquivalence``.
///
/// No answer is worth 0, with a note. A task without accepted answers can't be judged: missing.
public struct EquivalentAnswer: Reward {
  /// `equivalentAnswer` unless told otherwise.
  public let name: String
  /// Where the answer stands.
  public let extraction: AnswerExtraction
  /// When answers mean the same.
  public let equivalence: AnswerEquivalence

  /// A match in meaning.
  public init(
    name: String = "equivalentAnswer", extraction: AnswerExtraction = AnswerExtraction(),
    equivalence: AnswerEquivalence = AnswerEquivalence()
  ) {
    self.name = name
    self.extraction = extraction
    self.equivalence = equivalence
  }

  /// Judges the last answer.
  public func report(on trajectory: Trajectory) async throws -> RewardReport {
    .grading(trajectory, name: name) { accepted in
      extraction.grade(trajectory) { equivalence.holds($0, anyOf: accepted) ? 1 : 0 }
    }
  }
}
