/// The one printable character per byte in which tokenizer files write their tokens.
///
/// Printable Latin-1 stands for itself; the other 68 bytes take U+0100 and up, in order.
///
/// - Source: Radford et al. 2019 (GPT-2), `bytes_to_unicode`.
enum ByteAlphabet {
  /// The character of each byte. `[256]`
  static let scalars: [Unicode.Scalar] = {
    var next: UInt8 = 0
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7e, 0xa1...0xac, 0xae...0xff: return Unicode.Scalar(byte)
      default:
        defer { next += 1 }
        return Unicode.Scalar(0x100 + UInt16(next)) ?? Unicode.Scalar(byte)
      }
    }
  }()

  /// The byte of each character, by scalar value. `[0x144]`
  private static let bytes: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = UInt8(byte) }
    return bytes
  }()

  /// The bytes a written token stands for, or `nil` if it holds any other character.
  static func bytes(of token: String) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(token.utf8.count)
    for scalar in token.unicodeScalars {
      guard scalar.value < bytes.count, let byte = bytes[Int(scalar.value)] else { return nil }
      result.append(byte)
    }
    return result
  }

  /// Bytes as a tokenizer file writes them.
  static func text(of bytes: some Sequence<UInt8>) -> String {
    var result = String.UnicodeScalarView()
    for byte in bytes { result.append(scalars[Int(byte)]) }
    return String(result)
  }
}
