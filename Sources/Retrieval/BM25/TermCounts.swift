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
    var numbers: [String: Int] = [:]
    lengths.reserveCapacity(documents.count)
    for (index, document) in documents.enumerated() {
      let words = analyzer.words(in: document.contents)
      for word in words {
        let number = numbers[word] ?? number(of: analyzer.stemming.stem(word))
        numbers[word] = number
        count(number, in: Int32(index))
      }
      lengths.append(words.count)
    }
  }

  private mutating func number(of term: String) -> Int {
    if let number = vocabulary[term] { return number }
    let number = postings.count
    vocabulary[term] = number
    postings.append([])
    return number
  }

  private mutating func count(_ number: Int, in document: Int32) {
    let last = postings[number].count - 1
    if last >= 0, postings[number][last].document == document {
      postings[number][last].frequency += 1
    } else {
      postings[number].append(Posting(document: document, frequency: 1))
    }
  }
}
