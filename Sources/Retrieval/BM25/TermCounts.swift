/// How often each term occurs in each document of a corpus.
struct TermCounts {
  /// One term in one document.
  struct Posting {
    let document: Int32
    var frequency: Int32
  }

  /// The number of each term, in order of first occurrence.
  private(set) var vocabulary: [String: Int] = [:]
  /// For each term its documents, ascending.
  private(set) var postings: [[Posting]] = []
  /// For each document its number of terms.
  private(set) var lengths: [Int] = []

  init(_ documents: [Document], analyzer: TextAnalyzer) {
    lengths.reserveCapacity(documents.count)
    for (index, document) in documents.enumerated() {
      let terms = analyzer.terms(in: document.contents)
      for term in terms { count(term, in: Int32(index)) }
      lengths.append(terms.count)
    }
  }

  private mutating func count(_ term: String, in document: Int32) {
    guard let number = vocabulary[term] else {
      vocabulary[term] = postings.count
      postings.append([Posting(document: document, frequency: 1)])
      return
    }
    let last = postings[number].count - 1
    if postings[number][last].document == document {
      postings[number][last].frequency += 1
    } else {
      postings[number].append(Posting(document: document, frequency: 1))
    }
  }
}
