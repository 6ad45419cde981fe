import Foundation
import Retrieval
import Testing

/// The ranking of 300 claims over 5,183 abstracts, against bm25s in three settings.
@Suite("SciFact")
struct SciFactTests {
  struct Golden: Decodable {
    struct Run: Decodable {
      let meta: Meta
      let queries: [Query]
    }
    struct Meta: Decodable {
      let vocabulary: Int
      let total_tokens: Int
      let avgdl_tokens: Double
      let stopwords: [String]
      let tokenizer: Tokenizer
      let bm25: Parameters
    }
    struct Tokenizer: Decodable { let stemmer: String? }
    struct Parameters: Decodable {
      let k1: Double
      let b: Double
    }
    struct Query: Decodable {
      let qid: String
      let query: String
      let query_terms: [String]
      let top: [Hit]
      let ndcg_cut_10: Double
    }
    struct Hit: Decodable {
      let id: String
      let score: Float
      init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        id = try container.decode(String.self)
        score = try container.decode(Float.self)
      }
    }
    let runs: [Run]
  }

  struct Line: Decodable {
    let id: String
    let title: String
    let text: String

    private enum CodingKeys: String, CodingKey {
      case id = "_id"
      case title, text
    }
  }

  @Test("scores and ranking equal bm25s", arguments: 0..<3)
  func ranking(run index: Int) throws {
    guard let golden = SharedFolder.data("golden/environments/bm25_scifact.json"),
      let corpus = SharedFolder.data("data/scifact/corpus.jsonl")
    else { return }
    let decoder = JSONDecoder()
    let run = try decoder.decode(Golden.self, from: golden).runs[index]
    let documents = try corpus.split(separator: UInt8(ascii: "\n")).map { line in
      let line = try decoder.decode(Line.self, from: Data(line))
      return Document(id: line.id, title: line.title, text: line.text)
    }
    #expect(documents.count == 5183)
    #expect(Set(run.meta.stopwords) == EnglishStopWords.lucene)
    let analyzer: TextAnalyzer = run.meta.tokenizer.stemmer == nil ? .standard : .english
    let index = try BM25Index(
      documents, analyzer: analyzer,
      parameters: BM25Parameters(k1: run.meta.bm25.k1, b: run.meta.bm25.b))
    #expect(index.vocabularyCount == run.meta.vocabulary)
    #expect(index.termCount == run.meta.total_tokens)
    #expect(abs(index.averageLength - run.meta.avgdl_tokens) < 1e-9)

    for query in run.queries {
      #expect(analyzer.terms(in: query.query) == query.query_terms)
      let hits = index.search(query.query, limit: 10)
      try #require(hits.count == query.top.count)
      let goldenScores = Dictionary(uniqueKeysWithValues: query.top.map { ($0.id, $0.score) })
      for (hit, expected) in zip(hits, query.top) {
        #expect(abs(hit.score - expected.score) < 2e-5, "query \(query.qid)")
        // The last place may go to an equal that the other side's rounding preferred.
        let own = goldenScores[hit.document.id] ?? query.top[query.top.count - 1].score
        #expect(abs(own - hit.score) < 2e-5, "query \(query.qid), document \(hit.document.id)")
      }
    }
  }
}
