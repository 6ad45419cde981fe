/// What a question asks of whoever answers it.
public struct QuestionShape: Sendable, Hashable, Codable {
  /// How the passages hang together.
  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    /// One fact about a named entity.
    case attribute
    /// A chain: each reading names what to look up next.
    case bridge
    /// Two years are read, then something about the earlier or the later.
    case comparison
    /// Two lists are read; what they share, or something about it.
    case intersection
  }

  /// How the passages hang together.
  public let form: Form
  /// How many passages must be read, 1 to 4.
  public let pages: Int

  /// A shape.
  ///
  /// - Precondition: The number of pages is possible: 1 for an attribute, 2 to 4 for a bridge or an
  ///   intersection, 3 or 4 for a comparison.
  public init(_ form: Form, pages: Int) {
    let possible =
      switch form {
      case .attribute: 1...1
      case .bridge, .intersection: 2...4
      case .comparison: 3...4
      }
    precondition(possible.contains(pages), "a question of form \(form) can't need \(pages) pages")
    self.form = form
    self.pages = pages
  }

  /// How many relations follow what the form starts with.
  var hops: Int {
    switch form {
    case .attribute, .bridge: pages
    case .comparison, .intersection: pages - 2
    }
  }

  /// All shapes, in rotation so that each number of pages is a quarter of the questions.
  public static let balanced: [QuestionShape] = [
    QuestionShape(.attribute, pages: 1), QuestionShape(.bridge, pages: 2),
    QuestionShape(.comparison, pages: 3), QuestionShape(.bridge, pages: 4),
    QuestionShape(.attribute, pages: 1), QuestionShape(.intersection, pages: 2),
    QuestionShape(.bridge, pages: 3), QuestionShape(.comparison, pages: 4),
    QuestionShape(.attribute, pages: 1), QuestionShape(.bridge, pages: 2),
    QuestionShape(.intersection, pages: 3), QuestionShape(.intersection, pages: 4),
  ]
}
