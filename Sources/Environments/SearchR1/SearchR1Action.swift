internal import Retrieval

/// What an agent's turn means in Search-R1's protocol.
///
/// - Source: Search-R1, search_r1/llm_agent/generation.py.
public enum SearchR1Action: Sendable, Hashable {
  /// A query for the search engine, without blanks at its ends; may be empty.
  case search(String)
  /// The final answer, without blanks at its ends; may be empty.
  case answer(String)
  /// Neither.
  case invalid

  /// Reads a turn: the first tag, search or answer, that is closed by its own kind.
  ///
  /// The turn is cut first, by ``cut(_:)``. Tags are compared exactly, in lower case; a body may
  /// span lines and hold other tags. Takes time proportional to the text.
  public init(_ turn: String) {
    let turn = Self.cut(turn)
    let search = Self.body(of: "search", in: turn)
    let answer = Self.body(of: "answer", in: turn)
    switch (search, answer) {
    case (let search?, let answer?) where search.lowerBound < answer.lowerBound:
      self = .search(turn[search].trimmingBlanks)
    case (_, let answer?):
      self = .answer(turn[answer].trimmingBlanks)
    case (let search?, nil):
      self = .search(turn[search].trimmingBlanks)
    case (nil, nil):
      self = .invalid
    }
  }

  /// A turn up to the first closing search tag, else up to the first closing answer tag, else all
  /// of it.
  public static func cut(_ turn: String) -> String {
    for end in turnEnds {
      if let tag = turn.range(ofScalars: end) { return String(turn[..<tag.upperBound]) }
    }
    return turn
  }

  static let turnEnds = ["</search>", "</answer>"]

  private static func body(of tag: String, in text: String) -> Range<String.Index>? {
    guard let open = text.range(ofScalars: "<\(tag)>"),
      let close = text.range(ofScalars: "</\(tag)>", from: open.upperBound)
    else { return nil }
    return open.upperBound..<close.lowerBound
  }
}
