/// A Markdown text, read line by line for its form.
///
/// Knows what a report is made of: headings with number signs, fenced code, tables with bars,
/// links. Reading takes time proportional to the text. It is no renderer: indented code, reference
/// links and HTML are text.
public struct MarkdownDocument: Sendable, Hashable {
  /// A heading outside of code.
  public struct Heading: Sendable, Hashable {
    /// 1…6.
    public let level: Int
    /// Its words, without number signs and blanks at the ends.
    public let title: String
    /// The line, from 1.
    public let line: Int
  }

  /// Something wrong with the form.
  public enum Violation: Sendable, Hashable, CustomStringConvertible {
    /// A fence is never closed.
    case unclosedFence(line: Int)
    /// A heading skips a level.
    case skippedLevel(line: Int, from: Int, to: Int)
    /// A heading has no words.
    case emptyHeading(line: Int)
    /// A table's row has another number of cells than its head.
    case raggedRow(line: Int, cells: Int, expected: Int)
    /// A link has no target or no closing parenthesis.
    case brokenLink(line: Int)

    /// One sentence.
    public var description: String {
      switch self {
      case .unclosedFence(let line): "line \(line): this fence is never closed"
      case .skippedLevel(let line, let from, let to):
        "line \(line): a heading of level \(to) can't follow level \(from)"
      case .emptyHeading(let line): "line \(line): this heading has no words"
      case .raggedRow(let line, let cells, let expected):
        "line \(line): this row has \(cells) cells, the table's head \(expected)"
      case .brokenLink(let line): "line \(line): this link has no target"
      }
    }
  }

  /// The headings, in order.
  public private(set) var headings: [Heading] = []
  /// What is wrong, in order.
  public private(set) var violations: [Violation] = []
  /// How many fenced blocks there are.
  public private(set) var fenceCount = 0
  /// How many tables there are.
  public private(set) var tableCount = 0
  /// How many links there are.
  public private(set) var linkCount = 0

  /// Reads a text.
  public init(_ text: String) {
    var fence: (mark: UInt8, length: Int, line: Int)?
    // The cells of the head and whether the rule below it was seen.
    var table: (cells: Int, hasRule: Bool)?
    let lines = Array(text.utf8).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let (line, number) = (Self.trimmed(line), index + 1)
      let run = Self.fenceRun(line)
      if let open = fence {
        if let run, run.mark == open.mark, run.length >= open.length, run.length == line.count {
          fence = nil
        }
        continue
      }
      if let run {
        fence = (run.mark, run.length, number)
        fenceCount += 1
        table = nil
        continue
      }
      if let heading = Self.heading(line, number) {
        add(heading)
        table = nil
        continue
      }
      readTable(line, number, &table)
      readLinks(line, number)
    }
    if let fence { violations.append(.unclosedFence(line: fence.line)) }
  }

  private mutating func add(_ heading: Heading) {
    if heading.title.isEmpty { violations.append(.emptyHeading(line: heading.line)) }
    if let last = headings.last, heading.level > last.level + 1 {
      violations.append(
        .skippedLevel(line: heading.line, from: last.level, to: heading.level))
    }
    headings.append(heading)
  }

  private mutating func readTable(
    _ line: ArraySlice<UInt8>, _ number: Int, _ table: inout (cells: Int, hasRule: Bool)?
  ) {
    guard let cells = Self.cellCount(line) else {
      table = nil
      return
    }
    guard let open = table else {
      table = (cells, false)
      return
    }
    if !open.hasRule {
      guard Self.isRule(line) else {
        table = (cells, false)
        return
      }
      table = (open.cells, true)
      tableCount += 1
    }
    if cells != open.cells {
      violations.append(.raggedRow(line: number, cells: cells, expected: open.cells))
    }
  }

  private mutating func readLinks(_ line: ArraySlice<UInt8>, _ number: Int) {
    var bracket: Int?
    var index = line.startIndex
    while index < line.endIndex {
      switch line[index] {
      case UInt8(ascii: "["): bracket = index
      case UInt8(ascii: "]"):
        let next = index + 1
        if bracket != nil, next < line.endIndex, line[next] == UInt8(ascii: "(") {
          linkCount += 1
          guard let close = line[next...].firstIndex(of: UInt8(ascii: ")")) else {
            violations.append(.brokenLink(line: number))
            return
          }
          if Self.trimmed(line[(next + 1)..<close]).isEmpty {
            violations.append(.brokenLink(line: number))
          }
          index = close
        }
        bracket = nil
      default: break
      }
      index += 1
    }
  }
}

extension MarkdownDocument {
  /// A line without blanks at either end.
  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = line.firstIndex(where: { !isBlank($0) }),
      let last = line.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return line[first...last]
  }

  /// The run of three or more backticks or tildes that a line begins with.
  private static func fenceRun(_ line: ArraySlice<UInt8>) -> (mark: UInt8, length: Int)? {
    guard let mark = line.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else {
      return nil
    }
    let length = line.prefix { $0 == mark }.count
    return length >= 3 ? (mark, length) : nil
  }

  private static func heading(_ line: ArraySlice<UInt8>, _ number: Int) -> Heading? {
    let sign = UInt8(ascii: "#")
    let level = line.prefix { $0 == sign }.count
    let rest = line.dropFirst(level)
    guard (1...6).contains(level), rest.first.map({ $0 == 0x20 || $0 == 0x09 }) ?? true else {
      return nil
    }
    var title = trimmed(rest)
    while title.last == sign { title = title.dropLast() }
    return Heading(
      level: level, title: String(decoding: trimmed(title), as: UTF8.self), line: number)
  }

  /// How many cells a row has; `nil` for a line without bars.
  private static func cellCount(_ line: ArraySlice<UInt8>) -> Int? {
    let (bar, escape) = (UInt8(ascii: "|"), UInt8(ascii: "\\"))
    var (bars, escaped, lastIsBar) = (0, false, false)
    for byte in line {
      lastIsBar = byte == bar && !escaped
      if lastIsBar { bars += 1 }
      escaped = byte == escape && !escaped
    }
    guard bars > 0 else { return nil }
    return bars + 1 - (line.first == bar ? 1 : 0) - (lastIsBar && line.count > 1 ? 1 : 0)
  }

  /// Whether a row is the rule below a table's head.
  private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
    line.contains(UInt8(ascii: "-"))
      && line.allSatisfy {
        [0x20, 0x09, UInt8(ascii: "|"), UInt8(ascii: "-"), UInt8(ascii: ":")].contains($0)
      }
  }
}
