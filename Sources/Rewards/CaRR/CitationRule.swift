internal import Retrieval

/// How citations are recognised in a report.
///
///     … was founded in Lyon [[1](https://a.org/p),[2](https://b.org/q)].
///
/// A citation is a number in square brackets followed by a source in round ones, and then by `]` or
/// `,`: the form of a list in square brackets. The source begins with one of the ``prefixes``, holds
/// no blank unless it may, and its round brackets are paired. A leading `view-source:` and the addresses of a
/// reading proxy are taken off. Takes time proportional to the text.
///
/// - Source: CaRR, deepsearch_rm_with_rubrics/launch_server.py.
/// - Differs: see ``released``.
public struct CitationRule: Sendable, Hashable {
  enum Ending: Sendable, Hashable {
    /// At the bracket that pairs, if `]` or `,` follows it.
    case paired
    /// At the first closing bracket in the line that `]` or `,` follows.
    case firstListed
  }

  /// What a source begins with.
  public var prefixes: [String]
  /// Only so many sources are looked at, those that the agent never saw not counted.
  public var sourceLimit: Int
  /// Whether a source may hold spaces, as titles do; no source ever holds another blank.
  public var allowsSpaces: Bool
  var ending = Ending.paired

  /// A rule.
  ///
  /// - Precondition: there is a prefix, none is empty, and `sourceLimit` is not negative.
  public init(
    prefixes: [String] = ["https://", "http://"], sourceLimit: Int = 20, allowsSpaces: Bool = false
  ) {
    precondition(
      !prefixes.isEmpty && prefixes.allSatisfy { !$0.isEmpty }, "a citation needs a prefix")
    precondition(sourceLimit >= 0, "sourceLimit must not be negative, got \(sourceLimit)")
    self.prefixes = prefixes
    self.sourceLimit = sourceLimit
    self.allowsSpaces = allowsSpaces
  }

  /// Web addresses, twenty of them.
  public static let standard = CitationRule()

  /// The longest source, in bytes.
  static let longestSource = 4096

  /// The sources that a text cites, in the order of their first citation, each once.
  public func sources(citedIn text: String) -> [String] {
    var scanner = CitationScanner(bytes: Array(text.utf8), rule: self)
    var seen = Set<[UInt8]>()
    var sources: [String] = []
    while let range = scanner.nextSource() {
      let source = Self.withoutProxies(scanner.bytes[range])
      if seen.insert(source).inserted { sources.append(String(decoding: source, as: UTF8.self)) }
    }
    return sources
  }

  private static let proxies = ["https://r.jina.ai/", "http://r.jina.ai/", "view-source:"]
    .map { Array($0.utf8) }

  private static func withoutProxies(_ source: ArraySlice<UInt8>) -> [UInt8] {
    proxies.reduce(Array(source)) { $0.removingAll($1) }
  }
}

/// Walks from citation to citation.
private struct CitationScanner {
  let bytes: [UInt8]
  private let prefixes: [[UInt8]]
  private let ending: CitationRule.Ending
  private var position = 0
  /// The first place at or after `position` where a listed citation may end; `nil` when unknown.
  private var listedEnd: Int?
  /// Where the round bracket of each citation is closed, by where it is opened.
  private let closings: [Int: Int]

  init(bytes: [UInt8], rule: CitationRule) {
    self.bytes = bytes
    prefixes = rule.prefixes.map { Array($0.utf8) }
    ending = rule.ending
    closings = ending == .paired ? Self.closings(in: bytes, acrossSpaces: rule.allowsSpaces) : [:]
  }

  mutating func nextSource() -> Range<Int>? {
    while position < bytes.count {
      guard bytes[position] == UInt8(ascii: "["),
        let (open, start) = sourceStart(after: position)
      else {
        position += 1
        continue
      }
      let end = ending == .paired ? pairedEnd(of: open, from: start) : listedEnd(from: start)
      guard let end else {
        position += 1
        continue
      }
      position = end + 2
      return start..<end
    }
    return nil
  }

  /// Where the round bracket is opened and where the source begins, if a citation begins at a square
  /// bracket.
  private func sourceStart(after bracket: Int) -> (open: Int, start: Int)? {
    var index = bracket + 1
    while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
    guard index > bracket + 1, bytes.continues(with: [0x5D, 0x28], at: index) else { return nil }
    let open = index + 1
    index += 2
    let viewing = Array("view-source:".utf8)
    if bytes.continues(with: viewing, at: index) { index += viewing.count }
    let begins = prefixes.contains {
      bytes.continues(with: $0, at: index) && index + $0.count < bytes.count
    }
    return begins ? (open, index) : nil
  }

  private func pairedEnd(of open: Int, from start: Int) -> Int? {
    guard let end = closings[open], end - start < CitationRule.longestSource, isListMark(end + 1)
    else { return nil }
    return end
  }

  /// Where each round bracket that follows a square one is closed; blanks part what is paired.
  private static func closings(in bytes: [UInt8], acrossSpaces: Bool) -> [Int: Int] {
    var closings: [Int: Int] = [:]
    var open: [Int] = []
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "("): open.append(index)
      case UInt8(ascii: ")"):
        guard let start = open.popLast(), start > 0, bytes[start - 1] == UInt8(ascii: "]") else {
          continue
        }
        closings[start] = index
      case 0x20 where acrossSpaces: continue
      case 0...0x20, 0x7F: open.removeAll(keepingCapacity: true)
      default: continue
      }
    }
    return closings
  }

  /// The end is the same for all citations that begin before it, so it is looked for once.
  private mutating func listedEnd(from start: Int) -> Int? {
    if let known = listedEnd, known > start { return isEnd(known) ? known : nil }
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\n"), !isEnd(index) { index += 1 }
    listedEnd = index
    return isEnd(index) ? index : nil
  }

  private func isEnd(_ index: Int) -> Bool {
    index < bytes.count && bytes[index] == UInt8(ascii: ")") && isListMark(index + 1)
  }

  private func isListMark(_ index: Int) -> Bool {
    index < bytes.count && (bytes[index] == UInt8(ascii: "]") || bytes[index] == UInt8(ascii: ","))
  }
}
