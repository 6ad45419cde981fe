public import RandomStreams
internal import Retrieval

/// A judge that compares words: offline, deterministic, and as shallow as that.
///
/// A name is mentioned when its words stand in a text side by side, in lower case and stemmed. A
/// statement is supported when one window of the evidence, two neighbouring sentences under their
/// page's title, mentions every name of the statement and holds at least ``relationShare`` of its
/// other words' weight; only the windows that BM25 ranks highest for the statement are looked at.
///
///     share = Σ idf(word) over the words found / Σ idf(word) over all words
///
/// It does not read: it takes "Ada was not born in London" for support of "Ada was born in London",
/// misses a paraphrase, and can't tell who did what to whom. It knows no world: names have to come
/// with the question. Use it in tests and in worlds that are written by templates; use a model
/// elsewhere. The guide says how often it errs.
public struct LexicalJudge: Judge {
  /// The share of a relation's words that has to be found, in 0…1.
  public let relationShare: Double
  /// How many windows are looked at for each statement, at least 1.
  public let windowLimit: Int

  /// A lexical judge.
  ///
  /// - Precondition: `relationShare` is in 0…1 and `windowLimit` is at least 1.
  public init(relationShare: Double = 0.6, windowLimit: Int = 8) {
    precondition(
      (0...1).contains(relationShare), "relationShare must be in 0…1, got \(relationShare)")
    precondition(windowLimit >= 1, "windowLimit must be at least 1, got \(windowLimit)")
    self.relationShare = relationShare
    self.windowLimit = windowLimit
  }

  /// The settings that replies depend on.
  public var identity: String { "lexical 1, share \(relationShare), windows \(windowLimit)" }

  /// A reply in the form that the question's contract asks for.
  ///
  /// - Throws: ``JudgeRefusal`` for questions that words alone don't answer.
  public func reply(to question: some JudgeQuestion, stream: RandomStream) throws -> String {
    guard let question = question as? any LexicallyAnswerable else {
      throw JudgeRefusal("a lexical judge can't answer \(question.contract)")
    }
    return try question.reply(by: self)
  }

  func words(in text: String) -> LexicalWords { LexicalWords(text) }

  func windows(of evidence: String) -> EvidenceWindows {
    EvidenceWindows(evidence, relationShare: relationShare, limit: windowLimit)
  }
}

/// A question that a comparison of words can answer.
protocol LexicallyAnswerable: JudgeQuestion {
  /// A reply that ``JudgeQuestion/answer(in:)`` can read.
  func reply(by judge: LexicalJudge) throws(JudgeRefusal) -> String
}

/// The words of a text in comparable form, in order.
struct LexicalWords {
  static let analyzer = TextAnalyzer(minimumLength: 1, stemming: .snowballEnglish)

  let words: [String]
  private let places: [String: [Int]]

  init(_ text: String) {
    words = Self.analyzer.terms(in: text)
    var places: [String: [Int]] = [:]
    for (place, word) in words.enumerated() { places[word, default: []].append(place) }
    self.places = places
  }

  /// Whether a word occurs.
  func contains(word: String) -> Bool { places[word] != nil }

  /// Whether the words of a phrase stand side by side; an empty phrase does not.
  func contains(_ phrase: String) -> Bool {
    contains(words: Self.analyzer.terms(in: phrase))
  }

  /// Whether words stand side by side.
  func contains(words phrase: [String]) -> Bool {
    guard let first = phrase.first else { return false }
    return (places[first] ?? []).contains { place in
      place + phrase.count <= words.count
        && zip(phrase, words[place...]).allSatisfy { $0 == $1 }
    }
  }
}
