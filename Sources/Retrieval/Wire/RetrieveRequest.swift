/// The body of `POST /retrieve` in Search-R1's protocol.
///
///     {"queries": ["…"], "topk": 3, "return_scores": true}
///
/// - Source: Search-R1, search_r1/search/retrieval_server.py.
public struct RetrieveRequest: Sendable, Hashable, Codable {
  /// What to look for, one search each.
  public var queries: [String]
  /// Most documents per query; the server's own default when `nil`.
  public var limit: Int?
  /// Whether each document comes with its score.
  public var returnsScores: Bool

  /// A request.
  public init(queries: [String], limit: Int? = nil, returnsScores: Bool = false) {
    self.queries = queries
    self.limit = limit
    self.returnsScores = returnsScores
  }

  private enum CodingKeys: String, CodingKey {
    case queries
    case limit = "topk"
    case returnsScores = "return_scores"
  }

  /// Reads a request; `topk` may be null or absent, `return_scores` is false where absent.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    queries = try container.decode([String].self, forKey: .queries)
    limit = try container.decodeIfPresent(Int.self, forKey: .limit)
    returnsScores = try container.decodeIfPresent(Bool.self, forKey: .returnsScores) ?? false
  }
}

extension Retriever {
  /// Answers a request as a Search-R1 server does.
  ///
  /// - Parameters:
  ///   - request: What was asked.
  ///   - defaultLimit: Documents per query where the request names no number.
  /// - Throws: ``RetrievalError/invalidLimit(_:)`` for a negative number, and what the retriever
  ///   throws.
  public func response(
    to request: RetrieveRequest, defaultLimit: Int = 3
  ) async throws -> RetrieveResponse {
    let limit = request.limit ?? defaultLimit
    guard limit >= 0 else { throw RetrievalError.invalidLimit(limit) }
    return RetrieveResponse(
      try await retrieve(request.queries, limit: limit), returningScores: request.returnsScores)
  }
}
