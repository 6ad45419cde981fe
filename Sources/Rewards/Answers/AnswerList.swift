/// An answer that names several things.
///
/// Things stand between commas, semicolons, line breaks, the word “and” or an ampersand; bullets and
/// numbers before them are no part of them. Their order and repetitions don't matter.
public struct AnswerList: Sendable, Hashable {
  /// The things, in comparable form; none that is empty.
  public let items: Set<ComparableAnswer>

  /// Reads a list; a text without separators is a list of one.
  ///
  /// - Complexity: Linear in the text.
  public init(_ text: String, normalization: AnswerNormalization = .standard) {
    var items = Set<ComparableAnswer>()
    for piece in text.unicodeScalars.split(whereSeparator: Self.separators.contains) {
      var words: [Substring.UnicodeScalarView] = []
      func close() {
        let text = words.map { String($0) }.joined(separator: " ")
        let item = normalization.comparable(text)
        if !item.isEmpty { items.insert(item) }
        words = []
      }
      let pieces = piece.split { $0 == " " || $0 == "\t" }
      for (index, word) in pieces.enumerated() {
        let lowered = String(word).lowercased()
        if lowered == "and" || lowered == "&" {
          close()
        } else if index > 0 || !Self.isBullet(word) {
          words.append(word)
        }
      }
      close()
    }
    self.items = items
  }

  /// What two lists share: precision, recall and F1 over their things.
  public func overlap(with accepted: AnswerList) -> WordOverlap {
    WordOverlap(
      common: items.intersection(accepted.items).count, answer: items.count,
      accepted: accepted.items.count)
  }

  private static let separators = Set(",;\n\r".unicodeScalars)

  private static func isBullet(_ word: Substring.UnicodeScalarView) -> Bool {
    if word.count == 1, let mark = word.first { return "-*•–".unicodeScalars.contains(mark) }
    guard let last = word.last, last == "." || last == ")" else { return false }
    return word.dropLast().allSatisfy(\.isDigit)
  }
}
