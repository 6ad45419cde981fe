/// Text operations on Unicode scalars, never on characters: no normalisation takes place, so a
/// composed and a decomposed é stay different, and a combining mark is a symbol of its own.
///
/// They agree with Python's `str`, in which the reference scorers of question answering are written.

extension Unicode.Scalar {
  /// Whether the scalar is a letter, a number or the underscore: the regular expression `\w`.
  package var isWord: Bool {
    if value < 0x80 {
      return switch value {
      case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
      default: false
      }
    }
    if properties.numericType != nil { return true }
    return switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  /// Whether the scalar separates words: spaces, line breaks and the information separators
  /// U+001C…U+001F, but not the zero-width space or the byte order mark.
  package var isBlank: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }
}

extension StringProtocol {
  /// The text in lower case, scalar by scalar, with the final form of sigma at the end of words.
  ///
  /// Takes time proportional to the text.
  package var lowercasedByScalar: String {
    // Bytes, since a view of scalars counts all it has whenever several are appended.
    var result: [UInt8] = []
    result.reserveCapacity(utf8.count)
    let scalars = unicodeScalars
    for index in scalars.indices {
      let scalar = scalars[index]
      if scalar.value < 0x80 {
        let byte = UInt8(truncatingIfNeeded: scalar.value)
        result.append((0x41...0x5A).contains(byte) ? byte + 0x20 : byte)
      } else if scalar == "Σ" {
        result.append(contentsOf: (endsWord(at: index) ? "ς" : "σ").utf8)
      } else if scalar.properties.changesWhenLowercased {
        result.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
      } else {
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether a cased letter stands before the index and none after it, over what casing ignores.
  private func endsWord(at index: Index) -> Bool {
    let scalars = unicodeScalars
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    guard let before, before.properties.isCased else { return false }
    let after = scalars[scalars.index(after: index)...].first { !$0.properties.isCaseIgnorable }
    return !(after?.properties.isCased ?? false)
  }

  /// The pieces between blanks; never empty ones.
  package var splitAtBlanks: [String] {
    unicodeScalars.split(whereSeparator: \.isBlank).map { String(String.UnicodeScalarView($0)) }
  }

  /// The text without blanks at either end.
  package var trimmingBlanks: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isBlank }),
      let last = scalars.lastIndex(where: { !$0.isBlank })
    else { return "" }
    return String(self[first..<scalars.index(after: last)])
  }

  /// Whether both texts are the same scalars.
  package func isSameScalars(as other: some StringProtocol) -> Bool {
    utf8.elementsEqual(other.utf8)
  }
}

extension String {
  /// The first place at or after `start` where `pattern` occurs, scalar for scalar.
  ///
  /// Takes time proportional to the text's bytes times the pattern's. An empty pattern occurs
  /// everywhere.
  package func range(
    ofScalars pattern: some StringProtocol, from start: Index? = nil
  ) -> Range<Index>? {
    var position = start ?? startIndex
    guard let first = pattern.utf8.first else { return position..<position }
    while let candidate = utf8[position...].firstIndex(of: first) {
      var end = candidate
      var matched = true
      for byte in pattern.utf8 {
        guard end < utf8.endIndex else { return nil }
        guard utf8[end] == byte else {
          matched = false
          break
        }
        utf8.formIndex(after: &end)
      }
      if matched { return candidate..<end }
      position = utf8.index(after: candidate)
    }
    return nil
  }
}
