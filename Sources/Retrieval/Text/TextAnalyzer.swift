/// Cuts text into the terms that an index counts.
///
///     terms(text) = [ stem(w) : w in words(lowercase(text)), w is no stop word ]
///
/// A word is a longest run of letters, numbers and underscores (any script, Unicode scalars, no
/// normalisation) of at least ``minimumLength`` scalars. An analyzer is a value: an index and its
/// queries are cut by the same one.
///
/// Takes time proportional to the text.
public struct TextAnalyzer: Sendable, Hashable {
  /// Whether words are compared in lower case.
  public var lowercases: Bool
  /// Words of fewer scalars are dropped: 2 is the regular expression `\w\w+`, 1 is `\w+`.
  public var minimumLength: Int
  /// Words that are dropped, compared after lower-casing and before stemming.
  public var stopWords: Set<String>
  /// How words are reduced to stems.
  public var stemming: Stemming

  /// An analyzer.
  ///
  /// - Precondition: `minimumLength` is at least 1.
  public init(
    lowercases: Bool = true, minimumLength: Int = 2, stopWords: Set<String> = [],
    stemming: Stemming = .none
  ) {
    precondition(minimumLength >= 1, "minimumLength must be at least 1, got \(minimumLength)")
    self.lowercases = lowercases
    self.minimumLength = minimumLength
    self.stopWords = stopWords
    self.stemming = stemming
  }

  /// Lower case, words of two scalars and more, Lucene's English stop words, no stemming.
  public static let standard = TextAnalyzer(stopWords: EnglishStopWords.lucene)

  /// As ``standard``, with words reduced by the Snowball English stemmer.
  public static let english = TextAnalyzer(
    stopWords: EnglishStopWords.lucene, stemming: .snowballEnglish)

  /// Lower case, every word however short, nothing dropped.
  public static let unigrams = TextAnalyzer(minimumLength: 1)

  /// The terms of a text, in order, repeated as often as they occur; none for an empty text.
  public func terms(in text: String) -> [String] {
    let words = words(in: text)
    return stemming == .none ? words : words.map(stemming.stem)
  }

  /// The words of a text that are not dropped, before stemming.
  func words(in text: String) -> [String] {
    var result: [String] = []
    let scalars = (lowercases ? text.lowercasedByScalar : text).unicodeScalars
    var start: String.Index?
    var length = 0
    for index in scalars.indices {
      if scalars[index].isWord {
        if start == nil { start = index }
        length += 1
      } else if let first = start {
        appendWord(scalars[first..<index], length: length, to: &result)
        start = nil
        length = 0
      }
    }
    if let first = start {
      appendWord(scalars[first...], length: length, to: &result)
    }
    return result
  }

  private func appendWord(
    _ scalars: Substring.UnicodeScalarView, length: Int, to words: inout [String]
  ) {
    guard length >= minimumLength else { return }
    let word = String(String.UnicodeScalarView(scalars))
    guard !stopWords.contains(word) else { return }
    words.append(word)
  }
}

/// How words are reduced to stems.
public enum Stemming: String, Sendable, Hashable, Codable, CaseIterable {
  /// Words stay as they are.
  case none
  /// The English stemmer of the Snowball project (Porter2).
  case snowballEnglish

  /// The stem of a word in lower case.
  public func stem(_ word: String) -> String {
    switch self {
    case .none: word
    case .snowballEnglish: SnowballEnglish.stem(word)
    }
  }
}

/// Lists of English words that carry no topic.
public enum EnglishStopWords {
  /// The 33 words of Lucene's English analyzer.
  public static let lucene: Set<String> = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it",
    "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they",
    "this", "to", "was", "will", "with",
  ]
}
