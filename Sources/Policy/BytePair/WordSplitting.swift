/// How text is cut into the words that tokens never cross.
///
/// Each case is exactly one published pattern, so ids agree with the tokenizers that models were
/// trained with. `\s` is Unicode white space, `\p{L}` letters, `\p{N}` numbers of any kind.
public enum WordSplitting: Sendable, Hashable, CaseIterable {
  /// GPT-2's pattern: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
  case gpt2
  /// Every digit on its own, then GPT-2's pattern on what is between (SmolLM2, StarCoder).
  case gpt2SingleDigits
  /// Qwen2's and Qwen3's pattern: any-case contractions, a leading mark joins its word, every digit
  /// on its own, punctuation keeps its line breaks.
  case qwen2
  /// Llama 3's pattern: as ``qwen2`` with up to three digits together.
  case llama3

  /// Calls `body` with the range of each word, in order; together they cover `range`.
  ///
  /// - Precondition: `bytes` is valid UTF-8 and `range` starts and ends between characters.
  func forEachWord(in bytes: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
    guard self == .gpt2SingleDigits else {
      return WordScanner(bytes: bytes, end: range.upperBound, pattern: self)
        .scan(from: range.lowerBound, body)
    }
    let digits = WordScanner(bytes: bytes, end: range.upperBound, pattern: .gpt2)
    var start = range.lowerBound
    var position = start
    while position < range.upperBound {
      let next = digits.character(at: position)
      if next.kind == .number {
        WordScanner(bytes: bytes, end: position, pattern: .gpt2).scan(from: start, body)
        body(position..<next.end)
        start = next.end
      }
      position = next.end
    }
    digits.scan(from: start, body)
  }
}

/// The patterns of ``WordSplitting`` as a scanner: one step per character, no backtracking.
struct WordScanner {
  let bytes: [UInt8]
  let end: Int
  let pattern: WordSplitting

  struct Character {
    var kind: CharacterKind
    var end: Int
  }

  func scan(from start: Int, _ body: (Range<Int>) -> Void) {
    var start = start
    while start < end {
      let next = pattern == .gpt2 ? gpt2Word(at: start) : qwen2Word(at: start)
      body(start..<next)
      start = next
    }
  }

  /// The character at a position before the end.
  func character(at position: Int) -> Character {
    let byte = bytes[position]
    if byte < 0x80 { return Character(kind: .ofASCII[Int(byte)], end: position + 1) }
    let count = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    var value = UInt32(byte) & (0x7f >> UInt32(count))
    for continuation in bytes[position + 1..<position + count] {
      value = value << 6 | UInt32(continuation & 0x3f)
    }
    let kind = Unicode.Scalar(value).map(CharacterKind.init) ?? .mark
    return Character(kind: kind, end: position + count)
  }

  /// The end of the run of characters of one kind.
  private func run(of kind: CharacterKind, from start: Int) -> Int {
    var position = start
    while position < end {
      let next = character(at: position)
      guard next.kind == kind else { break }
      position = next.end
    }
    return position
  }

  private func gpt2Word(at start: Int) -> Int {
    if let end = contraction(at: start, anyCase: false) { return end }
    let first = character(at: start)
    let body = bytes[start] == 0x20 ? first.end : start
    if body < end {
      let kind = character(at: body).kind
      if !kind.isSpace { return run(of: kind, from: body) }
    }
    return spaces(at: start)
  }

  private func qwen2Word(at start: Int) -> Int {
    if let end = contraction(at: start, anyCase: true) { return end }
    let first = character(at: start)
    switch first.kind {
    case .letter: return run(of: .letter, from: first.end)
    case .number: return numbers(after: first.end)
    case .mark, .space:
      if first.end < end, character(at: first.end).kind == .letter {
        return run(of: .letter, from: first.end)
      }
      let body = bytes[start] == 0x20 ? first.end : start
      if body < end, character(at: body).kind == .mark {
        return run(of: .lineBreak, from: run(of: .mark, from: body))
      }
    case .lineBreak: break
    }
    return lastLineBreak(inSpacesAt: start) ?? spaces(at: start)
  }

  private func numbers(after first: Int) -> Int {
    var position = first
    for _ in 1..<(pattern == .llama3 ? 3 : 1) where position < end {
      let next = character(at: position)
      guard next.kind == .number else { break }
      position = next.end
    }
    return position
  }

  /// The end of the white space at `start`, less its last character if a word follows.
  private func spaces(at start: Int) -> Int {
    var last = start
    var position = start
    while position < end {
      let next = character(at: position)
      guard next.kind.isSpace else { break }
      last = position
      position = next.end
    }
    return position == end || last == start ? position : last
  }

  /// The end of the last line break in the white space at `start`.
  private func lastLineBreak(inSpacesAt start: Int) -> Int? {
    var result: Int?
    var position = start
    while position < end {
      let next = character(at: position)
      guard next.kind.isSpace else { break }
      if next.kind == .lineBreak { result = next.end }
      position = next.end
    }
    return result
  }

  /// The end of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`.
  private func contraction(at start: Int, anyCase: Bool) -> Int? {
    guard bytes[start] == UInt8(ascii: "'"), start + 1 < end else { return nil }
    func letter(_ offset: Int) -> UInt8 {
      guard start + offset < end else { return 0 }
      let byte = bytes[start + offset]
      return anyCase && (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }
    switch (letter(1), letter(2)) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
      (UInt8(ascii: "d"), _):
      return start + 2
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    case (0xc5, 0xbf) where anyCase: return start + 3  // U+017F, a small s in any case
    default: return nil
    }
  }
}

/// What a character is to the patterns.
enum CharacterKind: UInt8 {
  case letter, number, lineBreak, space, mark

  var isSpace: Bool { self == .space || self == .lineBreak }

  init(_ scalar: Unicode.Scalar) {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = .letter
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    default:
      self =
        scalar == "\r" || scalar == "\n"
        ? .lineBreak : scalar.properties.isWhitespace ? .space : .mark
    }
  }
}

extension [CharacterKind] {
  fileprivate static let ascii = (0..<0x80 as Range<UInt8>).map {
    CharacterKind(Unicode.Scalar($0))
  }
}

extension CharacterKind {
  /// The kind of each ASCII character. `[128]`
  fileprivate static var ofASCII: [CharacterKind] { .ascii }
}
