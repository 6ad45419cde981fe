/// How an agent writes a search into its text.
public enum SearchCallMarkup: String, Sendable, Hashable, Codable, CaseIterable {
  /// `<search>who wrote it</search>`; blanks at both ends are no part of the query.
  case search
  /// `<tool name="search">who wrote it</tool>`
  case tool
  /// `<call_tool name="search">who wrote it</call_tool>`, or closed by `</call>` throughout.
  case callTool

  /// The queries in a text, in order, without those that are empty or blank.
  ///
  /// Takes time proportional to the text.
  ///
  /// - Source: DR Tulu, open_instruct/search_rewards/utils/format_utils.py.
  public func queries(in text: String) -> [String] {
    var scanner = MarkupScanner(text)
    switch self {
    case .search:
      return scanner.pairs(open: Array("<search>".utf8), close: Array("</search>".utf8))
        .map { scanner.trimmed($0) }.filter { !$0.isEmpty }
    case .tool:
      return scanner.calls(open: "<tool name=", close: "</tool>") ?? []
    case .callTool:
      return scanner.calls(open: "<call_tool name=", close: "</call_tool>")
        ?? scanner.calls(open: "<call_tool name=", close: "</call>") ?? []
    }
  }

  /// The share of distinct queries among all, in 0…1; 1 without queries.
  ///
  /// Queries are compared scalar by scalar.
  public static func distinctShare(of queries: [String]) -> Double {
    let distinct = Set(queries.map { Array($0.utf8) })
    return queries.isEmpty ? 1 : Double(distinct.count) / Double(queries.count)
  }
}

extension MarkupScanner {
  /// What stands in the pairs of a tag with a name; `nil` if there is no pair at all.
  fileprivate mutating func calls(open: String, close: String) -> [String]? {
    let (open, close) = (Array(open.utf8), Array(close.utf8))
    var result: [String] = []
    var position = 0
    while let opening = range(of: open, from: position),
      let end = tagEnd(from: opening.upperBound),
      let closing = range(of: close, from: end + 1)
    {
      let content = end + 1..<closing.lowerBound
      if !trimmed(content).isEmpty { result.append(text(content)) }
      position = closing.upperBound
    }
    return position == 0 ? nil : result
  }
}
