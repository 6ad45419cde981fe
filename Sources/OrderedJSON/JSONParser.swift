/// How forgiving the parser is.
public enum JSONDialect: Sendable, Hashable {
  /// RFC 8259, with duplicate keys and lone surrogates refused.
  case strict
  /// What language models write: also comments, trailing commas, single quotes, unquoted keys,
  /// `True`/`False`/`None`, raw line breaks in strings; half surrogates become U+FFFD and the last
  /// of equal keys wins. Text around an object or an array is skipped.
  case lenient
}

extension JSONValue {
  /// Arrays and objects may be nested this deep unless the caller says otherwise.
  public static let defaultMaximumDepth = 200

  /// Parses UTF-8 bytes in linear time.
  ///
  /// In the lenient dialect, bytes that are not one value as a whole give the first object among
  /// them, or else the first array.
  ///
  /// - Throws: ``JSONError`` with the offset of the first byte that is wrong.
  public init(
    parsing bytes: [UInt8], as dialect: JSONDialect = .strict,
    maximumDepth: Int = JSONValue.defaultMaximumDepth
  ) throws(JSONError) {
    var parser = JSONParser(
      bytes: bytes, lenient: dialect == .lenient, maximumDepth: maximumDepth)
    do {
      self = try parser.parseDocument()
    } catch {
      guard dialect == .lenient else { throw JSONError(error, in: bytes) }
      let blocks = JSONBlocks.find(in: bytes, maximumDepth: maximumDepth)
      guard let block = blocks.first(where: { $0.object != nil }) ?? blocks.first else {
        throw JSONError(error, in: bytes)
      }
      self = block
    }
  }

  /// Parses a string; see ``init(parsing:as:maximumDepth:)-([UInt8],_,_)``.
  public init(
    parsing text: String, as dialect: JSONDialect = .strict,
    maximumDepth: Int = JSONValue.defaultMaximumDepth
  ) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), as: dialect, maximumDepth: maximumDepth)
  }
}

/// A recursive-descent parser; every byte is looked at a bounded number of times.
struct JSONParser {
  let bytes: [UInt8]
  let lenient: Bool
  let maximumDepth: Int
  var index = 0
  private var depth = 0

  init(bytes: [UInt8], lenient: Bool, maximumDepth: Int) {
    self.bytes = bytes
    self.lenient = lenient
    self.maximumDepth = maximumDepth
  }

  var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  func failure(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONFailure {
    JSONFailure(reason: reason, offset: offset ?? index)
  }

  func unexpected(_ expected: String) -> JSONFailure {
    guard let current else { return failure(.unexpectedEnd) }
    return failure(.unexpected(byte: current, expected: expected))
  }

  mutating func parseDocument() throws(JSONFailure) -> JSONValue {
    if lenient, bytes.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
    let value = try parseValue()
    try skipSpace()
    guard current == nil else { throw failure(.trailingText) }
    return value
  }

  mutating func parseValue() throws(JSONFailure) -> JSONValue {
    try skipSpace()
    switch current {
    case UInt8(ascii: "{"):
      return .object(
        try nested { parser throws(JSONFailure) in
          try parser.parseObject()
        })
    case UInt8(ascii: "["):
      return .array(
        try nested { parser throws(JSONFailure) in
          try parser.parseArray()
        })
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "'") where lenient: return .string(try parseString())
    case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte):
      return .number(try parseNumber())
    default: return try parseWord()
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func nested<Value>(
    _ body: (inout JSONParser) throws(JSONFailure) -> Value
  ) throws(JSONFailure) -> Value {
    guard depth < maximumDepth else { throw failure(.tooDeep(limit: maximumDepth)) }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func parseObject() throws(JSONFailure) -> JSONObject {
    var object = JSONObject()
    index += 1
    try skipSpace()
    while current != UInt8(ascii: "}") {
      let keyStart = index
      let key = try parseKey()
      try skipSpace()
      guard current == UInt8(ascii: ":") else { throw unexpected("':' after the key") }
      index += 1
      let value = try parseValue()
      if lenient {
        object[key] = value
      } else if !object.appendIfNew(key, value) {
        throw failure(.duplicateKey(key), at: keyStart)
      }
      try endElement(closing: UInt8(ascii: "}"), "',' or '}'")
    }
    index += 1
    return object
  }

  private mutating func parseArray() throws(JSONFailure) -> [JSONValue] {
    var array: [JSONValue] = []
    index += 1
    try skipSpace()
    while current != UInt8(ascii: "]") {
      array.append(try parseValue())
      try endElement(closing: UInt8(ascii: "]"), "',' or ']'")
    }
    index += 1
    return array
  }

  /// Steps over a comma; afterwards stands on the closing bracket or on another element.
  private mutating func endElement(closing: UInt8, _ expected: String) throws(JSONFailure) {
    try skipSpace()
    if current == closing { return }
    guard current == UInt8(ascii: ",") else { throw unexpected(expected) }
    index += 1
    try skipSpace()
    if current == closing, !lenient { throw unexpected("another element after ','") }
  }

  private mutating func parseKey() throws(JSONFailure) -> String {
    switch current {
    case UInt8(ascii: "\""): return try parseString()
    case UInt8(ascii: "'") where lenient: return try parseString()
    default:
      let start = index
      while lenient, let byte = current, Self.isWordByte(byte) { index += 1 }
      guard index > start else { throw unexpected("a key in double quotes") }
      return try text(start..<index)
    }
  }

  private mutating func parseNumber() throws(JSONFailure) -> JSONNumber {
    let start = index
    if current == UInt8(ascii: "-") { index += 1 }
    let leadingZero = current == UInt8(ascii: "0")
    let whole = skipDigits()
    guard whole > 0, !leadingZero || whole == 1 else {
      throw failure(.malformedNumber, at: start)
    }
    if current == UInt8(ascii: ".") {
      index += 1
      guard skipDigits() > 0 else { throw failure(.malformedNumber, at: start) }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      index += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
      guard skipDigits() > 0 else { throw failure(.malformedNumber, at: start) }
    }
    return JSONNumber(validated: String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func skipDigits() -> Int {
    let start = index
    while let byte = current, Self.isDigit(byte) { index += 1 }
    return index - start
  }

  private mutating func parseWord() throws(JSONFailure) -> JSONValue {
    let start = index
    while let byte = current, Self.isWordByte(byte) { index += 1 }
    switch (String(decoding: bytes[start..<index], as: UTF8.self), lenient) {
    case ("true", _), ("True", true): return .bool(true)
    case ("false", _), ("False", true): return .bool(false)
    case ("null", _), ("None", true): return .null
    default:
      index = start
      throw unexpected("a value")
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }

  /// Steps over white space and, where allowed, comments.
  private mutating func skipSpace() throws(JSONFailure) {
    while let byte = current {
      switch byte {
      case 0x20, 0x09, 0x0a, 0x0d: index += 1
      case UInt8(ascii: "#") where lenient: skipLine()
      case UInt8(ascii: "/") where lenient:
        if next(after: index) == UInt8(ascii: "/") {
          skipLine()
        } else if next(after: index) == UInt8(ascii: "*") {
          index += 2
          while current != UInt8(ascii: "*") || next(after: index) != UInt8(ascii: "/") {
            guard current != nil else { throw failure(.unexpectedEnd) }
            index += 1
          }
          index += 2
        } else {
          return
        }
      default: return
      }
    }
  }

  private func next(after index: Int) -> UInt8? {
    index + 1 < bytes.count ? bytes[index + 1] : nil
  }

  private mutating func skipLine() {
    while let byte = current, byte != UInt8(ascii: "\n") { index += 1 }
  }
}
