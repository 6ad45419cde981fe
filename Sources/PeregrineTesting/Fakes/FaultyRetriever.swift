public import RandomStreams
public import Retrieval

/// A retriever that goes wrong at times, in ways that real ones do.
///
/// Whether and how a call goes wrong is a pure function of the stream and the first query: the same
/// query always meets the same fate, in whatever order calls arrive.
public struct FaultyRetriever: Retriever {
  /// What can go wrong.
  public enum Fault: Sendable, Hashable, CaseIterable {
    /// The call throws ``Retrieval/RetrievalError/unavailable(_:)``.
    case unavailable
    /// Nothing is found.
    case empty
    /// Every text comes back a thousand times.
    case oversized
    /// One list too few comes back.
    case incomplete
  }

  private let base: any Retriever
  private let rate: Float
  private let faults: [Fault]
  private let stream: RandomStream

  /// A faulty retriever.
  ///
  /// - Parameters:
  ///   - base: Who answers when nothing goes wrong.
  ///   - rate: Probability that a call goes wrong, in 0…1.
  ///   - faults: What goes wrong then, each equally likely; not empty.
  ///   - stream: Where chance comes from.
  public init(
    _ base: any Retriever, rate: Float, faults: [Fault] = Fault.allCases, stream: RandomStream
  ) {
    precondition((0...1).contains(rate), "rate must lie in 0…1, got \(rate)")
    precondition(!faults.isEmpty, "faults must not be empty")
    self.base = base
    self.rate = rate
    self.faults = faults
    self.stream = stream
  }

  /// Answers, or goes wrong.
  public func retrieve(_ queries: [String], limit: Int) async throws -> [[SearchHit]] {
    var chance = stream.child(queries.first ?? "")
    guard chance.uniform() < rate, let fault = chance.choice(faults) else {
      return try await base.retrieve(queries, limit: limit)
    }
    switch fault {
    case .unavailable: throw RetrievalError.unavailable("a fault was injected")
    case .empty: return queries.map { _ in [] }
    case .oversized:
      return try await base.retrieve(queries, limit: limit).map { $0.map(\.oversized) }
    case .incomplete:
      return try await base.retrieve(queries, limit: limit).dropLast()
    }
  }
}

extension SearchHit {
  fileprivate var oversized: SearchHit {
    let text = String(repeating: document.text, count: 1000)
    return SearchHit(
      document: Document(id: document.id, title: document.title, text: text), score: score)
  }
}
