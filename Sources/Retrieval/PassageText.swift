extension Sequence<SearchHit> {
  /// The hits as an agent reads them in Search-R1, one per line, numbered from 1; empty for no hit.
  ///
  ///     Doc i(Title: T) TEXT
  ///
  /// `T` is the first line of ``Document/contents``, its quotes included, and `TEXT` the rest.
  ///
  /// - Source: Search-R1, search_r1/llm_agent/generation.py.
  public var passageText: String {
    enumerated().map { index, hit in
      let (title, text) = hit.document.contents.titleLineAndText
      return "Doc \(index + 1)(Title: \(title)) \(text)\n"
    }.joined()
  }
}

extension String {
  /// What stands before the first line feed and what stands after it.
  var titleLineAndText: (title: String, text: String) {
    let scalars = unicodeScalars
    guard let lineFeed = scalars.firstIndex(of: "\n") else { return (self, "") }
    return (
      String(String.UnicodeScalarView(scalars[..<lineFeed])),
      String(String.UnicodeScalarView(scalars[scalars.index(after: lineFeed)...]))
    )
  }
}
