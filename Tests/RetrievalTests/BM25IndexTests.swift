import Foundation
import Retrieval
import Testing

@Suite("BM25")
struct BM25IndexTests {
  static let documents = [
    Document(id: "sea", title: "Harbour", text: "grey boats in the harbour"),
    Document(id: "hill", title: "Hill", text: "grey sheep on the hill hill"),
    Document(id: "town", title: "Town", text: "red roofs"),
  ]

  @Test("one term scores by the formula")
  func formula() throws {
    let index = try BM25Index(Self.documents, analyzer: .unigrams)
    // harbour grey boats in the harbour · hill grey sheep on the hill hill · town red roofs
    let averageLength = (6.0 + 7 + 3) / 3
    let idf = log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    let expected = idf * 3 / (3 + 0.9 * (1 - 0.4 + 0.4 * 7 / averageLength))
    let hits = index.search("hill", limit: 5)
    #expect(hits.map(\.document.id) == ["hill"])
    #expect(abs(Double(try #require(hits.first).score) - expected) < 1e-6)
  }

  @Test("a term that the query repeats counts each time")
  func repetition() throws {
    let index = try BM25Index(Self.documents)
    let once = try #require(index.search("roofs", limit: 1).first).score
    let thrice = try #require(index.search("roofs Roofs ROOFS", limit: 1).first).score
    #expect(thrice == 3 * once)
  }

  @Test("equal scores keep the order of the corpus, also at the cut")
  func ties() throws {
    let twins = (0..<9).map { Document(id: "\($0)", title: "t", text: "same words") }
    let index = try BM25Index(twins)
    #expect(index.search("words", limit: 4).map(\.document.id) == ["0", "1", "2", "3"])
    #expect(index.search("words", limit: 100).count == 9)
  }

  @Test("no shared term, no query and no room give no hits")
  func nothing() throws {
    let index = try BM25Index(Self.documents)
    #expect(index.search("submarine", limit: 3).isEmpty)
    #expect(index.search("", limit: 3).isEmpty)
    #expect(index.search("the ?! …", limit: 3).isEmpty)
    #expect(index.search("grey", limit: 0).isEmpty)
  }

  @Test("an empty corpus and a repeated id are refused")
  func refusals() {
    #expect(throws: RetrievalError.emptyCorpus) { try BM25Index([]) }
    #expect(throws: RetrievalError.duplicateDocument(id: "sea")) {
      try BM25Index(Self.documents + [Self.documents[0]])
    }
  }

  @Test("documents without a single term can be indexed")
  func blankDocuments() throws {
    let index = try BM25Index([Document(id: "a", title: "", text: "")])
    #expect(index.averageLength == 0)
    #expect(index.search("word", limit: 1).isEmpty)
  }

  @Test("a short limit returns the head of a long one, over several blocks")
  func limits() throws {
    let words = ["ash", "birch", "cedar", "elm", "fir", "larch", "oak"]
    let documents = (0..<20_000).map { number in
      let text = (0..<(3 + number % 5)).map { words[(number * 31 + $0 * $0 * 7) % words.count] }
      return Document(id: "\(number)", title: "", text: text.joined(separator: " "))
    }
    let index = try BM25Index(documents)
    let all = index.search("oak elm oak fir", limit: 30_000)
    #expect(all.count > 4_096)
    #expect(Set(all.map(\.document.id)).count == all.count)
    for limit in [1, 2, 3, 10, 1000] {
      #expect(index.search("oak elm oak fir", limit: limit) == Array(all.prefix(limit)))
    }
    for (left, right) in zip(all, all.dropFirst()) { #expect(left.score >= right.score) }
  }

  @Test("the order of the query's words changes scores by rounding at most")
  func wordOrder() throws {
    let index = try BM25Index(Self.documents)
    let forward = index.search("grey hill boats", limit: 3)
    let backward = index.search("boats hill grey", limit: 3)
    #expect(forward.map(\.document.id) == backward.map(\.document.id))
    for (left, right) in zip(forward, backward) { #expect(abs(left.score - right.score) < 1e-6) }
  }

  @Test("retrieving many queries is searching each")
  func batch() async throws {
    let index = try BM25Index(Self.documents)
    let batch = try await index.retrieve(["grey", "", "roofs"], limit: 2)
    #expect(batch == ["grey", "", "roofs"].map { index.search($0, limit: 2) })
  }
}
