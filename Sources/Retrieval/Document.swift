/// A text that can be found.
public struct Document: Sendable, Hashable, Codable, Identifiable {
  /// Unique within its collection.
  public let id: String
  /// What it is about.
  public let title: String
  /// What it says.
  public let text: String

  /// A document.
  public init(id: String, title: String, text: String) {
    self.id = id
    self.title = title
    self.text = text
  }

  /// Title and text as one passage in the form of Search-R1's corpus: the title in double quotes,
  /// a line break, the text.
  public var contents: String { "\"\(title)\"\n\(text)" }
}

/// A document with how well it matched.
public struct SearchHit: Sendable, Hashable, Codable {
  /// The document.
  public let document: Document
  /// Higher is better; comparable within one query only.
  public let score: Float

  /// A hit.
  public init(document: Document, score: Float) {
    self.document = document
    self.score = score
  }
}

/// Something that finds documents for queries.
public protocol Retriever: Sendable {
  /// The best documents for each query, best first, at most `limit` each; fewer when fewer match.
  func retrieve(_ queries: [String], limit: Int) async throws -> [[SearchHit]]
}
