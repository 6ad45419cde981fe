/// How much two answers share.
///
///     precision = common / words of the answer
///     recall    = common / words of the accepted answer
///     F1        = 2 · precision · recall / (precision + recall)
///
/// Without a shared word all three are 0, also when both sides are empty. All are in 0…1.
public struct WordOverlap: Sendable, Hashable, Codable {
  /// The share of the answer's words that the accepted answer has too.
  public let precision: Double
  /// The share of the accepted answer's words that the answer has too.
  public let recall: Double

  /// The harmonic mean of precision and recall.
  public var f1: Double {
    let sum = precision + recall
    return sum > 0 ? 2 * precision * recall / sum : 0
  }

  init(common: Int, answer: Int, accepted: Int) {
    precision = common > 0 ? Double(common) / Double(answer) : 0
    recall = common > 0 ? Double(common) / Double(accepted) : 0
  }
}

/// How shared words are counted.
public struct WordOverlapRule: Sendable, Hashable, Codable {
  /// What a repeated word is worth.
  public enum Counting: String, Sendable, Hashable, Codable, CaseIterable {
    /// It counts once for each time that both sides have it.
    case multiset
    /// It counts once.
    case set
  }

  /// What a repeated word is worth.
  public var counting: Counting
  /// Whether “yes”, “no” and “noanswer” share nothing with an answer that is not equal to them.
  public var comparesYesAndNoWhole: Bool

  /// A rule.
  public init(counting: Counting = .multiset, comparesYesAndNoWhole: Bool = false) {
    self.counting = counting
    self.comparesYesAndNoWhole = comparesYesAndNoWhole
  }

  /// SQuAD's: repeated words count as often as both sides have them.
  public static let multiset = WordOverlapRule()
  /// DeepResearcher's: repeated words count once.
  public static let set = WordOverlapRule(counting: .set)
  /// HotpotQA's, which R1-Searcher, AutoRefine, ARPO and ReSearch use: yes and no match whole.
  public static let hotpotQA = WordOverlapRule(comparesYesAndNoWhole: true)
}

extension ComparableAnswer {
  /// What an answer shares with an accepted one.
  ///
  /// Takes time proportional to both.
  public func overlap(
    with accepted: ComparableAnswer, rule: WordOverlapRule = .multiset
  ) -> WordOverlap {
    utf8.withUnsafeBufferPointer { own in
      accepted.utf8.withUnsafeBufferPointer { WordOverlap(of: own, with: $0, rule: rule) }
    }
  }
}

extension WordOverlap {
  /// Answers of at most so many words are compared word by word, without a table.
  private static let few = 32

  /// What the form of an answer shares with that of an accepted one.
  init(
    of answer: UnsafeBufferPointer<UInt8>, with accepted: UnsafeBufferPointer<UInt8>,
    rule: WordOverlapRule
  ) {
    if !answer.isEmpty, answer.isSame(as: accepted) {
      self.init(common: 1, answer: 1, accepted: 1)
    } else if rule.comparesYesAndNoWhole, answer.isYesOrNo || accepted.isYesOrNo {
      self.init(common: 0, answer: 0, accepted: 0)
    } else {
      let isSet = if case .set = rule.counting { true } else { false }
      self =
        Self.ofFew(answer, accepted, isSet: isSet) ?? Self.ofMany(answer, accepted, isSet: isSet)
    }
  }

  /// The overlap of two forms of few words; `nil` if one of them has more.
  private static func ofFew(
    _ answer: UnsafeBufferPointer<UInt8>, _ accepted: UnsafeBufferPointer<UInt8>, isSet: Bool
  ) -> WordOverlap? {
    withFewWords(of: answer, isSet: isSet) { own in
      withFewWords(of: accepted, isSet: isSet) { others in
        var unmatched = others.count
        for word in own {
          guard let match = others[..<unmatched].firstIndex(of: word) else { continue }
          unmatched -= 1
          others.swapAt(match, unmatched)
        }
        return WordOverlap(
          common: others.count - unmatched, answer: own.count, accepted: others.count)
      }
    }
  }

  /// Hands over the words of a form, of a set each once; `nil` if there are more than a few.
  private static func withFewWords(
    of form: UnsafeBufferPointer<UInt8>, isSet: Bool,
    _ body: (UnsafeMutableBufferPointer<FormWord>) -> WordOverlap?
  ) -> WordOverlap? {
    withUnsafeTemporaryAllocation(of: FormWord.self, capacity: few) { words in
      var count = 0
      let areFew = form.forEachWord { word in
        if isSet, words[..<count].contains(word) { return true }
        guard count < few else { return false }
        words.initializeElement(at: count, to: word)
        count += 1
        return true
      }
      return areFew ? body(UnsafeMutableBufferPointer(rebasing: words[..<count])) : nil
    }
  }

  private static func ofMany(
    _ answer: UnsafeBufferPointer<UInt8>, _ accepted: UnsafeBufferPointer<UInt8>, isSet: Bool
  ) -> WordOverlap {
    var counts: [FormWord: (answer: Int, accepted: Int)] = [:]
    answer.forEachWord { word in
      counts[word, default: (0, 0)].answer += 1
      return true
    }
    accepted.forEachWord { word in
      counts[word, default: (0, 0)].accepted += 1
      return true
    }
    let limit = isSet ? 1 : Int.max
    var (common, own, others) = (0, 0, 0)
    for count in counts.values {
      common += min(count.answer, count.accepted, limit)
      own += min(count.answer, limit)
      others += min(count.accepted, limit)
    }
    return WordOverlap(common: common, answer: own, accepted: others)
  }
}
