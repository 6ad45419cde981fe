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
    if utf8 == accepted.utf8, !isEmpty { return WordOverlap(common: 1, answer: 1, accepted: 1) }
    if rule.comparesYesAndNoWhole, isYesOrNo || accepted.isYesOrNo {
      return WordOverlap(common: 0, answer: 0, accepted: 0)
    }
    if rule.counting == .multiset, let overlap = overlapOfFew(with: accepted) { return overlap }
    var counts: [ArraySlice<UInt8>: (answer: Int, accepted: Int)] = [:]
    for word in words { counts[word, default: (0, 0)].answer += 1 }
    for word in accepted.words { counts[word, default: (0, 0)].accepted += 1 }
    let limit = rule.counting == .set ? 1 : Int.max
    var (common, own, others) = (0, 0, 0)
    for count in counts.values {
      common += min(count.answer, count.accepted, limit)
      own += min(count.answer, limit)
      others += min(count.accepted, limit)
    }
    return WordOverlap(common: common, answer: own, accepted: others)
  }

  private var isYesOrNo: Bool {
    switch utf8.count {
    case 2: utf8.elementsEqual("no".utf8)
    case 3: utf8.elementsEqual("yes".utf8)
    case 8: utf8.elementsEqual("noanswer".utf8)
    default: false
    }
  }

  /// The overlap of two short answers, word by word; `nil` if one of them isn't short.
  private func overlapOfFew(with accepted: ComparableAnswer) -> WordOverlap? {
    guard utf8.count <= 128, accepted.utf8.count <= 128 else { return nil }
    return utf8.withUnsafeBufferPointer { own in
      accepted.utf8.withUnsafeBufferPointer { others in
        var taken: UInt64 = 0
        var (common, ownCount, othersCount) = (0, 0, 0)
        var start = 0
        while let end = own.wordEnd(from: start) {
          ownCount += 1
          var index: UInt64 = 0
          var other = 0
          while let otherEnd = others.wordEnd(from: other) {
            if taken >> index & 1 == 0, otherEnd - other == end - start,
              own.isSame(start..<end, in: others, from: other)
            {
              taken |= 1 << index
              common += 1
              break
            }
            other = otherEnd + 1
            index += 1
          }
          start = end + 1
        }
        var other = 0
        while let otherEnd = others.wordEnd(from: other) {
          othersCount += 1
          other = otherEnd + 1
        }
        return WordOverlap(common: common, answer: ownCount, accepted: othersCount)
      }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where the word ends that starts at an index; `nil` at the end.
  fileprivate func wordEnd(from start: Int) -> Int? {
    guard start < count else { return nil }
    var end = start
    while end < count, self[end] != 0x20 { end += 1 }
    return end
  }

  fileprivate func isSame(
    _ range: Range<Int>, in other: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Bool {
    var position = start
    for index in range {
      if self[index] != other[position] { return false }
      position += 1
    }
    return true
  }
}
