/// Why documents could not be indexed or found.
public enum RetrievalError: Error, Hashable, Sendable {
  /// There is nothing to search in.
  case emptyCorpus
  /// Two documents share an identifier.
  case duplicateDocument(id: String)
  /// A request asks for a number of documents that makes no sense.
  case invalidLimit(Int)
  /// The search service does not answer, with its reason.
  case unavailable(String)
}

extension RetrievalError: CustomStringConvertible {
  /// One sentence: what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .emptyCorpus: "an index needs at least one document; check the path of the corpus"
    case .duplicateDocument(let id):
      "two documents have the id \(id); ids must be unique within a corpus"
    case .invalidLimit(let limit): "topk must not be negative, got \(limit)"
    case .unavailable(let reason): "the search service does not answer: \(reason)"
    }
  }
}
