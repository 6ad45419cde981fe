internal import OrderedJSON
internal import Retrieval
public import Trajectories

/// How what an agent has seen is read from its record.
///
/// Only tool results count, never the agent's own words: an agent can't write its own evidence.
public struct EvidenceReading: Sendable {
  private let read: @Sendable (Trajectory) -> Evidence

  /// A reading of your own.
  public init(_ read: @escaping @Sendable (Trajectory) -> Evidence) { self.read = read }

  /// What an agent has seen.
  public func evidence(in trajectory: Trajectory) -> Evidence { read(trajectory) }

  /// Of an agent with a browser: a tool that searches, one that opens a page, one that finds words in
  /// the page that was opened last.
  ///
  /// - Source: CaRR, deepsearch_rm_with_rubrics/launch_server.py.
  public static func browser(
    search: String = "browser.search", open: String = "browser.open", find: String = "browser.find"
  ) -> EvidenceReading {
    EvidenceReading { trajectory in
      Evidence(
        ofBrowsing: trajectory.toolResults,
        tools: BrowserTools(search: search, open: open, find: find))
    }
  }

  /// Of an agent whose searches return passages, one a line as ``Retrieval`` writes them; a passage's
  /// source is its document's identifier behind a prefix, which is what the agent has to cite.
  ///
  ///     [3](doc:ada-lovelace),
  public static func passages(prefix: String = "doc:") -> EvidenceReading {
    passages { identifier, _ in prefix + identifier }
  }

  /// Of the same agent, where it cites pages by their titles.
  ///
  /// A passage's source is its title behind a prefix, and passages of one title are one source. See
  /// ``CitationRule/allowsSpaces``.
  ///
  ///     [3](page:Ada Lovelace),
  public static func titles(prefix: String = "page:") -> EvidenceReading {
    passages { _, title in prefix + title }
  }

  private static func passages(
    named source: @escaping @Sendable (_ identifier: String, _ title: String) -> String
  ) -> EvidenceReading {
    EvidenceReading { trajectory in
      var evidence = Evidence()
      for result in trajectory.toolResults {
        guard case .returned(let identifiers) = result.outcome else { continue }
        let passages = PassageListing.passages(in: result.output)
        for (identifier, passage) in zip(identifiers, passages) {
          evidence.add(source(identifier, passage.title), title: passage.title) {
            $0.snippets.append(passage.text)
          }
        }
      }
      return evidence
    }
  }
}

/// What a tool was asked and what it wrote.
package struct ToolResult: Sendable {
  let tool: String
  let arguments: String
  let outcome: ToolEvent.Outcome
  let output: String

  package init(
    tool: String, arguments: String, outcome: ToolEvent.Outcome = .returned(identifiers: []),
    output: String
  ) {
    self.tool = tool
    self.arguments = arguments
    self.outcome = outcome
    self.output = output
  }
}

extension Trajectory {
  /// The tool calls with the text of the world's answer in their turn.
  ///
  /// Several calls of one turn are matched with as many answers in order; where the numbers differ,
  /// each call gets the whole of the turn's answers.
  var toolResults: [ToolResult] {
    var answers: [Int: [Span]] = [:]
    for span in spans where span.origin == .environment {
      answers[span.turn, default: []].append(span)
    }
    var calls: [Int: Int] = [:]
    for event in events { calls[event.turn, default: 0] += 1 }
    var (turn, number, whole) = (-1, 0, "")
    return events.map { event in
      let spans = answers[event.turn] ?? []
      let isMatched = spans.count == calls[event.turn]
      if event.turn == turn {
        number += 1
      } else {
        (turn, number) = (event.turn, 0)
        whole = isMatched ? "" : String(decoding: spans.flatMap(\.text), as: UTF8.self)
      }
      return ToolResult(
        tool: event.tool, arguments: event.arguments, outcome: event.outcome,
        output: isMatched ? String(decoding: spans[number].text, as: UTF8.self) : whole)
    }
  }
}

/// The names of a browser's tools.
package struct BrowserTools: Sendable {
  let search: String
  let open: String
  let find: String

  package init(
    search: String = "browser.search", open: String = "browser.open", find: String = "browser.find"
  ) {
    self.search = search
    self.open = open
    self.find = find
  }
}

extension Evidence {
  /// What a browser showed.
  package init(ofBrowsing results: [ToolResult], tools: BrowserTools = BrowserTools()) {
    self.init()
    var current: String?
    for result in results where !result.output.trimmingBlanks.isEmpty {
      switch result.tool {
      case tools.search:
        for entry in SearchListing.entries(in: result.output) {
          add(entry.source, title: entry.title, published: entry.published) {
            $0.snippets.append(entry.snippet)
          }
        }
      case tools.open:
        let page = OpenedPage(result.output)
        current = page.source
        add(page.source, title: page.title, published: page.published) {
          $0.contents.append(page.content)
        }
      case tools.find:
        guard let current else { continue }
        let arguments = try? JSONValue(parsing: result.arguments)
        add(current) {
          $0.findings.append(
            Finding(keyword: arguments?["pattern"]?.string ?? "", matches: result.output))
        }
      default: continue
      }
    }
  }
}
