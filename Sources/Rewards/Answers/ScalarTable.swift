internal import Retrieval

/// What becomes of each scalar from U+0080 to U+20FF in a comparable form, looked up instead of asked
/// of Unicode's tables each time.
///
/// That is all of Latin, Greek, Cyrillic, Hebrew, Arabic and the scripts of India, with the usual
/// marks. Each entry is made by the definitions in `ScalarText`; a scalar whose small form takes more
/// or fewer bytes, or depends on its neighbours, is left to ``ComparableWriter``.
struct ScalarTable: Sendable {
  /// What a scalar is to the words around it.
  enum Kind: UInt16 {
    /// Part of a word.
    case word = 0x0000
    /// A blank.
    case blank = 0x4000
    /// Neither.
    case other = 0x8000
    /// Nothing that this table could say.
    case unknown = 0xC000
  }

  /// For texts that become small.
  static let lowering = ScalarTable(lowercases: true)
  /// For texts that stay as they are.
  static let keeping = ScalarTable(lowercases: false)

  /// The first scalar beyond the table.
  static let end: UInt32 = 0x2100

  /// A kind in the two high bits, the scalar to write in the others.
  private let entries: [UInt16]

  private init(lowercases: Bool) {
    entries = (0x80..<Self.end).map { value in
      guard let scalar = Unicode.Scalar(value),
        let written = lowercases ? scalar.smallForm : scalar
      else { return Kind.unknown.rawValue }
      let kind: Kind = written.isBlank ? .blank : written.isWord ? .word : .other
      return kind.rawValue | UInt16(written.value)
    }
  }

  /// The kind of a scalar and the scalar to write in its place, which has as many bytes.
  ///
  /// - Parameter value: In 0x80..<``end``.
  subscript(_ value: UInt32) -> (kind: Kind, written: UInt32) {
    let entry = entries[Int(value) - 0x80]
    return (Kind(rawValue: entry & 0xC000) ?? .unknown, UInt32(entry & 0x3FFF))
  }
}

extension Unicode.Scalar {
  /// The small form, if that is one scalar of the table with as many bytes in UTF-8, wherever it stands.
  fileprivate var smallForm: Unicode.Scalar? {
    let small = properties.lowercaseMapping.unicodeScalars
    guard self != "Σ", let first = small.first, small.count == 1, first.value < ScalarTable.end,
      UTF8.width(first) == UTF8.width(self)
    else { return nil }
    return first
  }
}
