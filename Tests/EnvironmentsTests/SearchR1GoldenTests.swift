import Environments
import Foundation
import PeregrineTesting
import RandomStreams
import Retrieval
import Testing
import Trajectories

@Suite("Search-R1 beside the original")
struct SearchR1GoldenTests {
  struct Truncations: Decodable {
    struct Case: Decodable {
      let response: String
      let truncated: String
    }
    let cases: [Case]
  }

  struct Steps: Decodable {
    struct Case: Decodable {
      let responses: [String]
      let active: [Bool]
      let doSearch: Bool
      let docs: [RetrievedPassage]
      let actions: [String?]
      let contents: [String]
      let observations: [String]
      let dones: [Int]
      let validAction: [Int]
      let isSearch: [Int]
    }
    let cases: [Case]
  }

  @Test("turns are cut after the same tag")
  func cut() throws {
    guard let data = SharedFolder.data("golden/environments/search_r1_truncate.json") else {
      return
    }
    let golden = try JSONDecoder().decode(Truncations.self, from: data)
    #expect(golden.cases.count == 9)
    for each in golden.cases {
      #expect(SearchR1Action.cut(each.response) == each.truncated)
    }
  }

  @Test("every active row of every batch is answered alike")
  func steps() async throws {
    guard let data = SharedFolder.data("golden/environments/search_r1_env_step.json") else {
      return
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let golden = try decoder.decode(Steps.self, from: data)
    #expect(golden.cases.count == 42)
    let correction = try #require(
      golden.cases.flatMap(\.observations).first { $0.hasPrefix("\nMy previous") })
    var compared = 0
    for each in golden.cases {
      let settings = SearchR1Settings(
        searchTurns: each.doSearch ? 1 : 0, passageLimit: 9, correction: correction)
      let retriever = FixedRetriever(each.docs.map(\.document))
      for row in each.responses.indices where each.active[row] {
        var environment = SearchR1Environment(retriever: retriever, settings: settings)
        let task = AgentTask(id: "q", question: "?", answers: [])
        _ = try await environment.reset(task, stream: RandomStream(seed: 0))
        let step = try await environment.step(each.responses[row])
        #expect(step.observation.text == each.observations[row])
        #expect((step.end == .terminated) == (each.dones[row] == 1))
        let content: String
        switch SearchR1Action(each.responses[row]) {
        case .search(let query):
          #expect(each.actions[row] == "search")
          content = query
        case .answer(let answer):
          #expect(each.actions[row] == "answer")
          content = answer
        case .invalid:
          #expect(each.actions[row] == nil)
          content = ""
        }
        #expect(content == each.contents[row])
        compared += 1
      }
    }
    #expect(compared > 100)
  }
}
