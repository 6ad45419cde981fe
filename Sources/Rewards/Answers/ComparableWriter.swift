internal import Retrieval

/// Defines the comparable form of a text, and writes it in one pass: words with single spaces between
/// them.
///
/// ``TableWriter`` writes the same faster, for most texts.
struct ComparableWriter {
  private let rules: AnswerNormalization
  private var bytes: [UInt8] = []
  /// Where the word being written starts, or -1 outside of words.
  private var wordStart = -1
  /// Whether a space has to be written before whatever comes next.
  private var spaceIsDue = false

  /// The comparable form of a text, as bytes.
  static func written(_ text: String, by rules: AnswerNormalization) -> [UInt8] {
    var text = text
    if let bytes = text.withUTF8({ form(of: $0, by: rules) }) { return bytes }
    // The small form of sigma depends on where in its word it stands.
    text = text.lowercasedByScalar
    return text.withUTF8 { form(of: $0, by: rules) } ?? []
  }

  /// The form, or `nil` if it depends on a sigma.
  private static func form(
    of text: UnsafeBufferPointer<UInt8>, by rules: AnswerNormalization
  ) -> [UInt8]? {
    var writer = ComparableWriter(rules: rules)
    writer.bytes.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte < 0x80 {
        writer.write(ascii: byte)
        index += 1
      } else {
        let (scalar, width) = text.scalar(at: index)
        if rules.lowercases, scalar == "Σ" { return nil }
        writer.write(beyondASCII: scalar)
        index += width
      }
    }
    writer.endWord()
    return writer.bytes
  }

  private init(rules: AnswerNormalization) { self.rules = rules }

  private mutating func write(ascii byte: UInt8) {
    if ASCIIClass.punctuation.contains(byte) {
      switch rules.punctuation {
      case .deleted: return
      case .replacedBySpace: return writeBlank()
      case .kept: break
      }
    }
    if ASCIIClass.word.contains(byte) {
      beginWord()
      let isCapital = byte &- 0x41 < 26
      bytes.append(rules.lowercases && isCapital ? byte | 0x20 : byte)
    } else if ASCIIClass.blank.contains(byte) {
      writeBlank()
    } else {
      endWord()
      writeDueSpace()
      bytes.append(byte)
    }
  }

  private mutating func write(beyondASCII scalar: Unicode.Scalar) {
    guard rules.lowercases else { return write(lowered: scalar) }
    for lowered in scalar.properties.lowercaseMapping.unicodeScalars { write(lowered: lowered) }
  }

  private mutating func write(lowered scalar: Unicode.Scalar) {
    if scalar.isASCII { return write(ascii: UInt8(truncatingIfNeeded: scalar.value)) }
    if rules.marks == .asciiAndQuotes, scalar.isQuotationMark {
      switch rules.punctuation {
      case .deleted: return
      case .replacedBySpace: return writeBlank()
      case .kept: break
      }
    }
    if scalar.isBlank { return writeBlank() }
    if scalar.isWord {
      beginWord()
    } else {
      endWord()
      writeDueSpace()
    }
    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  private mutating func writeBlank() {
    endWord()
    spaceIsDue = true
  }

  private mutating func writeDueSpace() {
    if spaceIsDue, !bytes.isEmpty { bytes.append(0x20) }
    spaceIsDue = false
  }

  private mutating func beginWord() {
    guard wordStart < 0 else { return }
    writeDueSpace()
    wordStart = bytes.count
  }

  /// Ends a word; an article is taken back and leaves a space in its place.
  private mutating func endWord() {
    guard wordStart >= 0 else { return }
    defer { wordStart = -1 }
    let length = bytes.count - wordStart
    guard rules.removesArticles, length <= 3, isArticle(length) else { return }
    bytes.removeLast(length)
    if bytes.last == 0x20 { bytes.removeLast() }
    spaceIsDue = true
  }

  private func isArticle(_ length: Int) -> Bool {
    guard bytes[wordStart] == 0x61 else {
      return length == 3 && bytes[wordStart] == 0x74 && bytes[wordStart + 1] == 0x68
        && bytes[wordStart + 2] == 0x65
    }
    return length == 1 || length == 2 && bytes[wordStart + 1] == 0x6E
  }
}

/// A set of ASCII bytes.
private struct ASCIIClass {
  let low: UInt64
  let high: UInt64

  /// Letters, digits and the underscore.
  static var word: ASCIIClass {
    ASCIIClass(low: 0x03FF_0000_0000_0000, high: 0x07FF_FFFE_87FF_FFFE)
  }
  /// The 32 punctuation marks.
  static var punctuation: ASCIIClass {
    ASCIIClass(low: 0xFC00_FFFE_0000_0000, high: 0x7800_0001_F800_0001)
  }
  /// Spaces, line breaks and information separators.
  static var blank: ASCIIClass { ASCIIClass(low: 0x0000_0001_F000_3E00, high: 0) }

  /// - Parameter byte: Below 128.
  func contains(_ byte: UInt8) -> Bool {
    (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
  }
}

extension Unicode.Scalar {
  /// Whether it is one of the marks beyond ASCII that count with ``AnswerNormalization/Marks/asciiAndQuotes``.
  var isQuotationMark: Bool { self == "‘" || self == "’" || self == "´" }
}

extension UnsafeBufferPointer<UInt8> {
  /// The scalar that starts at an index of valid UTF-8, and how many bytes it has.
  func scalar(at index: Int) -> (Unicode.Scalar, width: Int) {
    let first = UInt32(self[index])
    let width = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = first & (0x7F >> UInt32(width))
    for byte in self[(index + 1)..<Swift.min(index + width, count)] {
      value = value << 6 | UInt32(byte & 0x3F)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", width)
  }
}
