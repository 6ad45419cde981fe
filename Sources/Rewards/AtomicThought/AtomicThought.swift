public import Trajectories

/// One unit of thinking: the smallest step that an agent, or a segmenter, sets apart.
public struct AtomicThought: Sendable, Hashable {
  /// What the agent calls it (`OBSERVATION`, `HYPOTHESIS_TESTING`); `nil` when a segmenter set it
  /// apart.
  public let tag: String?
  /// What it says, trimmed.
  public let text: String
  /// Index into the trajectory's spans.
  public let span: Int
  /// The bytes of the span's text that it takes up, tags included.
  public let bytes: Range<Int>

  /// A unit.
  public init(tag: String?, text: String, span: Int, bytes: Range<Int>) {
    self.tag = tag
    self.text = text
    self.span = span
    self.bytes = bytes
  }
}

/// How thinking is cut into units.
///
/// Thinking is what stands between `<think>` and `</think>` in the agent's own words, or up to the
/// end of the turn where the closing tag is lacking. Takes time proportional to the text.
///
/// - Source: Atom-Searcher (arXiv:2508.12800): the policy names its units itself, with tags of its
///   own inside the thinking. No code is public.
public struct ThoughtSegmentation: Sendable, Hashable, Codable {
  /// What sets a unit apart.
  public enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
    /// A pair of tags that the agent wrote: `<PLAN> … </PLAN>`, of any name. The innermost pair is the
    /// unit; text outside of pairs is none.
    case tags
    /// Sentences and lines, joined until a unit has ``ThoughtSegmentation/minimumWords`` words; a
    /// line break between paragraphs ends it.
    case sentences
    /// Tags where the thinking has a pair, sentences where it has none.
    case tagsOrSentences
  }

  /// What sets a unit apart.
  public var rule: Rule
  /// The fewest words of a unit that sentences are joined to, at least 1.
  public var minimumWords: Int
  /// Units after this many are left out, so that a trajectory can't overwhelm its judge.
  public var unitLimit: Int

  /// A segmentation.
  ///
  /// - Precondition: `minimumWords` and `unitLimit` are at least 1.
  public init(rule: Rule = .tagsOrSentences, minimumWords: Int = 6, unitLimit: Int = 256) {
    precondition(minimumWords >= 1, "minimumWords must be at least 1, got \(minimumWords)")
    precondition(unitLimit >= 1, "unitLimit must be at least 1, got \(unitLimit)")
    self.rule = rule
    self.minimumWords = minimumWords
    self.unitLimit = unitLimit
  }

  /// The units of a trajectory's thinking, in order.
  public func thoughts(in trajectory: Trajectory) -> [AtomicThought] {
    var thoughts: [AtomicThought] = []
    for (index, span) in trajectory.spans.enumerated()
    where span.origin == .policy || span.origin == .demonstration {
      for thinking in TagScanner.thinking(in: span.text) {
        thoughts += units(of: span.text, within: thinking, span: index)
        if thoughts.count >= unitLimit { return Array(thoughts.prefix(unitLimit)) }
      }
    }
    return thoughts
  }

  private func units(of text: [UInt8], within range: Range<Int>, span: Int) -> [AtomicThought] {
    let tagged =
      rule == .sentences ? [] : TagScanner.innermostPairs(in: text, within: range)
    if rule == .tags || !tagged.isEmpty {
      return tagged.compactMap { pair in
        let content = text.trimmedString(pair.content)
        guard !content.isEmpty else { return nil }
        return AtomicThought(tag: pair.name, text: content, span: span, bytes: pair.whole)
      }
    }
    return SentenceScanner.units(of: text, within: range, minimumWords: minimumWords).map {
      AtomicThought(tag: nil, text: text.trimmedString($0), span: span, bytes: $0)
    }
  }
}

extension Span {
  /// The tokens whose bytes overlap a range of the text.
  func tokens(over bytes: Range<Int>) -> Range<Int> {
    // Offsets ascend: the first token that ends after the start, up to the first that begins at the
    // end or later.
    let first = partition { offsets[$0 + 1] > bytes.lowerBound }
    let end = partition { offsets[$0] >= bytes.upperBound }
    return first..<max(first, end)
  }

  /// The first token of which something is true that stays true.
  private func partition(_ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
