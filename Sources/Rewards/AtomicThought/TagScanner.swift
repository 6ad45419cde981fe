internal import Retrieval

/// Finds tags in the bytes of a text.
enum TagScanner {
  struct Tag {
    let name: String
    let isClosing: Bool
    let range: Range<Int>
  }

  struct Pair {
    let name: String
    /// What stands between the tags.
    let content: Range<Int>
    /// With the tags.
    let whole: Range<Int>
  }

  /// The longest name of a tag, in bytes.
  static let longestName = 64

  /// What stands between `<think>` and `</think>`; the last may end with the text, before a marker
  /// that ends it.
  static func thinking(in text: [UInt8]) -> [Range<Int>] {
    let (open, close) = (Array("<think>".utf8), Array("</think>".utf8))
    var ranges: [Range<Int>] = []
    var position = 0
    while let found = text.firstIndex(of: open, from: position) {
      let start = found + open.count
      let end = text.firstIndex(of: close, from: start)
      ranges.append(start..<(end ?? max(start, text[...].withoutEndMarker.endIndex)))
      guard let end else { break }
      position = end + close.count
    }
    return ranges
  }

  /// Pairs of tags of one name with no tag between them, left to right.
  static func innermostPairs(in text: [UInt8], within range: Range<Int>) -> [Pair] {
    var pairs: [Pair] = []
    var open: Tag?
    var position = range.lowerBound
    while let tag = nextTag(in: text, from: position, to: range.upperBound) {
      position = tag.range.upperBound
      if !tag.isClosing {
        open = tag
      } else {
        if let start = open, start.name == tag.name {
          pairs.append(
            Pair(
              name: tag.name, content: start.range.upperBound..<tag.range.lowerBound,
              whole: start.range.lowerBound..<tag.range.upperBound))
        }
        open = nil
      }
    }
    return pairs
  }

  private static func nextTag(in text: [UInt8], from start: Int, to end: Int) -> Tag? {
    var index = start
    while index < end {
      if text[index] == UInt8(ascii: "<"), let tag = tag(in: text, at: index, to: end) {
        return tag
      }
      index += 1
    }
    return nil
  }

  private static func tag(in text: [UInt8], at start: Int, to end: Int) -> Tag? {
    let isClosing = start + 1 < end && text[start + 1] == UInt8(ascii: "/")
    let nameStart = start + (isClosing ? 2 : 1)
    var index = nameStart
    while index < end, index - nameStart <= longestName,
      isNameByte(text[index], first: index == nameStart)
    {
      index += 1
    }
    guard index > nameStart, index < end, text[index] == UInt8(ascii: ">") else { return nil }
    return Tag(
      name: String(decoding: text[nameStart..<index], as: UTF8.self), isClosing: isClosing,
      range: start..<(index + 1))
  }

  private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): !first
    default: false
    }
  }
}

/// Cuts untagged thinking into sentences, and joins those that are too short to be judged.
enum SentenceScanner {
  static func units(
    of text: [UInt8], within range: Range<Int>, minimumWords: Int
  ) -> [Range<Int>] {
    var units: [Range<Int>] = []
    var start: Int?
    var (words, wordOpen, last) = (0, false, range.lowerBound)

    func isParagraphEnd(_ index: Int) -> Bool {
      text[index] == UInt8(ascii: "\n") && index + 1 < range.upperBound
        && text[index + 1] == UInt8(ascii: "\n")
    }
    func close() {
      if let first = start { units.append(first..<last) }
      (start, words, wordOpen) = (nil, 0, false)
    }
    for index in range {
      let byte = text[index]
      if byte <= 0x20 {
        let stops = last > range.lowerBound && isStop(text[last - 1])
        let lineEnds = byte == UInt8(ascii: "\n")
        if start != nil, words >= minimumWords && (stops || lineEnds) || isParagraphEnd(index) {
          close()
        }
        wordOpen = false
      } else {
        if start == nil { start = index }
        if !wordOpen { words += 1 }
        wordOpen = true
        last = index + 1
      }
    }
    close()
    return units
  }

  private static func isStop(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "!")
  }
}

extension [UInt8] {
  /// The text of some bytes without blanks at either end.
  func trimmedString(_ range: Range<Int>) -> String {
    String(decoding: self[range], as: UTF8.self).trimmingBlanks
  }
}
