internal import Retrieval

/// A text with tags in it, searched scalar for scalar.
///
/// Every operation takes time proportional to the text, whatever the tags look like.
struct MarkedText {
  let text: String

  init(_ text: String) { self.text = text }

  /// A pair of tags and what stands between them.
  struct Pair {
    let whole: Range<String.Index>
    let content: String
  }

  /// The pairs of a tag from left to right, each from an opening to the next closing one.
  func pairs(_ tag: String) -> [Pair] {
    var result: [Pair] = []
    var position = text.startIndex
    while let open = text.range(ofScalars: "<\(tag)>", from: position),
      let close = text.range(ofScalars: "</\(tag)>", from: open.upperBound)
    {
      result.append(
        Pair(
          whole: open.lowerBound..<close.upperBound,
          content: String(text[open.upperBound..<close.lowerBound])))
      position = close.upperBound
    }
    return result
  }

  /// How often a non-empty pattern occurs, without overlaps.
  func count(_ pattern: String) -> Int { ranges(of: pattern).count }

  func contains(_ pattern: String) -> Bool { text.range(ofScalars: pattern) != nil }

  /// The pieces between the occurrences of a non-empty pattern; one more than those.
  func pieces(between pattern: String) -> [String] {
    var result: [String] = []
    var position = text.startIndex
    for range in ranges(of: pattern) {
      result.append(String(text[position..<range.lowerBound]))
      position = range.upperBound
    }
    return result + [String(text[position...])]
  }

  /// The text before the first occurrence of a pattern, all of it without one.
  func before(_ pattern: String) -> String {
    guard let range = text.range(ofScalars: pattern) else { return text }
    return String(text[..<range.lowerBound])
  }

  /// The text after the first occurrence of a pattern, `nil` without one.
  func after(_ pattern: String) -> String? {
    text.range(ofScalars: pattern).map { String(text[$0.upperBound...]) }
  }

  private func ranges(of pattern: String) -> [Range<String.Index>] {
    var result: [Range<String.Index>] = []
    var position = text.startIndex
    while let range = text.range(ofScalars: pattern, from: position) {
      result.append(range)
      position = range.upperBound
    }
    return result
  }
}

extension String {
  /// Whether the text begins with a pattern, scalar for scalar.
  func beginsWithScalars(of pattern: String) -> Bool { utf8.starts(with: pattern.utf8) }
}
