internal import Retrieval

/// A text as bytes, searched from left to right for tags.
///
/// Every search walks forward only, and what lies ahead is remembered, so that reading all tags of
/// a text takes time proportional to it, however it was built.
struct MarkupScanner {
  let bytes: [UInt8]
  /// The next `>` at or after the last place it was looked for.
  private var nextEnd = -1

  init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  func trimmed(_ range: Range<Int>) -> String { text(range).trimmingBlanks }

  /// Whether `pattern` stands at a position, optionally in either case of ASCII's letters.
  func has(_ pattern: [UInt8], at position: Int, ignoringCase: Bool = false) -> Bool {
    guard position + pattern.count <= bytes.count else { return false }
    for offset in pattern.indices {
      let byte = bytes[position + offset]
      let same = byte == pattern[offset]
      guard same || ignoringCase && byte.lowercasedASCII == pattern[offset].lowercasedASCII else {
        return false
      }
    }
    return true
  }

  /// The first place at or after `start` where `pattern` stands.
  func range(of pattern: [UInt8], from start: Int, ignoringCase: Bool = false) -> Range<Int>? {
    guard let first = pattern.first else { return start..<start }
    var position = start
    let last = bytes.count - pattern.count
    let folded = first.lowercasedASCII
    while position <= last {
      let byte = bytes[position]
      if byte == first || ignoringCase && byte.lowercasedASCII == folded,
        has(pattern, at: position, ignoringCase: ignoringCase)
      {
        return position..<position + pattern.count
      }
      position += 1
    }
    return nil
  }

  /// The first `byte` at or after `start`.
  func index(of byte: UInt8, from start: Int) -> Int? {
    var position = start
    while position < bytes.count {
      if bytes[position] == byte { return position }
      position += 1
    }
    return nil
  }

  /// The first `>` at or after `start`, for starts that never skip one on their way back.
  mutating func tagEnd(from start: Int) -> Int? {
    if nextEnd < start { nextEnd = index(of: UInt8(ascii: ">"), from: start) ?? bytes.count }
    return nextEnd < bytes.count ? nextEnd : nil
  }

  /// How many bytes the blank at a position takes; 0 if there is none.
  func blankWidth(at position: Int) -> Int {
    guard position < bytes.count else { return 0 }
    switch bytes[position] {
    case 0x09...0x0D, 0x1C...0x20: return 1
    case 0xC2 where position + 1 < bytes.count:
      return bytes[position + 1] == 0x85 || bytes[position + 1] == 0xA0 ? 2 : 0
    case 0xE1...0xE3 where position + 2 < bytes.count:
      return switch (bytes[position], bytes[position + 1], bytes[position + 2]) {
      case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9),
        (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
        3
      default: 0
      }
    default: return 0
    }
  }

  /// The end of the blanks that begin at a position.
  func skippingBlanks(from start: Int) -> Int {
    var position = start
    while case let width = blankWidth(at: position), width > 0 { position += width }
    return position
  }

  /// The pairs of a tag without attributes: what stands between each opening and the next closing.
  func pairs(
    open: [UInt8], close: [UInt8], limit: Int = .max, ignoringCase: Bool = false
  ) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var position = 0
    while result.count < limit,
      let opening = range(of: open, from: position, ignoringCase: ignoringCase),
      let closing = range(of: close, from: opening.upperBound, ignoringCase: ignoringCase)
    {
      result.append(opening.upperBound..<closing.lowerBound)
      position = closing.upperBound
    }
    return result
  }
}

extension MarkupScanner {
  /// An attribute's value and where its tag ends.
  struct Attribute {
    let value: Range<Int>
    /// Just behind the `>`.
    let end: Int
  }

  /// Reads an attribute's value, from just behind its `=` to the end of the tag.
  ///
  /// The value is quoted on both sides alike or not at all, is not empty, and holds no blank, quote
  /// or `>`. With `strictQuotes` off, a quote need not be closed by the same.
  mutating func attribute(at start: Int, strictQuotes: Bool = true) -> Attribute? {
    guard start < bytes.count else { return nil }
    let quote = bytes[start].isQuote ? bytes[start] : nil
    let first = quote == nil ? start : start + 1
    guard first < bytes.count, !endsValue(at: first) else { return nil }
    guard let quote, strictQuotes else {
      guard let end = tagEnd(from: first) else { return nil }
      return Attribute(value: first..<first, end: end + 1)
    }
    let last = valueEnd(from: first)
    guard last < bytes.count, bytes[last] == quote, let end = tagEnd(from: last) else {
      return nil
    }
    return Attribute(value: first..<last, end: end + 1)
  }

  /// The attribute with its whole value; unquoted ones are measured only once they are wanted.
  func measured(_ attribute: Attribute) -> Attribute {
    guard attribute.value.isEmpty else { return attribute }
    let first = attribute.value.lowerBound
    return Attribute(value: first..<valueEnd(from: first), end: attribute.end)
  }

  private func valueEnd(from first: Int) -> Int {
    var position = first
    while position < bytes.count, !endsValue(at: position) { position += 1 }
    return position
  }

  private func endsValue(at position: Int) -> Bool {
    bytes[position].isQuote || bytes[position] == UInt8(ascii: ">") || blankWidth(at: position) > 0
  }
}

extension UInt8 {
  fileprivate var isQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") }

  var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self + 0x20 : self }
}
