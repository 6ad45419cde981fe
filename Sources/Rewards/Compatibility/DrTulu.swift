/// DR Tulu as released, digit for digit, where the original and the library's reading differ.
///
/// Works on one text in which prompts, tools and the agent speak alike, takes whatever a judge
/// wrote for what it can read in it, and makes 0 of what it can't.
///
/// - Source: rlresearch/dr-tulu, rl/open-instruct/open_instruct, at 6188f34c.
package enum DrTulu {
  /// Misspelled tags count too.
  package static let sourceMarkup = SourceMarkup(tags: [
    SourceMarkup.Tag("snippet", ending: "s"), SourceMarkup.Tag("snippe", ending: "t"),
    SourceMarkup.Tag("webpag", ending: "e"),
  ])

  /// A name of a parser that does not exist.
  package struct UnknownParser: Error {}

  /// The markup that a parser's name stands for.
  package static func searchMarkup(parser: String?) throws(UnknownParser) -> SearchCallMarkup {
    switch parser {
    case nil, "": .search
    case "unified": .tool
    case "v20250824": .callTool
    default: throw UnknownParser()
    }
  }

  /// A response's first closed answer, what stands before it and the sources there.
  package struct Response {
    /// Everything before the first opening tag, trimmed.
    package let context: String
    /// The answer, trimmed.
    package let answer: String
    /// The citable texts of the context.
    package let sources: [String: String]

    /// `nil` without a closed answer.
    package init?(_ text: String) {
      let scanner = MarkupScanner(text)
      let open = Array("<answer>".utf8)
      guard
        let pair = scanner.pairs(open: open, close: Array("</answer>".utf8), limit: 1).first
      else { return nil }
      context = scanner.trimmed(0..<pair.lowerBound - open.count)
      answer = scanner.trimmed(pair)
      sources = DrTulu.sourceMarkup.sources(in: context)
    }
  }

  /// 0.5 for a closed answer, 0.3 for a citation, 0.2 for a query, anywhere in the text.
  package static func formatReward(_ text: String, searches: SearchCallMarkup) -> Double {
    var scanner = MarkupScanner(text)
    return RLERResponse(
      answer: Response(text)?.answer, sources: [:], searchCount: searches.queries(in: text).count,
      cites: !scanner.citations(strictQuotes: false, limit: 1).isEmpty
    ).formatScore
  }

  /// min(n / 3, 1) over the queries of the text before the answer, and n.
  package static func searchTurns(
    in context: String?, searches: SearchCallMarkup
  ) -> (reward: Double, count: Int) {
    let count = context.map { searches.queries(in: $0).count } ?? 0
    return (RLERResponse.searchScore(count), count)
  }
}
