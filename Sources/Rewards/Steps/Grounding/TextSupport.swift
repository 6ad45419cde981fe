internal import Retrieval

/// Tells which statements passages support.
///
/// A language model, an entailment model, or ``lexical(share:)``.
public struct TextSupport: Sendable {
  private let check:
    @Sendable (_ statements: [String], _ passages: [String]) async throws -> Verdict<[Bool]>

  /// A check from a function that tells for each statement whether the passages, taken together,
  /// support it.
  public init(
    _ check:
      @escaping @Sendable (
        _ statements: [String], _ passages: [String]
      ) async throws -> Verdict<[Bool]>
  ) {
    self.check = check
  }

  /// A statement is supported when at least a share of its words occurs in the passages.
  ///
  /// Offline and deterministic. Words are compared after normalization; articles don't count, and a
  /// statement without words is not supported. It sees words and not what they say: a statement that
  /// a passage denies in the same words passes, a paraphrase fails.
  ///
  /// - Precondition: `share` is in 0…1 and not 0.
  public static func lexical(share: Double = 0.8) -> TextSupport {
    precondition(share > 0 && share <= 1, "the share of words must be in 0…1, got \(share)")
    return TextSupport { statements, passages in
      let normalization = AnswerNormalization.standard
      let known = Set(passages.flatMap(normalization.tokens).map { Array($0.utf8) })
      return .answered(
        statements.map { statement in
          let words = normalization.tokens(of: statement)
          let found = words.count { known.contains(Array($0.utf8)) }
          return !words.isEmpty && Double(found) >= share * Double(words.count)
        })
    }
  }

  /// Whether each statement is supported; missing where the function returned another count.
  public func callAsFunction(
    _ statements: [String], by passages: [String]
  ) async throws -> Verdict<[Bool]> {
    let verdict = try await check(statements, passages)
    if let answer = verdict.answer, answer.count != statements.count {
      return .missing(
        reason: "\(answer.count) verdicts came for \(statements.count) statements")
    }
    return verdict
  }
}
