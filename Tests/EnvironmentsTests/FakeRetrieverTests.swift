import PeregrineTesting
import RandomStreams
import Retrieval
import Synchronization
import Testing

@Suite("Retrievers for tests")
struct FakeRetrieverTests {
  let base = FixedRetriever([Document(id: "a", title: "A", text: "text")])

  @Test("a fixed retriever cuts at the limit and scores fall")
  func fixed() async throws {
    let retriever = FixedRetriever((0..<3).map { Document(id: "\($0)", title: "", text: "") })
    let lists = try await retriever.retrieve(["x", "y"], limit: 2)
    #expect(lists.map { $0.map(\.document.id) } == [["0", "1"], ["0", "1"]])
    #expect(lists[0].map(\.score) == [1, 0.5])
  }

  @Test("delays lie in their range and belong to the query, not to the order of calls")
  func delays() async throws {
    let waits = Mutex<[Duration]>([])
    let retriever = DelayedRetriever(
      base, delays: 0.5...2, stream: RandomStream(seed: 1),
      sleep: { wait in waits.withLock { $0.append(wait) } })
    for query in ["a", "b", "c", "b", "a"] { _ = try await retriever.retrieve([query], limit: 1) }
    let seen = waits.withLock { $0 }
    #expect(seen.allSatisfy { $0 >= .seconds(0.5) && $0 <= .seconds(2) })
    #expect(seen[0] == seen[4] && seen[1] == seen[3])
    #expect(Set(seen).count == 3)
  }

  @Test("faults come at about their rate, each kind, and the same again")
  func faults() async throws {
    let retriever = FaultyRetriever(base, rate: 0.5, stream: RandomStream(seed: 2))
    var counts: [String: Int] = [:]
    for number in 0..<400 {
      let query = "query \(number)"
      let first = await fate(of: query, retriever)
      #expect(await fate(of: query, retriever) == first)
      counts[first, default: 0] += 1
    }
    #expect((150...250).contains(counts["fine", default: 0]))
    for kind in ["unavailable", "empty", "oversized", "incomplete"] {
      #expect((20...90).contains(counts[kind, default: 0]), "\(kind)")
    }
    let sound = FaultyRetriever(base, rate: 0, stream: RandomStream(seed: 2))
    #expect(await fate(of: "any", sound) == "fine")
  }

  private func fate(of query: String, _ retriever: FaultyRetriever) async -> String {
    guard let lists = try? await retriever.retrieve([query], limit: 1) else { return "unavailable" }
    guard let list = lists.first else { return "incomplete" }
    guard let hit = list.first else { return "empty" }
    return hit.document.text == "text" ? "fine" : "oversized"
  }
}
