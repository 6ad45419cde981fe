internal import Retrieval

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A handful of texts as TF-IDF vectors of length 1, fitted on nothing but themselves.
///
///     weight(t, d) = count(t, d) · (ln((1 + N) / (1 + df(t))) + 1), then divided by its length
///
/// `N` is the number of texts and `df(t)` in how many of them the term occurs. Terms are words of
/// two scalars and more in lower case. A text without terms is the zero vector.
///
/// - Source: scikit-learn's `TfidfVectorizer` with its default settings.
package struct TermVectors: Sendable {
  /// How often each term occurs in a text.
  package typealias Counts = [String: Int]

  private struct Entry: Sendable {
    let term: Int
    let weight: Double
  }

  private let vectors: [[Entry]]

  /// The terms of a text, counted.
  package static func counts(of text: String) -> Counts {
    analyzer.terms(in: text).reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  private static let analyzer = TextAnalyzer(minimumLength: 2)

  /// Vectors of texts; `nil` when no text has a term.
  package init?(_ texts: [String]) { self.init(counts: texts.map(Self.counts)) }

  /// Vectors of counted texts; `nil` when no text has a term.
  ///
  /// Takes time proportional to the number of distinct terms of all texts, but for sorting them.
  package init?(counts: [Counts]) {
    var frequencies: [String: Int] = [:]
    for text in counts {
      for term in text.keys { frequencies[term, default: 0] += 1 }
    }
    guard !frequencies.isEmpty else { return nil }
    var numbers: [String: Int] = [:]
    for (number, term) in frequencies.keys.sorted().enumerated() { numbers[term] = number }
    let total = Double(1 + counts.count)
    vectors = counts.map { text in
      let entries = text.map { term, count in
        let rarity = log(total / Double(1 + frequencies[term, default: 0])) + 1
        return Entry(term: numbers[term, default: 0], weight: Double(count) * rarity)
      }.sorted { $0.term < $1.term }
      let length = entries.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot()
      return entries.map { Entry(term: $0.term, weight: $0.weight / length) }
    }
  }

  /// The cosine of the angle between two texts, in 0…1; 0 when one has no terms.
  package func cosine(_ first: Int, _ second: Int) -> Double {
    var sum = 0.0
    var rest = vectors[second][...]
    for entry in vectors[first] {
      while let other = rest.first, other.term < entry.term { rest.removeFirst() }
      if let other = rest.first, other.term == entry.term { sum += entry.weight * other.weight }
    }
    return min(sum, 1)
  }
}
