internal import Retrieval

/// Sizes and repetitions of a text, read in time proportional to it.
public enum TextMeasures {
  /// How many words a text has.
  ///
  /// A run of letters, numbers and underscores is a word, with apostrophes and hyphens inside it;
  /// an ideograph, a kana or a Hangul syllable is one by itself, as nothing separates them.
  public static func wordCount(of text: String) -> Int { words(of: text).count }

  /// The words of a text, in lower case.
  static func words(of text: String) -> [[UInt32]] {
    var words: [[UInt32]] = []
    var word: [UInt32] = []
    for scalar in text.lowercasedByScalar.unicodeScalars {
      if scalar.isUnspaced {
        if !word.isEmpty { words.append(word) }
        words.append([scalar.value])
        word = []
      } else if scalar.isWord || scalar.joinsWords && !word.isEmpty {
        word.append(scalar.value)
      } else if !word.isEmpty {
        words.append(word)
        word = []
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// The paragraphs of a text: what blank lines separate, without blanks at both ends.
  public static func paragraphs(of text: String) -> [String] {
    var paragraphs: [String] = []
    var lines: [String] = []
    for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = String(line).trimmingBlanks
      if line.isEmpty {
        if !lines.isEmpty { paragraphs.append(lines.joined(separator: "\n")) }
        lines = []
      } else {
        lines.append(line)
      }
    }
    if !lines.isEmpty { paragraphs.append(lines.joined(separator: "\n")) }
    return paragraphs
  }

  /// The share of a text's runs of `length` words that it had already said, in 0…1.
  ///
  ///     1 − distinct runs / runs
  ///
  /// 0 for a text of fewer words. Word for word; a paraphrase goes unseen.
  ///
  /// - Precondition: `length` is at least 1.
  public static func repeatedShare(of text: String, runs length: Int = 5) -> Double {
    precondition(length >= 1, "a run needs a word, got \(length)")
    let words = words(of: text)
    guard words.count >= length else { return 0 }
    var numbers: [[UInt32]: Int] = [:]
    let ids = words.map { word in
      let id = numbers[word] ?? numbers.count
      numbers[word] = id
      return id
    }
    let runs = ids.count - length + 1
    let distinct = Set((0..<runs).map { ids[$0..<$0 + length] })
    return 1 - Double(distinct.count) / Double(runs)
  }

  /// The share of a text's paragraphs that are much like an earlier one, in 0…1.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - threshold: The similarity from which on two paragraphs are alike.
  ///   - limit: How many paragraphs are looked at, from the first: each is compared with those
  ///     before it.
  ///   - similarity: Between two paragraphs, in 0…1: ``wordOverlap(_:_:)``, or one of embeddings.
  public static func duplicateShare(
    of text: String, threshold: Double = 0.8, limit: Int = 100,
    similarity: (String, String) -> Double
  ) -> Double {
    let paragraphs = paragraphs(of: text).prefix(limit)
    let duplicates = paragraphs.indices.count { index in
      paragraphs[..<index].contains { similarity($0, paragraphs[index]) >= threshold }
    }
    return paragraphs.isEmpty ? 0 : Double(duplicates) / Double(paragraphs.count)
  }

  /// The overlap of two texts' distinct words, shared over all, in 0…1; 0 if neither has any.
  public static func wordOverlap(_ left: String, _ right: String) -> Double {
    let (left, right) = (Set(words(of: left)), Set(words(of: right)))
    let all = left.union(right).count
    return all == 0 ? 0 : Double(left.intersection(right).count) / Double(all)
  }
}

extension Unicode.Scalar {
  /// Whether the scalar belongs to a script that does not separate words.
  fileprivate var isUnspaced: Bool {
    switch value {
    case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0x20000...0x3FFFF:
      true
    default: false
    }
  }

  /// Whether the scalar may stand inside a word.
  fileprivate var joinsWords: Bool {
    self == "'" || self == "\u{2019}" || self == "-"
      || properties.generalCategory == .nonspacingMark
  }
}
