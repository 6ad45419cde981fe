internal import Retrieval

/// Writes the comparable form of a text by looking up what becomes of each byte.
///
/// Most texts need no more. Those that do hold a scalar whose small form has another length or
/// depends on its neighbours, and are left to ``ComparableWriter``, which defines the form; both write
/// the same bytes. No form is longer than its text.
struct TableWriter: ~Copyable {
  private let rules: AnswerNormalization
  private let form: UnsafeMutableBufferPointer<UInt8>
  /// How much of the form is written.
  private var end = 0
  /// The last eight bytes of the word under way, the last one lowest; 0 outside of words.
  private var word: UInt64 = 0

  /// Writes the form of a text.
  ///
  /// - Parameters:
  ///   - text: Valid UTF-8.
  ///   - form: At least as many bytes.
  /// - Returns: How many bytes the form has, or `nil` if the text is not for this writer.
  @inline(never) static func write(
    _ text: UnsafeBufferPointer<UInt8>, by rules: AnswerNormalization,
    into form: UnsafeMutableBufferPointer<UInt8>
  ) -> Int? {
    precondition(form.count >= text.count, "\(text.count) bytes do not fit into \(form.count)")
    return ByteTable.of(rules).entries.withUnsafeBufferPointer { table in
      var writer = TableWriter(rules: rules, form: form)
      guard writer.write(text, table) else { return nil }
      return writer.finish()
    }
  }

  private init(rules: AnswerNormalization, form: UnsafeMutableBufferPointer<UInt8>) {
    self.rules = rules
    self.form = form
  }

  private mutating func write(
    _ text: UnsafeBufferPointer<UInt8>, _ table: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var index = 0
    while true {
      index = writeWord(text, from: index, table)
      guard index < text.count else { return true }
      switch table[Int(text[index])] {
      case ByteTable.blank:
        writeBlank()
      case ByteTable.other:
        endWord()
        append(text[index])
        startWord()
      default:
        let (scalar, width) = text.scalar(at: index)
        guard write(scalar, width) else { return false }
        index &+= width &- 1
      }
      index &+= 1
    }
  }

  /// Writes bytes up to the first one that belongs to no word, and returns its index.
  @inline(__always) private mutating func writeWord(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ table: UnsafeBufferPointer<UInt8>
  ) -> Int {
    var (index, end, word) = (start, end, word)
    while index < text.count {
      let entry = table[Int(text[index])]
      guard entry < 0x80 else { break }
      // A deleted byte is written too, and then written over.
      form[end] = entry
      let isWritten = entry != 0
      end &+= isWritten ? 1 : 0
      word = isWritten ? word << 8 | UInt64(entry) : word
      index &+= 1
    }
    (self.end, self.word) = (end, word)
    return index
  }

  /// Writes a scalar beyond ASCII, or says that it can't.
  private mutating func write(_ scalar: Unicode.Scalar, _ width: Int) -> Bool {
    let (kind, written) = fate(of: scalar)
    switch kind {
    case .word:
      append(written, width)
    case .blank:
      writeBlank()
    case .other:
      if case .asciiAndQuotes = rules.marks, scalar.isQuotationMark {
        switch rules.punctuation {
        case .deleted: return true
        case .replacedBySpace:
          writeBlank()
          return true
        case .kept: break
        }
      }
      endWord()
      append(written, width)
      startWord()
    case .unknown:
      return false
    }
    return true
  }

  /// What a scalar is, and the scalar of as many bytes to write in its place.
  private func fate(of scalar: Unicode.Scalar) -> (kind: ScalarTable.Kind, written: UInt32) {
    switch scalar.value {
    case ..<ScalarTable.end:
      (rules.lowercases ? ScalarTable.lowering : .keeping)[scalar.value]
    case 0x4E00...0x9FFF, 0xAC00...0xD7A3:
      // Ideographs and Hangul: letters without case.
      (.word, scalar.value)
    default:
      if rules.lowercases, scalar.properties.changesWhenLowercased {
        (.unknown, scalar.value)
      } else {
        (scalar.isBlank ? .blank : scalar.isWord ? .word : .other, scalar.value)
      }
    }
  }

  private mutating func append(_ byte: UInt8) {
    form[end] = byte
    end &+= 1
    word = word << 8 | UInt64(byte)
  }

  /// Appends a scalar beyond ASCII.
  private mutating func append(_ value: UInt32, _ width: Int) {
    let first: UInt32 = width == 2 ? 0xC0 : width == 3 ? 0xE0 : 0xF0
    var shift = UInt32(6 * (width - 1))
    append(UInt8(truncatingIfNeeded: first | value >> shift))
    while shift > 0 {
      shift -= 6
      append(UInt8(truncatingIfNeeded: 0x80 | value >> shift & 0x3F))
    }
  }

  private mutating func startWord() { word = 0 }

  @inline(__always) private mutating func writeBlank() {
    takeBackArticle()
    writeSpace()
    startWord()
  }

  @inline(__always) private mutating func writeSpace() {
    if end > 0, form[end &- 1] != 0x20 {
      form[end] = 0x20
      end &+= 1
    }
  }

  /// Ends a word; an article leaves a space in its place.
  private mutating func endWord() {
    if takeBackArticle() { writeSpace() }
  }

  /// Takes the last word back if it is an article.
  @inline(__always) @discardableResult private mutating func takeBackArticle() -> Bool {
    // The bytes of a, an and the.
    guard word == 0x61 || word == 0x616E || word == 0x74_6865, rules.removesArticles else {
      return false
    }
    end &-= word == 0x61 ? 1 : word == 0x616E ? 2 : 3
    return true
  }

  private consuming func finish() -> Int {
    takeBackArticle()
    return end > 0 && form[end - 1] == 0x20 ? end - 1 : end
  }
}
