extension JSONValue {
  /// Every object and array in a text that also holds other things, left to right.
  ///
  /// Read leniently; a block inside a block is not listed. Work is bounded by a constant times the
  /// length of the text: where a text is built to cost more, what was found so far is returned.
  public static func blocks(
    in text: String, maximumDepth: Int = JSONValue.defaultMaximumDepth
  ) -> [JSONValue] {
    JSONBlocks.find(in: Array(text.utf8), maximumDepth: maximumDepth)
  }
}

enum JSONBlocks {
  static func find(in bytes: [UInt8], maximumDepth: Int) -> [JSONValue] {
    var blocks: [JSONValue] = []
    var parser = JSONParser(bytes: bytes, lenient: true, maximumDepth: maximumDepth)
    var budget = 64 * bytes.count
    while budget > 0, let byte = parser.current {
      let start = parser.index
      guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else {
        parser.index += 1
        continue
      }
      do {
        blocks.append(try parser.parseValue())
        budget -= parser.index - start
      } catch {
        budget -= max(parser.index, error.offset) - start
        parser.index = start + 1
      }
    }
    return blocks
  }
}
