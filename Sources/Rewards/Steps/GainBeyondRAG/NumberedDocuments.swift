internal import Retrieval

/// A document as an agent reads it: `Doc 2(Title: "…") …`.
public struct NumberedDocument: Sendable, Hashable, Codable {
  /// Its number in its block, from 1.
  public let number: Int
  /// Its title, without quotes.
  public let title: String
  /// Its text.
  public let text: String

  /// A document.
  public init(number: Int, title: String, text: String) {
    self.number = number
    self.title = title
    self.text = text
  }

  /// The documents in a block of text, in order.
  ///
  ///     Doc 1(Title: "Ada (programmer)") Born in London.
  ///     Doc 2(Title: Babbage) Built engines.
  ///
  /// A title in quotes ends with a quote and a bracket, another with a bracket, on the same line. A
  /// document runs to the next one's head. Case and blanks don't matter in a head.
  ///
  /// - Complexity: Linear in the text.
  /// - Source: Search-R1's and s3's form of retrieved passages.
  public static func reading(_ block: String) -> [NumberedDocument] {
    let heads = DocumentHeads(block)
    var titles = QuotedTitles(scalars: heads.scalars)
    return heads.documents { titles.title(from: $1) }
  }
}

/// The places in a block where a document begins.
struct DocumentHeads {
  typealias Scalars = [Unicode.Scalar]

  struct Head {
    let start: Int
    let number: Int
    /// Where the title's blanks, quote and words begin.
    let title: Int
  }

  let scalars: Scalars
  private(set) var heads: [Head] = []

  init(_ block: String) {
    scalars = Array(block.unicodeScalars)
    heads = scalars.indices.compactMap(head)
  }

  /// The documents, with titles that end where a rule says.
  ///
  /// The rule returns the title's range and where the document's text begins, or `nil` for no
  /// document. It sees ascending positions.
  func documents(
    titled rule: (Scalars, _ start: Int) -> (title: Range<Int>, end: Int)?
  ) -> [NumberedDocument] {
    var result: [NumberedDocument] = []
    var index = 0
    while index < heads.count {
      let head = heads[index]
      index += 1
      guard let (title, end) = rule(scalars, head.title) else { continue }
      while index < heads.count, heads[index].start < end { index += 1 }
      let next = index < heads.count ? heads[index].start : scalars.count
      result.append(
        NumberedDocument(
          number: head.number, title: string(title).trimmingBlanks,
          text: string(end..<next).trimmingBlanks))
    }
    return result
  }

  private func string(_ range: Range<Int>) -> String {
    String(String.UnicodeScalarView(scalars[range]))
  }

  /// The head at a position: `Doc 1 ( Title :`.
  private func head(at start: Int) -> Head? {
    var index = start
    guard word("doc", &index) else { return nil }
    blanks(&index)
    var number = 0
    let digits = index
    while index < scalars.count, let digit = digit(scalars[index]) {
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      guard !overflow, tens <= Int.max - digit else { return nil }
      number = tens + digit
      index += 1
    }
    guard index > digits else { return nil }
    blanks(&index)
    guard word("(", &index) else { return nil }
    blanks(&index)
    guard word("title", &index) else { return nil }
    blanks(&index)
    guard word(":", &index) else { return nil }
    return Head(start: start, number: number, title: index)
  }

  private func digit(_ scalar: Unicode.Scalar) -> Int? {
    ("0"..."9").contains(scalar) ? Int(scalar.value - 0x30) : nil
  }

  private func blanks(_ index: inout Int) {
    while index < scalars.count, scalars[index].isBlank { index += 1 }
  }

  private func word(_ word: String, _ index: inout Int) -> Bool {
    var position = index
    for wanted in word.unicodeScalars {
      guard position < scalars.count else { return false }
      let scalar = scalars[position]
      let isCapital = ("A"..."Z").contains(scalar)
      guard scalar.value + (isCapital ? 0x20 : 0) == wanted.value else { return false }
      position += 1
    }
    index = position
    return true
  }
}

/// Titles that end with a quote and a bracket if they began with a quote, else with a bracket, on
/// their line.
///
/// Asked for ascending places, since ends are looked for once.
private struct QuotedTitles {
  let scalars: DocumentHeads.Scalars
  private var (lineEnd, bracket, quotedBracket) = (-1, -1, -1)

  init(scalars: DocumentHeads.Scalars) { self.scalars = scalars }

  mutating func title(from start: Int) -> (title: Range<Int>, end: Int)? {
    var start = start
    while start < scalars.count, scalars[start].isBlank, scalars[start] != "\n" { start += 1 }
    let isQuoted = start < scalars.count && scalars[start] == "\""
    if isQuoted { start += 1 }
    lineEnd = place(from: max(lineEnd, start)) { scalars[$0] == "\n" }
    if isQuoted {
      quotedBracket = place(from: max(quotedBracket, start)) {
        scalars[$0] == "\"" && $0 + 1 < scalars.count && scalars[$0 + 1] == ")"
      }
      return quotedBracket < lineEnd ? (start..<quotedBracket, quotedBracket + 2) : nil
    }
    bracket = place(from: max(bracket, start)) { scalars[$0] == ")" }
    return bracket < lineEnd ? (start..<bracket, bracket + 1) : nil
  }

  /// The first place at or after `start` of which something is true, or the end.
  private func place(from start: Int, where isFound: (Int) -> Bool) -> Int {
    var place = start
    while place < scalars.count, !isFound(place) { place += 1 }
    return place
  }
}
