internal import Retrieval

/// How a world shows the texts that can be cited.
///
///     <snippet id="a1">Bront Works has its headquarters in Velmora.</snippet>
///
/// The name is the first attribute, quoted on both sides alike or not at all; more attributes may
/// follow.
///
/// - Source: DR Tulu, open_instruct/search_rewards/utils/format_utils.py.
public struct SourceMarkup: Sendable, Hashable, Codable {
  /// A tag, and the letters that its name may end with besides.
  public struct Tag: Sendable, Hashable, Codable {
    /// The name.
    public let name: String
    /// May follow the name in either tag of a pair: the plural's s.
    public let ending: String

    /// A tag.
    ///
    /// - Precondition: `name` is not empty.
    public init(_ name: String, ending: String = "") {
      precondition(!name.isEmpty, "a tag needs a name")
      self.name = name
      self.ending = ending
    }
  }

  /// The tags, in the order in which they are read.
  public var tags: [Tag]

  /// A markup.
  public init(tags: [Tag]) { self.tags = tags }

  /// `snippet`, `snippets` and `webpage`.
  public static let standard = SourceMarkup(tags: [Tag("snippet", ending: "s"), Tag("webpage")])

  /// The citable texts in a text, by name, without blanks at both ends.
  ///
  /// Of several texts of one name the last one counts, and a later tag of ``tags`` before an
  /// earlier one. Takes time proportional to the text.
  public func sources(in text: String) -> [String: String] {
    var sources: [String: String] = [:]
    for tag in tags {
      var scanner = MarkupScanner(text)
      scanner.read(tag) { sources[$0] = $1 }
    }
    return sources
  }
}

extension MarkupScanner {
  /// Calls `found` with the name and the text of each pair of a tag.
  fileprivate mutating func read(
    _ tag: SourceMarkup.Tag, found: (_ name: String, _ text: String) -> Void
  ) {
    let open = Array("<\(tag.name)".utf8)
    let close = Array("</\(tag.name)".utf8)
    let (ending, id) = (Array(tag.ending.utf8), Array("id=".utf8))
    var position = 0
    while let opening = range(of: open, from: position) {
      position = opening.upperBound
      var next = position
      if !ending.isEmpty, has(ending, at: next) { next += ending.count }
      let name = skippingBlanks(from: next)
      guard name > next, has(id, at: name), let attribute = attribute(at: name + id.count)
      else { continue }
      guard let closing = closing(close, ending, from: attribute.end) else { return }
      found(text(measured(attribute).value), trimmed(attribute.end..<closing.lowerBound))
      position = closing.upperBound
    }
  }

  private func closing(_ close: [UInt8], _ ending: [UInt8], from start: Int) -> Range<Int>? {
    var position = start
    while let found = range(of: close, from: position) {
      var end = found.upperBound
      if !ending.isEmpty, has(ending, at: end) { end += ending.count }
      if end < bytes.count, bytes[end] == UInt8(ascii: ">") { return found.lowerBound..<end + 1 }
      position = found.upperBound
    }
    return nil
  }
}
