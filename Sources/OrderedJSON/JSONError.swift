/// Why bytes are not JSON, and where.
public struct JSONError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// The text ended inside a value.
    case unexpectedEnd
    /// A byte that can't stand there, and what could.
    case unexpected(byte: UInt8, expected: String)
    /// A complete value is followed by something else.
    case trailingText
    /// Not a number of JSON's grammar.
    case malformedNumber
    /// A backslash followed by something unknown.
    case unknownEscape
    /// Half of a surrogate pair without the other half.
    case loneSurrogate
    /// A control character inside a string that should have been escaped.
    case controlCharacter(UInt8)
    /// The bytes of a string are not UTF-8.
    case invalidUTF8
    /// An object has the key twice.
    case duplicateKey(String)
    /// Arrays and objects are nested deeper than allowed.
    case tooDeep(limit: Int)
  }

  /// What is wrong.
  public let reason: Reason
  /// Offset in bytes from the start, from 0.
  public let offset: Int
  /// Line of that byte, from 1.
  public let line: Int
}

/// What the parser throws: lines are counted once, when an error leaves it.
struct JSONFailure: Error {
  let reason: JSONError.Reason
  let offset: Int
}

extension JSONError {
  init(_ failure: JSONFailure, in bytes: [UInt8]) {
    reason = failure.reason
    offset = failure.offset
    line = bytes[..<min(offset, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
  }
}

extension JSONError: CustomStringConvertible {
  /// One sentence naming the place and the culprit.
  public var description: String {
    let what =
      switch reason {
      case .unexpectedEnd: "the text ends inside a value; was it cut off?"
      case .unexpected(let byte, let expected):
        "expected \(expected), found \(Self.name(of: byte))"
      case .trailingText: "there is more text after the value"
      case .malformedNumber: "this is not a JSON number"
      case .unknownEscape: "a backslash can't be followed by this"
      case .loneSurrogate: "half of a surrogate pair stands alone"
      case .controlCharacter(let byte):
        "\(Self.name(of: byte)) must be escaped inside a string"
      case .invalidUTF8: "the string is not UTF-8"
      case .duplicateKey(let key): "the object has the key \"\(key)\" twice"
      case .tooDeep(let limit): "arrays and objects are nested deeper than \(limit)"
      }
    return "not JSON at line \(line) (byte \(offset)): \(what)"
  }

  private static func name(of byte: UInt8) -> String {
    (0x21...0x7e).contains(byte)
      ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x" + String(byte, radix: 16)
  }
}
