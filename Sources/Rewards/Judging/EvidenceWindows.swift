internal import Retrieval

/// Evidence cut into windows of two neighbouring sentences, each under its page's title.
struct EvidenceWindows {
  private let windows: [LexicalWords]
  private let index: BM25Index?
  private let weights: [String: Double]
  private let relationShare: Double
  private let limit: Int

  init(_ evidence: String, relationShare: Double, limit: Int) {
    self.relationShare = relationShare
    self.limit = limit
    let texts = Self.texts(of: evidence)
    windows = texts.map(LexicalWords.init)
    index = try? BM25Index(
      texts.enumerated().map { Document(id: String($0), title: "", text: $1) }, analyzer: .english)
    var counts: [String: Int] = [:]
    for window in windows {
      for word in Set(window.words) { counts[word, default: 0] += 1 }
    }
    // A word that stands everywhere tells least, one that stands nowhere most.
    let all = Double(windows.count)
    weights = counts.mapValues { 1 / (1 + Double($0) / max(all, 1)) }
  }

  /// Whether a window supports a statement that names these.
  func support(_ statement: String, naming names: [String]) -> Bool {
    let names = names.map(LexicalWords.analyzer.terms)
    guard names.allSatisfy({ !$0.isEmpty }), let index else { return false }
    let named = Set(names.joined())
    let stopWords = EnglishStopWords.lucene
    let relation = Set(
      LexicalWords.analyzer.terms(in: statement).filter {
        !named.contains($0) && !stopWords.contains($0)
      })
    let total = relation.reduce(0) { $0 + weight(of: $1) }
    guard total > 0 || !names.isEmpty else { return false }

    return index.search(statement, limit: limit).contains { hit in
      guard let number = Int(hit.document.id) else { return false }
      let window = windows[number]
      guard names.allSatisfy({ window.contains(words: $0) }) else { return false }
      let found = relation.filter(window.contains(word:)).reduce(0) { $0 + weight(of: $1) }
      return total == 0 || found >= relationShare * total
    }
  }

  private func weight(of word: String) -> Double { weights[word] ?? 1 }

  /// Two neighbouring sentences each, with the title of their page before them.
  private static func texts(of evidence: String) -> [String] {
    var texts: [String] = []
    var title = ""
    var previous: String?
    for line in evidence.unicodeScalars.split(separator: "\n") {
      let line = String(String.UnicodeScalarView(line))
      if line.hasPrefix("[Webpage ") || line.hasPrefix("URL Source: ") {
        (title, previous) = ("", nil)
      } else if line.hasPrefix("Title: ") {
        title = String(line.dropFirst("Title: ".count))
      } else {
        for sentence in sentences(of: line) {
          texts.append([title, previous ?? "", sentence].joined(separator: ". "))
          previous = sentence
        }
      }
    }
    return texts
  }

  /// A sentence ends at a stop, a question mark or an exclamation mark that a blank follows.
  private static func sentences(of line: String) -> [String] {
    var sentences: [String] = []
    var sentence = String.UnicodeScalarView()
    var ends = false
    for scalar in line.unicodeScalars {
      if ends, scalar.isBlank {
        sentences.append(String(sentence))
        sentence = String.UnicodeScalarView()
      }
      ends = scalar == "." || scalar == "?" || scalar == "!"
      sentence.append(scalar)
    }
    if !sentence.isEmpty { sentences.append(String(sentence)) }
    return sentences
  }
}
