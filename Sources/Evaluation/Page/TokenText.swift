internal import Trajectories

/// Tokens as people read them.
enum TokenText {
  /// One text a token; bytes that are not UTF-8 become U+FFFD.
  ///
  /// A character that is cut by tokens belongs to the token that ends it, and the tokens before it
  /// are empty.
  static func pieces(of span: Span) -> [String] {
    var carried: [UInt8] = []
    return span.tokens.indices.map { index in
      let bytes = carried + span.text[span.offsets[index]..<span.offsets[index + 1]]
      let cut = index == span.tokens.count - 1 ? 0 : unfinished(bytes)
      carried = Array(bytes.suffix(cut))
      return String(decoding: bytes.dropLast(cut), as: UTF8.self)
    }
  }

  /// How many bytes at the end begin a character that isn't finished.
  private static func unfinished(_ bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let byte = bytes[bytes.count - length]
      if byte & 0b1100_0000 == 0b1000_0000 { continue }
      let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return needed > length ? length : 0
    }
    return 0
  }
}
