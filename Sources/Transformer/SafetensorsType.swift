/// The types of numbers that safetensors files hold; raw values are the format's own names.
public enum SafetensorsType: String, Sendable, Hashable, CaseIterable {
  /// One byte, 0 or 1.
  case boolean = "BOOL"
  /// Eight bits with four of exponent.
  case float8E4M3 = "F8_E4M3"
  /// Eight bits with five of exponent.
  case float8E5M2 = "F8_E5M2"
  /// Signed, eight bits.
  case int8 = "I8"
  /// Unsigned, eight bits.
  case uint8 = "U8"
  /// Signed, 16 bits.
  case int16 = "I16"
  /// Unsigned, 16 bits.
  case uint16 = "U16"
  /// IEEE 754 binary16.
  case float16 = "F16"
  /// The upper half of binary32.
  case bfloat16 = "BF16"
  /// Signed, 32 bits.
  case int32 = "I32"
  /// Unsigned, 32 bits.
  case uint32 = "U32"
  /// IEEE 754 binary32.
  case float32 = "F32"
  /// Signed, 64 bits.
  case int64 = "I64"
  /// Unsigned, 64 bits.
  case uint64 = "U64"
  /// IEEE 754 binary64.
  case float64 = "F64"

  /// Bytes per number.
  public var byteCount: Int {
    switch self {
    case .boolean, .float8E4M3, .float8E5M2, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// Little-endian numbers as `Float`, or `nil` for a type that isn't read so.
  func floats(_ bytes: [UInt8]) -> [Float]? {
    switch self {
    case .float32: Self.map(bytes) { (bits: UInt32) in Float(bitPattern: bits) }
    case .bfloat16: Self.map(bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    case .float16: Self.map(bytes, Self.halfPrecision)
    case .float64: Self.map(bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
    default: nil
    }
  }

  private static func map<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: [UInt8], _ convert: (Bits) -> Float
  ) -> [Float] {
    let width = MemoryLayout<Bits>.size
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / width).map {
        convert(Bits(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * width, as: Bits.self)))
      }
    }
  }

  /// A binary16 number, exactly.
  private static func halfPrecision(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1f)
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0: return Float(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
    case 0x1f: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
