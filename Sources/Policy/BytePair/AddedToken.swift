/// A token that is matched in text as it is written and never split or merged.
public struct AddedToken: Sendable, Hashable {
  /// Its id.
  public let id: Int32
  /// Its text.
  public let text: String
  /// Whether it is markup rather than words; tools that print text may hide it.
  public let isSpecial: Bool

  /// A token with its text.
  public init(id: Int32, text: String, isSpecial: Bool = true) {
    self.id = id
    self.text = text
    self.isSpecial = isSpecial
  }
}

/// Finds added tokens in text: leftmost first, the longest where several start.
struct AddedTokenMatcher {
  /// Candidates by first byte, longest first. `[256]`
  private var candidates: [[(bytes: [UInt8], id: Int32)]]

  init(_ tokens: [AddedToken]) {
    candidates = Array(repeating: [], count: 256)
    for token in tokens {
      let bytes = Array(token.text.utf8)
      if let first = bytes.first { candidates[Int(first)].append((bytes, token.id)) }
    }
    for first in candidates.indices {
      candidates[first].sort { $0.bytes.count > $1.bytes.count }
    }
  }

  /// The first match at or after `start`.
  func firstMatch(in bytes: [UInt8], from start: Int) -> (range: Range<Int>, id: Int32)? {
    for position in start..<bytes.count {
      for candidate in candidates[Int(bytes[position])]
      where bytes[position...].starts(with: candidate.bytes) {
        return (position..<position + candidate.bytes.count, candidate.id)
      }
    }
    return nil
  }
}
