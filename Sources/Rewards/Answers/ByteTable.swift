internal import Retrieval

/// What becomes of each byte of a text in its comparable form.
///
/// An entry below 0x80 is the byte to write as part of a word, 0 nothing at all.
struct ByteTable: Sendable {
  /// The byte ends a word and becomes a space.
  static let blank: UInt8 = 0x80
  /// The byte stays and belongs to no word.
  static let other: UInt8 = 0x81
  /// The byte begins a scalar beyond ASCII.
  static let beyondASCII: UInt8 = 0x82

  /// 256 entries.
  let entries: [UInt8]

  /// The table of a normalization.
  static func of(_ rules: AnswerNormalization) -> ByteTable {
    switch rules.punctuation {
    case .deleted: rules.lowercases ? loweringAndDeleting : deleting
    case .replacedBySpace: rules.lowercases ? loweringAndReplacing : replacing
    case .kept: rules.lowercases ? lowering : keeping
    }
  }

  private static let loweringAndDeleting = ByteTable(lowercases: true, .deleted)
  private static let loweringAndReplacing = ByteTable(lowercases: true, .replacedBySpace)
  private static let lowering = ByteTable(lowercases: true, .kept)
  private static let deleting = ByteTable(lowercases: false, .deleted)
  private static let replacing = ByteTable(lowercases: false, .replacedBySpace)
  private static let keeping = ByteTable(lowercases: false, .kept)

  private init(lowercases: Bool, _ punctuation: AnswerNormalization.Punctuation) {
    entries = (0...UInt8.max).map { byte in
      let isPunctuation =
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
      if byte >= 0x80 { return Self.beyondASCII }
      if isPunctuation, punctuation == .deleted { return 0 }
      if isPunctuation, punctuation == .replacedBySpace { return Self.blank }
      let scalar = Unicode.Scalar(byte)
      if scalar.isBlank { return Self.blank }
      guard scalar.isWord else { return Self.other }
      return lowercases && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
  }
}
