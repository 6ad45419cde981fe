/// What an agent has seen of each source: what search results said of it, its pages as they were
/// opened, what was found in them.
public struct Evidence: Sendable, Hashable {
  /// One source.
  public struct Page: Sendable, Hashable {
    /// Its address.
    public let source: String
    /// Empty when unknown.
    public var title: String
    /// As it was written; empty when unknown.
    public var published: String
    /// What search results said, in order.
    public var snippets: [String] = []
    /// What was read, in order.
    public var contents: [String] = []
    /// What was looked for in it, and what came of it, in order.
    public var findings: [Finding] = []

    /// A source of which nothing was seen yet.
    public init(source: String, title: String = "", published: String = "") {
      self.source = source
      self.title = title
      self.published = published
    }
  }

  /// A search within a page.
  public struct Finding: Sendable, Hashable {
    /// What was looked for.
    public let keyword: String
    /// The places, as they were shown.
    public let matches: String

    /// A search within a page.
    public init(keyword: String, matches: String) {
      self.keyword = keyword
      self.matches = matches
    }
  }

  /// All sources in the order in which they were first seen.
  public private(set) var pages: [Page] = []
  private var places: [[UInt8]: Int] = [:]

  /// Nothing seen.
  public init() {}

  /// What was seen of a source, or `nil`.
  public subscript(source: String) -> Page? {
    places[Array(source.utf8)].map { pages[$0] }
  }

  /// Changes what was seen of a source; title and date count when it is seen for the first time.
  public mutating func add(
    _ source: String, title: String = "", published: String = "",
    _ change: (inout Page) -> Void = { _ in }
  ) {
    let key = Array(source.utf8)
    let place = places[key] ?? pages.count
    if place == pages.count {
      places[key] = place
      pages.append(Page(source: source, title: title, published: published))
    }
    change(&pages[place])
  }

  /// The first of the sources that were seen, at most `limit` of them.
  public func pages(of sources: [String], limit: Int) -> [Page] {
    Array(sources.lazy.compactMap { self[$0] }.prefix(limit))
  }
}

extension Sequence<Evidence.Page> {
  /// The pages as a judge reads them, numbered from 1; a text that several pages share stands once.
  ///
  ///     [Webpage 1]
  ///     URL Source: https://a.org/p
  ///     Title: …
  ///     Published Time: …
  ///
  ///     Snippet:
  ///     …
  package var text: String {
    var (snippets, contents, matches) = (Set<[UInt8]>(), Set<[UInt8]>(), Set<[UInt8]>())
    var text = ""
    for (number, page) in enumerated() {
      text += "[Webpage \(number + 1)]\nURL Source: \(page.source)\n"
      if !page.title.isEmpty { text += "Title: \(page.title)\n" }
      if !page.published.isEmpty { text += "Published Time: \(page.published)\n" }
      text += "\n"
      for snippet in page.snippets where snippets.insert(Array(snippet.utf8)).inserted {
        text += "Snippet:\n\(snippet)\n\n"
      }
      for content in page.contents where contents.insert(Array(content.utf8)).inserted {
        text += "Content:\n\(content)\n\n"
      }
      for finding in page.findings where matches.insert(Array(finding.matches.utf8)).inserted {
        text += "Search Result of Keyword \"\(finding.keyword)\":\n\(finding.matches)\n\n"
      }
    }
    return text
  }
}
