internal import Retrieval

/// A statement of an answer with the sources that it names.
///
///     <cite id="a1,b2">Bront Works sits in Velmora.</cite>
public struct CitedClaim: Sendable, Hashable, Codable {
  /// The statement.
  public let text: String
  /// The names of its sources, in order, each once; empty for text outside any citation.
  public let sources: [String]

  /// A claim.
  public init(text: String, sources: [String] = []) {
    self.text = text
    self.sources = sources
  }
}

/// An answer that cites, read as claims.
///
/// A citation is `<cite id=…>text</cite>`: the name is quoted on both sides alike or not at all,
/// several are joined by commas, and the text holds no tag. Whatever does not have that form is
/// text. Reading takes time proportional to the text, whatever tags it is stuffed with.
///
/// - Source: DR Tulu, open_instruct/search_rewards/utils/citation_utils.py.
public enum CitedText {
  /// How text outside citations is cut into claims.
  public enum Cutting: String, Sendable, Hashable, Codable, CaseIterable {
    /// What stands between two citations is one claim.
    case none
    /// Each line is one.
    case lines
    /// Each line and each sentence is one; sentences end at `.`, `!` and `?`.
    case sentences
  }

  /// The claims of an answer: first those without a source, then the cited ones.
  ///
  /// Blanks at both ends are taken off and empty claims left out. A text that occurs several times
  /// is one claim with all sources it was given.
  ///
  /// - Differs: the original keeps only the last of several names in one tag, and for a repeated
  ///   text only the last tag.
  public static func claims(in answer: String, cutting: Cutting = .none) -> [CitedClaim] {
    var claims = OrderedClaims()
    let (plain, cited) = parts(of: answer)
    for text in plain.flatMap(cutting.pieces) { claims.add(text, []) }
    for citation in cited { claims.add(citation.text, citation.names) }
    return claims.all
  }

  /// Whether a text holds a citation.
  public static func holdsCitation(_ text: String) -> Bool {
    var scanner = MarkupScanner(text)
    return !scanner.citations(limit: 1).isEmpty
  }

  /// What stands outside citations, and the citations.
  static func parts(
    of answer: String, strictQuotes: Bool = true
  ) -> (plain: [String], cited: [(text: String, names: [String])]) {
    var scanner = MarkupScanner(answer)
    let citations = scanner.citations(strictQuotes: strictQuotes)
    var plain: [String] = []
    var position = 0
    for citation in citations {
      plain.append(scanner.text(position..<citation.whole.lowerBound))
      position = citation.whole.upperBound
    }
    plain.append(scanner.text(position..<scanner.bytes.count))
    let cited = citations.map { citation in
      let names = scanner.text(citation.name).split(separator: ",").map(String.init)
      return (scanner.trimmed(citation.content), names)
    }
    return (plain, cited)
  }

  /// Claims in the order in which their texts first came.
  private struct OrderedClaims {
    private(set) var texts: [String] = []
    private var sources: [[[UInt8]]] = []
    private var known: [Set<[UInt8]>] = []
    private var places: [[UInt8]: Int] = [:]

    mutating func add(_ text: String, _ names: [String]) {
      let text = text.trimmingBlanks
      guard !text.isEmpty else { return }
      let place = places[Array(text.utf8)] ?? texts.count
      if place == texts.count {
        places[Array(text.utf8)] = place
        texts.append(text)
        sources.append([])
        known.append([])
      }
      for name in names.lazy.map({ Array($0.trimmingBlanks.utf8) })
      where !name.isEmpty && known[place].insert(name).inserted {
        sources[place].append(name)
      }
    }

    var all: [CitedClaim] {
      zip(texts, sources).map { text, names in
        CitedClaim(text: text, sources: names.map { String(decoding: $0, as: UTF8.self) })
      }
    }
  }
}

extension CitedText.Cutting {
  /// The pieces of a text outside citations.
  func pieces(of text: String) -> [String] {
    switch self {
    case .none: [text]
    case .lines: text.unicodeScalars.split(separator: "\n").map { String($0) }
    case .sentences:
      text.unicodeScalars.split { $0 == "\n" || $0 == "." || $0 == "!" || $0 == "?" }
        .map { String($0) }
    }
  }
}

extension MarkupScanner {
  /// A citation's places in the text.
  struct Citation {
    let whole: Range<Int>
    let name: Range<Int>
    let content: Range<Int>
  }

  /// All citations, left to right.
  mutating func citations(strictQuotes: Bool = true, limit: Int = .max) -> [Citation] {
    let (open, close) = (Array("<cite id=".utf8), Array("</cite>".utf8))
    var result: [Citation] = []
    var position = 0
    // Where the last tag ended and the text behind it, which many openings may share.
    var (end, content): (Int, Range<Int>?) = (-1, nil)
    while result.count < limit, let opening = range(of: open, from: position) {
      position = opening.upperBound
      guard let attribute = attribute(at: position, strictQuotes: strictQuotes) else { continue }
      if attribute.end != end {
        end = attribute.end
        content = index(of: UInt8(ascii: "<"), from: end).flatMap {
          $0 > end && has(close, at: $0) ? end..<$0 : nil
        }
      }
      guard let content else { continue }
      position = content.upperBound + close.count
      result.append(
        Citation(
          whole: opening.lowerBound..<position, name: measured(attribute).value, content: content))
    }
    return result
  }
}
