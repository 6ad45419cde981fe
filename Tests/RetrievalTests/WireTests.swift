import Foundation
import Retrieval
import Testing

@Suite("Search-R1's retrieval protocol")
struct WireTests {
  static let hits = [
    [
      SearchHit(document: Document(id: "7", title: "Ada", text: "Wrote\nnotes."), score: 1.5),
      SearchHit(document: Document(id: "x", title: "", text: ""), score: 0.25),
    ], [],
  ]

  func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test("a request has the server's field names")
  func request() throws {
    let request = RetrieveRequest(queries: ["who?"], limit: 3, returnsScores: true)
    #expect(try json(request) == #"{"queries":["who?"],"return_scores":true,"topk":3}"#)
    let bare = Data(#"{"queries":["a","b"],"topk":null}"#.utf8)
    #expect(
      try JSONDecoder().decode(RetrieveRequest.self, from: bare)
        == RetrieveRequest(queries: ["a", "b"]))
  }

  @Test("a reply nests the document only when it carries scores")
  func reply() throws {
    #expect(
      try json(RetrieveResponse(Self.hits, returningScores: true))
        == #"{"result":[[{"document":{"contents":"\"Ada\"\nWrote\nnotes.","id":"7"},"score":1.5},"#
        + #"{"document":{"contents":"\"\"\n","id":"x"},"score":0.25}],[]]}"#)
    #expect(
      try json(RetrieveResponse(Self.hits, returningScores: false))
        == #"{"result":[[{"contents":"\"Ada\"\nWrote\nnotes.","id":"7"},"#
        + #"{"contents":"\"\"\n","id":"x"}],[]]}"#)
  }

  @Test("hits survive the journey there and back")
  func roundTrip() throws {
    let data = try JSONEncoder().encode(RetrieveResponse(Self.hits, returningScores: true))
    #expect(try JSONDecoder().decode(RetrieveResponse.self, from: data).hits == Self.hits)
  }

  @Test("foreign replies with extra fields, numeric ids and bare titles are read")
  func foreign() throws {
    let text = #"{"result":[[{"id":4,"contents":"No quotes\nText","url":"u"}]],"took":3}"#
    let reply = try JSONDecoder().decode(RetrieveResponse.self, from: Data(text.utf8))
    #expect(reply.hits[0][0].document == Document(id: "4", title: "No quotes", text: "Text"))
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(RetrieveResponse.self, from: Data(#"{"result":[[{"id":4}]]}"#.utf8))
    }
  }

  @Test("a request is answered with the default number of documents, a negative one refused")
  func server() async throws {
    let index = try BM25Index(BM25IndexTests.documents)
    let reply = try await index.response(to: RetrieveRequest(queries: ["grey"]), defaultLimit: 1)
    #expect(reply.results.map(\.count) == [1])
    #expect(reply.results[0][0].score == nil)
    await #expect(throws: RetrievalError.invalidLimit(-1)) {
      try await index.response(to: RetrieveRequest(queries: ["grey"], limit: -1))
    }
  }

  @Test("passages are numbered lines with the quoted title")
  func passages() {
    #expect(
      Self.hits[0].passageText == "Doc 1(Title: \"Ada\") Wrote\nnotes.\nDoc 2(Title: \"\") \n")
    #expect(Self.hits[1].passageText.isEmpty)
  }
}
