/// What a writer has learned to do and to avoid, found by reflecting on its own texts.
///
/// A pattern noted again, word for word, gets stronger; all of them fade by half every ``halfLife``
/// steps, and the weakest make room.
///
/// - Source: the idea is told of Writer-R1, whose abstract does not mention it; how patterns are kept is
///   ours.
public struct PatternMemory: Sendable, Hashable, Codable {
  /// A lesson.
  public struct Pattern: Sendable, Hashable, Codable {
    /// Whether it helped or hurt.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
      /// To do again.
      case success
      /// To avoid.
      case error
    }

    /// Whether it helped or hurt.
    public let kind: Kind
    /// The lesson in a sentence.
    public let text: String

    /// A lesson.
    public init(_ kind: Kind, _ text: String) {
      self.kind = kind
      self.text = text
    }
  }

  /// A pattern with how strongly it is remembered.
  public struct Entry: Sendable, Hashable, Codable {
    /// The pattern.
    public let pattern: Pattern
    /// As of ``step``.
    public internal(set) var strength: Double
    /// When it was last noted.
    public internal(set) var step: Int
  }

  /// In the order in which they were first noted.
  public private(set) var entries: [Entry]
  /// How many patterns are kept.
  public let capacity: Int
  /// After how many steps a pattern is half as strong.
  public let halfLife: Double

  /// An empty memory.
  ///
  /// - Precondition: `capacity` and `halfLife` are positive.
  public init(capacity: Int = 200, halfLife: Double = 50) {
    precondition(capacity > 0 && halfLife > 0, "a memory needs room and time")
    self.capacity = capacity
    self.halfLife = halfLife
    entries = []
  }

  /// Notes a pattern; blank ones are ignored.
  public mutating func note(_ pattern: Pattern, step: Int) {
    guard pattern.text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      return
    }
    if let index = entries.firstIndex(where: { $0.pattern == pattern }) {
      entries[index].strength = strength(of: entries[index], at: step) + 1
      entries[index].step = max(step, entries[index].step)
      return
    }
    entries.append(Entry(pattern: pattern, strength: 1, step: step))
    guard entries.count > capacity else { return }
    let strengths = entries.map { strength(of: $0, at: step) }
    // The newest is kept: nothing could ever enter a memory full of equals otherwise.
    let weakest = strengths.indices.dropLast().min { strengths[$0] < strengths[$1] }
    if let weakest { entries.remove(at: weakest) }
  }

  /// The strongest patterns at a step, ties in the order in which they were first noted.
  public func strongest(_ count: Int, at step: Int) -> [Pattern] {
    entries.enumerated().map { ($0.offset, strength(of: $0.element, at: step)) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
      .prefix(max(count, 0)).map { entries[$0.0].pattern }
  }

  private func strength(of entry: Entry, at step: Int) -> Double {
    entry.strength * halved(Double(max(step - entry.step, 0)) / halfLife)
  }

  /// Two to the power of less `times`, in steps that are exact for whole numbers.
  private func halved(_ times: Double) -> Double {
    let whole = times.rounded(.down)
    return whole > 1_000
      ? 0
      : Double(sign: .plus, exponent: -Int(whole), significand: 1)
        * (1 - (times - whole) / 2)
  }
}
