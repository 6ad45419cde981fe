public import Retrieval

/// A retriever that gives every query the same documents, with falling scores.
public struct FixedRetriever: Retriever {
  private let documents: [Document]

  /// A retriever of these documents.
  public init(_ documents: [Document]) {
    self.documents = documents
  }

  /// The first `limit` documents for each query, scored 1, 1/2, 1/3 and so on.
  public func retrieve(_ queries: [String], limit: Int) async throws -> [[SearchHit]] {
    let hits = documents.prefix(max(limit, 0)).enumerated().map { index, document in
      SearchHit(document: document, score: 1 / Float(index + 1))
    }
    return queries.map { _ in hits }
  }
}
