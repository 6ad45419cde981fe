internal import Retrieval

/// A reference to a source in what an agent wrote.
public struct Citation: Sendable, Hashable {
  /// What is cited: a web address or an identifier.
  public let source: String
  /// What it is cited for.
  public let claim: String
  /// Which sentence of the text it stands in, from 0.
  public let sentence: Int
}

/// How citations are written.
///
///     markdown   The bridge opened in 1932 [1](https://example.org/bridge).
///     tags       <cite id="a,b">The bridge opened in 1932.</cite>
///
/// A link's claim is what precedes it in its sentence since the last citation, or the claim of the
/// citation right before it. A link is one with an address that starts with `http`. Reading takes
/// time proportional to the text, whatever the text is.
public struct CitationReader: Sendable, Hashable, Codable {
  /// Whether links with addresses are citations.
  public var readsLinks: Bool
  /// Whether `cite` tags are citations.
  public var readsTags: Bool

  /// A reader.
  public init(readsLinks: Bool = true, readsTags: Bool = true) {
    self.readsLinks = readsLinks
    self.readsTags = readsTags
  }

  /// All citations of a text, in order; one for each identifier of a tag.
  public func citations(in text: String) -> [Citation] {
    citations(in: Array(text.utf8)[...])
  }

  func citations(in text: ArraySlice<UInt8>) -> [Citation] {
    var scan = CitationScan(text: text)
    while scan.position < text.endIndex {
      switch text[scan.position] {
      case UInt8(ascii: "[") where readsLinks && scan.takeLink(): continue
      case UInt8(ascii: "<") where readsTags && scan.takeTag(): continue
      case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), 0x0A: scan.endSentence()
      default: scan.position += 1
      }
    }
    return scan.citations
  }
}

/// One pass over a text.
private struct CitationScan {
  let text: ArraySlice<UInt8>
  var position: Int
  var citations: [Citation] = []
  private var sentence = 0
  private var claimStart: Int
  private var claim: ArraySlice<UInt8> = [] {
    didSet { claimText = nil }
  }
  /// The claim's text, which all its citations share.
  private var claimText: String?
  private var claimSentence = 0
  private var sentenceHasWords = false
  private var closingTagsAreLeft = true
  /// The first place, at or after the last one looked from, where an address ends.
  private var addressEnd = 0

  private static let longestLabel = 256
  private static let longestAddress = 2048
  private static let open = [UInt8](mark: "<cite ")
  private static let close = [UInt8](mark: "</cite>")

  init(text: ArraySlice<UInt8>) {
    self.text = text
    position = text.startIndex
    claimStart = text.startIndex
  }

  /// Goes past a mark; a sentence ends there if a blank or nothing follows.
  mutating func endSentence() {
    position += 1
    let next = position < text.endIndex ? text[position] : 0x20
    guard text[position - 1] == 0x0A || next == 0x20 || next == 0x0A || next == 0x0D else { return }
    // A citation may still follow the full stop: its claim is this sentence.
    takeClaim()
    if sentenceHasWords { sentence += 1 }
    sentenceHasWords = false
    claimStart = position
  }

  /// Takes `[label](http…)`, or leaves the position as it is.
  mutating func takeLink() -> Bool {
    let label = text[(position + 1)...].prefix(Self.longestLabel).prefix {
      $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: "[") && $0 != 0x0A
    }
    guard label.endIndex + 1 < text.endIndex, text[label.endIndex] == UInt8(ascii: "]"),
      text[label.endIndex + 1] == UInt8(ascii: "(")
    else { return false }
    guard let address = address(from: label.endIndex + 2), address.starts(with: "http".utf8) else {
      return false
    }
    takeClaim()
    note(address)
    position = address.endIndex + 1
    claimStart = position
    return true
  }

  /// What stands up to the next closing bracket, if there is no blank before it.
  ///
  /// The end is the same for all addresses that begin before it, so it is looked for once.
  private mutating func address(from start: Int) -> ArraySlice<UInt8>? {
    if addressEnd < start {
      addressEnd =
        text[start...].firstIndex { $0 == UInt8(ascii: ")") || $0 <= 0x20 } ?? text.endIndex
    }
    guard addressEnd < text.endIndex, text[addressEnd] == UInt8(ascii: ")"),
      addressEnd - start <= Self.longestAddress
    else { return nil }
    return text[start..<addressEnd]
  }

  /// Takes `<cite id="…">…</cite>`, or leaves the position as it is.
  mutating func takeTag() -> Bool {
    guard closingTagsAreLeft, text[position...].starts(with: Self.open) else { return false }
    let attributes = text[(position + Self.open.count)...].prefix(Self.longestAddress).prefix {
      $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "<")
    }
    guard attributes.endIndex < text.endIndex, text[attributes.endIndex] == UInt8(ascii: ">"),
      let identifiers = attributes.attribute("id")
    else { return false }
    guard let end = text.range(of: Self.close, from: attributes.endIndex) else {
      closingTagsAreLeft = false
      return false
    }
    claim = text[(attributes.endIndex + 1)..<end.lowerBound].trimmingBlanks
    claimSentence = sentence
    sentenceHasWords = true
    for identifier in identifiers.split(separator: UInt8(ascii: ",")) {
      note(identifier.trimmingBlanks)
    }
    position = end.upperBound
    claimStart = position
    return true
  }

  /// Takes the words since the last citation or sentence as the claim, if there are any.
  private mutating func takeClaim() {
    let words = text[claimStart..<position]
    guard words.contains(where: { $0 >= 0x80 || Unicode.Scalar($0).isWord }) else { return }
    claim = words.trimmingBlanks
    claimSentence = sentence
    sentenceHasWords = true
  }

  private mutating func note(_ source: ArraySlice<UInt8>) {
    guard !source.isEmpty else { return }
    let claim = claimText ?? claim.string
    claimText = claim
    citations.append(Citation(source: source.string, claim: claim, sentence: claimSentence))
  }
}

extension ArraySlice<UInt8> {
  /// The value of an attribute, between its quotes or up to the next blank.
  func attribute(_ name: String) -> ArraySlice<UInt8>? {
    guard let found = range(of: [UInt8](mark: "\(name)=")) else { return nil }
    let value = self[found.upperBound...]
    guard let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      return value.prefix { $0 > 0x20 }
    }
    return value.dropFirst().prefix { $0 != quote }
  }
}
