/// The two parameters of BM25.
public struct BM25Parameters: Sendable, Hashable, Codable {
  /// How quickly repetitions of a term stop counting; 0 counts a term once.
  public let k1: Double
  /// How much long documents are discounted, from 0 (not at all) to 1 (fully).
  public let b: Double

  /// Parameters; the defaults are those of the Anserini baselines, which Search-R1 retrieves with.
  ///
  /// - Precondition: `k1` is finite and not negative, `b` lies in 0…1.
  public init(k1: Double = 0.9, b: Double = 0.4) {
    precondition(k1.isFinite && k1 >= 0, "k1 must be finite and not negative, got \(k1)")
    precondition((0...1).contains(b), "b must lie in 0…1, got \(b)")
    self.k1 = k1
    self.b = b
  }
}

/// An inverted index that ranks documents by BM25 in Lucene's form.
///
///     score(d, q) = Σ over terms t of q:  idf(t) · tf / (tf + k1 · (1 − b + b · |d| / avgdl))
///     idf(t)      = ln(1 + (N − df + 0.5) / (df + 0.5))
///
/// `tf` counts `t` in `d`, `df` the documents that hold `t`, `N` all documents, `|d|` the terms of
/// `d` and `avgdl` their mean. A term that the query repeats counts each time. What is indexed is
/// ``Document/contents``, title and text.
///
/// Building takes time proportional to the corpus; a search takes time proportional to the postings
/// of the query's terms and allocates a fixed block besides its hits. An index is a value and may
/// be searched from many tasks at once.
///
/// - Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework"; Kamphuis et al.
///   2020, "Which BM25 do you mean?", the variant "Lucene (accurate)".
public struct BM25Index: Retriever {
  /// The corpus, in the order given.
  public let documents: [Document]
  /// How documents were and queries are cut into terms.
  public let analyzer: TextAnalyzer
  /// The ranking's parameters.
  public let parameters: BM25Parameters
  /// Terms of all documents, repetitions included.
  public let termCount: Int

  /// The number of each term.
  private let vocabulary: [String: Int]
  /// The postings of term `t` are `offsets[t] ..< offsets[t + 1]`.
  private let offsets: [Int]
  /// Which document, ascending within a term.
  private let postingDocuments: [Int32]
  /// What the term adds to that document's score.
  private let postingImpacts: [Float]

  /// Indexes a corpus.
  ///
  /// - Throws: ``RetrievalError/emptyCorpus``, ``RetrievalError/duplicateDocument(id:)``.
  public init(
    _ documents: [Document], analyzer: TextAnalyzer = .standard,
    parameters: BM25Parameters = BM25Parameters()
  ) throws(RetrievalError) {
    guard !documents.isEmpty else { throw .emptyCorpus }
    var ids = Set<String>(minimumCapacity: documents.count)
    for document in documents where !ids.insert(document.id).inserted {
      throw .duplicateDocument(id: document.id)
    }
    let counts = TermCounts(documents, analyzer: analyzer)
    self.documents = documents
    self.analyzer = analyzer
    self.parameters = parameters
    termCount = counts.lengths.reduce(0, +)
    vocabulary = counts.vocabulary
    offsets = counts.postings.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }

    let averageLength = Double(termCount) / Double(documents.count)
    let lengthFactors = counts.lengths.map { length in
      parameters.k1 * (1 - parameters.b + parameters.b * Double(length) / averageLength)
    }
    var postingDocuments: [Int32] = []
    var postingImpacts: [Float] = []
    postingDocuments.reserveCapacity(offsets.last ?? 0)
    postingImpacts.reserveCapacity(offsets.last ?? 0)
    for postings in counts.postings {
      let idf = Self.inverseDocumentFrequency(postings.count, of: documents.count)
      for posting in postings {
        let frequency = Double(posting.frequency)
        postingDocuments.append(posting.document)
        postingImpacts.append(
          Float(idf * frequency / (frequency + lengthFactors[Int(posting.document)])))
      }
    }
    self.postingDocuments = postingDocuments
    self.postingImpacts = postingImpacts
  }

  /// How many different terms the corpus has.
  public var vocabularyCount: Int { vocabulary.count }

  /// Mean number of terms per document.
  public var averageLength: Double { Double(termCount) / Double(documents.count) }

  /// The best documents for a query, best first.
  ///
  /// A document that shares no term with the query is no hit, so a query without terms finds
  /// nothing. Equal scores are ordered as the documents were given.
  ///
  /// - Precondition: `limit` is not negative.
  public func search(_ query: String, limit: Int) -> [SearchHit] {
    precondition(limit >= 0, "limit must not be negative, got \(limit)")
    var best = BestScores(limit: limit)
    var cursors = cursors(for: query)
    guard !cursors.isEmpty, limit > 0 else { return [] }

    var block = [Float](repeating: 0, count: min(Self.blockCount, documents.count))
    while let next = cursors.lazy.map({ postingDocuments[$0.position] }).min() {
      let start = Int(next) / Self.blockCount * Self.blockCount
      let end = min(start + Self.blockCount, documents.count)
      for index in cursors.indices {
        addImpacts(of: &cursors[index], from: start, to: end, into: &block)
      }
      for index in 0..<(end - start) where block[index] > 0 {
        best.insert(score: block[index], index: start + index)
        block[index] = 0
      }
      cursors.removeAll { $0.position == $0.end }
    }
    return best.sorted().map { SearchHit(document: documents[$0.index], score: $0.score) }
  }

  /// The best documents for each query; see ``search(_:limit:)``.
  ///
  /// - Throws: `CancellationError` between two queries.
  public func retrieve(_ queries: [String], limit: Int) async throws -> [[SearchHit]] {
    try queries.map { query in
      try Task.checkCancellation()
      return search(query, limit: limit)
    }
  }

  /// Documents are scored in blocks of this many, so that the scores of one stay in the cache.
  private static let blockCount = 4096

  /// A place in the postings of one query term.
  private struct Cursor {
    var position: Int
    let end: Int
    /// How often the query repeats the term.
    var weight: Float
  }

  private func cursors(for query: String) -> [Cursor] {
    var numbers: [Int] = []
    var cursors: [Cursor] = []
    for term in analyzer.terms(in: query) {
      guard let number = vocabulary[term] else { continue }
      if let index = numbers.firstIndex(of: number) {
        cursors[index].weight += 1
      } else {
        numbers.append(number)
        cursors.append(Cursor(position: offsets[number], end: offsets[number + 1], weight: 1))
      }
    }
    return cursors
  }

  private func addImpacts(
    of cursor: inout Cursor, from start: Int, to end: Int, into block: inout [Float]
  ) {
    var position = cursor.position
    while position < cursor.end, Int(postingDocuments[position]) < end {
      block[Int(postingDocuments[position]) - start] += cursor.weight * postingImpacts[position]
      position += 1
    }
    cursor.position = position
  }

  private static func inverseDocumentFrequency(_ holding: Int, of all: Int) -> Double {
    naturalLogarithm(1 + (Double(all - holding) + 0.5) / (Double(holding) + 0.5))
  }
}
