public import RandomStreams
public import Retrieval

/// A retriever that answers every query with what another query would have found: the control for
/// whether an agent learned to read or only to guess.
public struct ShuffledRetriever: Retriever {
  private let base: any Retriever
  private let queries: [String]
  private let stream: RandomStream

  /// A retriever that answers with what other queries find.
  ///
  /// - Parameters:
  ///   - base: What finds documents.
  ///   - queries: What is asked in place of every query; names of other questions' entities.
  ///   - stream: Decides which; the same query gets the same substitute every time.
  /// - Precondition: At least two different queries.
  public init(_ base: any Retriever, queries: [String], stream: RandomStream) {
    precondition(Set(queries).count > 1, "shuffling needs two different queries")
    self.base = base
    self.queries = queries
    self.stream = stream
  }

  /// What a substitute of each query finds; a substitute shares no word with its query where the
  /// list offers one.
  public func retrieve(_ queries: [String], limit: Int) async throws -> [[SearchHit]] {
    try await base.retrieve(queries.map(substitute), limit: limit)
  }

  /// The query that is asked in place of another.
  public func substitute(for query: String) -> String {
    var stream = stream.child(query)
    let words = Set(NameSpace.words(of: query))
    var candidate = queries[stream.index(below: queries.count)]
    for _ in 0..<32 where !words.isDisjoint(with: NameSpace.words(of: candidate)) {
      candidate = queries[stream.index(below: queries.count)]
    }
    return candidate
  }
}
