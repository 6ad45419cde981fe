internal import Retrieval

/// A list of search results as CaRR's browser shows them.
///
///     [1] Title: …
///     [1] URL Source: https://…
///     [1] Description: …
///     [1] Date: …
///
/// An entry needs its title, source and description, in this order, before the next title. Takes
/// time proportional to the text.
package enum SearchListing {
  package struct Entry: Sendable, Hashable {
    package let number: Int
    package let source: String
    package let title: String
    package let snippet: String
    package let published: String
  }

  private enum Field: CaseIterable {
    case title, source, description, date

    var label: [UInt8] {
      switch self {
      case .title: Array("Title:".utf8)
      case .source: Array("URL Source:".utf8)
      case .description: Array("Description:".utf8)
      case .date: Array("Date:".utf8)
      }
    }
  }

  private struct Mark {
    let field: Field
    let number: ArraySlice<UInt8>
    let start: Int
    let end: Int
  }

  package static func entries(in text: String) -> [Entry] {
    let bytes = Array(text.utf8)
    let marks = marks(in: bytes)
    var entries: [Entry] = []
    for (index, title) in marks.enumerated() where title.field == .title {
      let next = marks[(index + 1)...].firstIndex { $0.field == .title } ?? marks.endIndex
      let own = marks[(index + 1)..<next].filter { $0.number == title.number }
      guard let source = own.first(where: { $0.field == .source }),
        let description = own.first(where: { $0.field == .description && $0.start > source.start })
      else { continue }
      let end = next < marks.endIndex ? marks[next].start : bytes.count
      let date = own.first { $0.field == .date && $0.start > description.start }
      let number = Int(String(decoding: title.number, as: UTF8.self))
      entries.append(
        Entry(
          number: number ?? .max,
          source: bytes.trimmedText(source.end..<description.start),
          title: bytes.trimmedText(title.end..<source.start),
          snippet: bytes.trimmedText(description.end..<(date?.start ?? end)),
          published: date.map { bytes.trimmedText($0.end..<end) } ?? ""))
    }
    return entries
  }

  private static let labels = Field.allCases.map { (field: $0, label: $0.label) }

  /// Every `[number] label:` of the text.
  private static func marks(in bytes: [UInt8]) -> [Mark] {
    var marks: [Mark] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "[") else {
        index += 1
        continue
      }
      let start = index
      index += 1
      while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
      let number = bytes[(start + 1)..<index]
      guard !number.isEmpty, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "]") else {
        continue
      }
      let label = index + 2
      guard let found = labels.first(where: { bytes.continues(with: $0.label, at: label) }) else {
        continue
      }
      index = label + found.label.count
      marks.append(Mark(field: found.field, number: number, start: start, end: index))
    }
    return marks
  }
}

/// A page as CaRR's browser shows it.
///
///     Title: …
///     URL Source: https://…
///     Published Time: …
///     Markdown Content: …
package struct OpenedPage: Sendable, Hashable {
  package let title: String
  package let source: String
  package let published: String
  package let content: String

  package init(_ text: String) {
    let bytes = Array(text.utf8)
    title = bytes.line(after: "Title:")
    source = String(bytes.line(after: "URL Source:").prefix { !$0.isWhitespace })
    published = bytes.line(after: "Published Time:")
    let label = Array("Markdown Content:".utf8)
    content =
      bytes.firstIndex(of: label).map { bytes.trimmedText(($0 + label.count)..<bytes.count) } ?? ""
  }
}

/// Search results as passages, numbered from 1, between a pair of tags or without: `Doc 1(Title: "…") …`.
///
/// A passage goes on until the line that begins with the next number, so one of several lines stays
/// whole and keeps its place.
enum PassageListing {
  static func passages(in text: String) -> [(title: String, text: String)] {
    let bytes = withoutTags(Array(text.utf8)[...].trimmingBlanks)
    var passages: [(title: String, text: [UInt8])] = []
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let line = Array(line)
      let label = Array("Doc \(passages.count + 1)(Title: ".utf8)
      if line.starts(with: label), let close = line.firstIndex(of: Array("\") ".utf8)) {
        let title = line.trimmedText(label.count..<close).drop { $0 == "\"" }
        passages.append((String(title), Array(line[(close + 3)...])))
      } else if !passages.isEmpty {
        passages[passages.count - 1].text += [UInt8(ascii: "\n")] + line
      }
    }
    return passages.map { ($0.title, $0.text.trimmedText(0..<$0.text.count)) }
  }

  /// What stands between `<name>` at the start and `</name>` at the end.
  private static func withoutTags(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard text.first == UInt8(ascii: "<"), let end = text.firstIndex(of: UInt8(ascii: ">")) else {
      return text
    }
    let closing = Array("</".utf8) + text[(text.startIndex + 1)...end]
    let body = text[(end + 1)...]
    guard body.count >= closing.count, body.suffix(closing.count) == closing[...] else {
      return text
    }
    return body.dropLast(closing.count)
  }
}

extension [UInt8] {
  /// The text of some bytes without blanks at either end.
  fileprivate func trimmedText(_ range: Range<Int>) -> String {
    String(decoding: self[range], as: UTF8.self).trimmingBlanks
  }

  /// What follows a label on its line, or on the next line that is not blank.
  fileprivate func line(after label: String) -> String {
    let label = Array(label.utf8)
    guard let found = firstIndex(of: label) else { return "" }
    var start = found + label.count
    while start < count, self[start] <= 0x20 { start += 1 }
    let end = self[start...].firstIndex(of: UInt8(ascii: "\n")) ?? count
    return trimmedText(start..<end)
  }
}
