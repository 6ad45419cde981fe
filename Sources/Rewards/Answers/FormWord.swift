/// A word of a comparable form, to be compared with those of another one.
///
/// A word is known by its length and its last eight bytes; longer ones that agree in these are
/// compared byte for byte.
struct FormWord: Equatable {
  /// Where it stands.
  let bytes: UnsafeBufferPointer<UInt8>
  /// Its last eight bytes, the last one lowest.
  let tail: UInt64

  static func == (left: FormWord, right: FormWord) -> Bool {
    left.tail == right.tail && left.bytes.count == right.bytes.count
      && (left.bytes.count <= 8 || left.bytes.isSame(as: right.bytes))
  }
}

extension FormWord: Hashable {
  func hash(into hasher: inout Hasher) { hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
}

extension UnsafeBufferPointer<UInt8> {
  /// Hands over each word of a form.
  ///
  /// - Returns: Whether `body` took all of them.
  @inline(__always) @discardableResult
  func forEachWord(_ body: (FormWord) -> Bool) -> Bool {
    var start = 0
    var tail: UInt64 = 0
    for index in indices {
      let byte = self[index]
      if byte != 0x20 {
        tail = tail << 8 | UInt64(byte)
      } else {
        guard body(word(start..<index, tail)) else { return false }
        (start, tail) = (index &+ 1, 0)
      }
    }
    return isEmpty || body(word(start..<count, tail))
  }

  @inline(__always) private func word(_ range: Range<Int>, _ tail: UInt64) -> FormWord {
    FormWord(
      bytes: UnsafeBufferPointer(
        start: baseAddress.map { $0 + range.lowerBound }, count: range.count), tail: tail)
  }

  /// Whether all words of another form occur in this one; an empty one is covered by an empty one only.
  func covers(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    if other.isEmpty { return isEmpty }
    var words = Set<FormWord>()
    forEachWord { word in
      words.insert(word)
      return true
    }
    return other.forEachWord(words.contains)
  }

  /// Whether a form is yes, no or noanswer.
  var isYesOrNo: Bool {
    switch count {
    case 2: elementsEqual("no".utf8)
    case 3: elementsEqual("yes".utf8)
    case 8: elementsEqual("noanswer".utf8)
    default: false
    }
  }
}
