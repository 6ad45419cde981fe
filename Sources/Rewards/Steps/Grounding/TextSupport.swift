internal import Retrieval

/// Tells which statements passages support.
///
/// A language model, an entailment model, or ``lexical(share:)``.
public struct TextSupport: Sendable {
  private typealias Check =
    @Sendable (_ statements: [String], _ passages: [String]) async throws -> Verdict<[Bool]>

  private enum Way: Sendable {
    case words(share: Double)
    case asking(Check)
  }

  private let way: Way

  /// A check from a function that tells for each statement whether the passages, taken together,
  /// support it.
  public init(
    _ check:
      @escaping @Sendable (
        _ statements: [String], _ passages: [String]
      ) async throws -> Verdict<[Bool]>
  ) {
    way = .asking(check)
  }

  private init(_ way: Way) { self.way = way }

  /// A statement is supported when at least a share of its words occurs in the passages.
  ///
  /// Offline and deterministic. Words are compared after normalization; articles don't count, and a
  /// statement without words is not supported. It sees words and not what they say: a statement that
  /// a passage denies in the same words passes, a paraphrase fails.
  ///
  /// - Precondition: `share` is in 0…1 and not 0.
  public static func lexical(share: Double = 0.8) -> TextSupport {
    precondition(share > 0 && share <= 1, "the share of words must be in 0…1, got \(share)")
    return TextSupport(.words(share: share))
  }

  /// Whether each statement is supported; missing where the function returned another count.
  public func callAsFunction(
    _ statements: [String], by passages: [String]
  ) async throws -> Verdict<[Bool]> {
    var documents = SupportingDocuments(passages, support: self)
    return try await documents.support(statements, with: Array(passages.indices))
  }

  /// Whether each statement is supported by passages that were read before.
  fileprivate func verdicts(
    on statements: [String], texts: [String], words: [PassageWords]
  ) async throws -> Verdict<[Bool]> {
    switch way {
    case .words(let share):
      return .answered(
        statements.map { PassageWords.holdWords(of: $0, share: share, in: words) })
    case .asking(let check):
      let verdict = try await check(statements, texts)
      if let answer = verdict.answer, answer.count != statements.count {
        return .missing(
          reason: "\(answer.count) verdicts came for \(statements.count) statements")
      }
      return verdict
    }
  }

  /// Whether passages are compared by their words.
  fileprivate var readsWords: Bool {
    if case .words = way { true } else { false }
  }
}

/// Documents that statements rest on, each read once however many statements name it.
struct SupportingDocuments {
  private let texts: [String]
  private let check: TextSupport
  private var words: [Int: PassageWords] = [:]

  init(_ texts: [String], support: TextSupport) {
    self.texts = texts
    check = support
  }

  /// Whether some of the documents, by their places, support each statement.
  mutating func support(
    _ statements: [String], with places: [Int]
  ) async throws -> Verdict<[Bool]> {
    if check.readsWords {
      for place in places where words[place] == nil { words[place] = PassageWords(texts[place]) }
    }
    return try await check.verdicts(
      on: statements, texts: places.map { texts[$0] }, words: places.compactMap { words[$0] })
  }
}

/// The words of a passage in comparable form.
private struct PassageWords {
  private let words: Set<ArraySlice<UInt8>>

  init(_ text: String) { words = Set(AnswerNormalization.standard.comparable(text).words) }

  /// Whether at least a share of a statement's words occurs in any of the passages; a statement
  /// without words does not.
  static func holdWords(
    of statement: String, share: Double, in passages: [PassageWords]
  ) -> Bool {
    let words = AnswerNormalization.standard.comparable(statement).words
    let found = words.count { word in passages.contains { $0.words.contains(word) } }
    return !words.isEmpty && Double(found) >= share * Double(words.count)
  }
}
