extension JSONParser {
  /// Parses a string, standing on its opening quote.
  mutating func parseString() throws(JSONFailure) -> String {
    let quote = bytes[index]
    index += 1
    let start = index
    while let byte = current, byte != quote, byte != UInt8(ascii: "\\"), byte >= 0x20 {
      index += 1
    }
    if current == quote {
      index += 1
      return try text(start..<index - 1)
    }
    index = start
    return try parseEscapedString(quote: quote)
  }

  /// The bytes of a range as text.
  func text(_ range: Range<Int>) throws(JSONFailure) -> String {
    guard let string = String(validating: bytes[range], as: UTF8.self) else {
      throw failure(.invalidUTF8, at: range.lowerBound)
    }
    return string
  }

  private mutating func parseEscapedString(quote: UInt8) throws(JSONFailure) -> String {
    let start = index
    var result: [UInt8] = []
    while true {
      guard let byte = current else { throw failure(.unexpectedEnd) }
      switch byte {
      case quote:
        index += 1
        guard let string = String(validating: result, as: UTF8.self) else {
          throw failure(.invalidUTF8, at: start)
        }
        return string
      case UInt8(ascii: "\\"): try parseEscape(into: &result)
      case 0..<0x20 where !lenient: throw failure(.controlCharacter(byte))
      default:
        result.append(byte)
        index += 1
      }
    }
  }

  private mutating func parseEscape(into result: inout [UInt8]) throws(JSONFailure) {
    let start = index
    index += 1
    guard let byte = current else { throw failure(.unexpectedEnd) }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0c)
    case UInt8(ascii: "n"): result.append(0x0a)
    case UInt8(ascii: "r"): result.append(0x0d)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"): try parseUnicodeEscape(from: start, into: &result)
    case UInt8(ascii: "'") where lenient: result.append(byte)
    case UInt8(ascii: "\n") where lenient: break
    case _ where lenient: result += [UInt8(ascii: "\\"), byte]
    default: throw failure(.unknownEscape, at: start)
    }
  }

  private mutating func parseUnicodeEscape(
    from start: Int, into result: inout [UInt8]
  ) throws(JSONFailure) {
    let first = try parseHexadecimal(from: start)
    if let scalar = Unicode.Scalar(first) {
      result += UTF8.encode(scalar).map(Array.init) ?? []
      return
    }
    let afterFirst = index
    if first < 0xdc00, bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
      index += 2
      let second = try parseHexadecimal(from: afterFirst)
      if (0xdc00..<0xe000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
      {
        result += UTF8.encode(scalar).map(Array.init) ?? []
        return
      }
      index = afterFirst
    }
    guard lenient else { throw failure(.loneSurrogate, at: start) }
    result += [0xef, 0xbf, 0xbd]
  }

  private mutating func parseHexadecimal(from start: Int) throws(JSONFailure) -> UInt32 {
    guard index + 4 <= bytes.count else { throw failure(.unexpectedEnd, at: bytes.count) }
    var value: UInt32 = 0
    for byte in bytes[index..<index + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw failure(.unknownEscape, at: start)
      }
      value = value << 4 | UInt32(digit)
    }
    index += 4
    return value
  }
}
