import RandomStreams
import Retrieval
import Synthesis
import Testing
import Trajectories

@Suite("Scripted searchers")
struct SearcherTests {
  let questions = QuestionWriter(
    InventedWorld(stream: RandomStream(seed: 41), size: .medium, names: .train).encyclopaedia,
    prefix: "search"
  ).questions(360, stream: RandomStream(seed: 6))

  /// Runs a searcher that always gets the passage it looks for; returns its turns.
  private func turns(_ searcher: inout ScriptedSearcher) -> [String] {
    var turns: [String] = []
    var lookups = searcher.plan.lookups[...]
    var observation: String?
    while searcher.outcome == nil {
      turns.append(searcher.act(observing: observation))
      observation = lookups.popFirst().map { "before\n\($0.reading)\nafter" }
    }
    return turns
  }

  @Test("a careful one that finds every passage always answers right")
  func careful() {
    for question in questions {
      var searcher = ScriptedSearcher(
        plan: question.plan, habits: .careful, stream: RandomStream(seed: 1))
      let turns = turns(&searcher)
      #expect(searcher.outcome == .finished)
      #expect(turns.count == question.plan.lookups.count + 1)
      #expect(turns.last?.hasSuffix("<answer> \(question.plan.answer)</answer>") == true)
      #expect(turns.dropLast().allSatisfy { $0.hasSuffix("</search>") })
      #expect(turns.allSatisfy { $0.hasPrefix("<think> ") })
    }
  }

  @Test("it puts two years in order before it says which one decides, and then whose it is")
  func compares() throws {
    var seen: Set<Bool> = []
    for question in questions {
      for case .compare(let years, let isEarlier, let winner) in question.plan.steps {
        seen.insert(isEarlier)
        let sorted = years.compactMap { Int($0.year) }.sorted()
        let year = isEarlier ? sorted[0] : sorted[1]
        let thought =
          "\(years[0].year) \(years[0].name), \(years[1].year) \(years[1].name). "
          + "\(sorted[0]) before \(sorted[1]). "
          + "The \(isEarlier ? "earlier" : "later") is \(year) \(winner)."
        var searcher = ScriptedSearcher(
          plan: question.plan, habits: .careful, stream: RandomStream(seed: 1))
        #expect(turns(&searcher).joined().contains(thought))
      }
    }
    #expect(seen.count == 2)
  }

  @Test("it checks the second list name by name until one is in the first")
  func intersects() throws {
    var passed: Set<Int> = []
    for question in questions where question.plan.steps.count > 2 {
      guard case .intersect(_, let common) = question.plan.steps[2] else { continue }
      let lists = question.plan.lookups.prefix(2).map(\.values)
      let place = try #require(lists[1].firstIndex(of: common))
      passed.insert(place)
      var checks = lists[1][..<place].map { "\($0) no" }.joined(separator: ", ")
      if place > 0 { checks += ", " }
      var searcher = ScriptedSearcher(
        plan: question.plan, habits: .careful, stream: RandomStream(seed: 1))
      let said = turns(&searcher).joined()
      #expect(
        said.lowercased().contains("\(checks)\(common) yes. Both have \(common).".lowercased()))
      #expect(lists[0].contains(common) && lists[0].allSatisfy { !lists[1][..<place].contains($0) })
    }
    #expect(passed.count > 2)
  }

  @Test("it skips searching and stops early at the rates of its habits")
  func stopsEarly() {
    let habits = ClumsyHabits(skipsSearching: 0.15, stopsEarly: 0.4, vagueQuery: 0)
    var (skips, stops, laterChances) = (0, 0, 0)
    for (number, question) in questions.enumerated() {
      var searcher = ScriptedSearcher(
        plan: question.plan, habits: habits, stream: RandomStream(seed: 2).child("try", number))
      let turns = turns(&searcher)
      let stopped = searcher.outcome == .stoppedEarly
      if stopped && turns.count == 1 {
        skips += 1
      } else {
        stops += stopped ? 1 : 0
        laterChances += turns.count - (stopped ? 1 : 2)
      }
    }
    let skipRate = Double(skips) / Double(questions.count)
    let stopRate = Double(stops) / Double(laterChances)
    #expect(abs(skipRate - 0.15) < 0.06, "\(skipRate) of \(questions.count)")
    #expect(abs(stopRate - 0.4) < 0.08, "\(stopRate) of \(laterChances)")
  }

  @Test("it asks vaguely at the rate of its habit, and in full after that failed")
  func vague() throws {
    let habits = ClumsyHabits(skipsSearching: 0, stopsEarly: 0, vagueQuery: 0.3)
    var vague = 0
    for (number, question) in questions.enumerated() {
      var searcher = ScriptedSearcher(
        plan: question.plan, habits: habits, stream: RandomStream(seed: 3).child("try", number))
      let lookup = try #require(question.plan.lookups.first)
      let full = "<search> \(lookup.subject) \(lookup.noun)</search>"
      let short = "<search> \(lookup.subject)</search>"
      let first = searcher.act(observing: nil)
      let second = searcher.act(observing: "nothing")
      let isVague = first.hasSuffix(short)
      #expect(first.hasSuffix(isVague ? short : full))
      #expect(second.hasSuffix(isVague ? full : short))
      vague += isVague ? 1 : 0
    }
    let rate = Double(vague) / Double(questions.count)
    #expect(abs(rate - 0.3) < 0.08, "\(rate)")
  }

  @Test("it claims nothing that it has not read, and gives up after two searches")
  func givesUp() throws {
    for question in questions where question.plan.lookups.count > 1 {
      var searcher = ScriptedSearcher(
        plan: question.plan, habits: .careful, stream: RandomStream(seed: 1))
      let lookup = try #require(question.plan.lookups.first)
      let observations: [String?] = [nil, "", "<information></information>"]
      let turns = observations.map { searcher.act(observing: $0) }
      #expect(searcher.outcome == .gaveUp)
      #expect(turns[2].hasSuffix("<answer> \(lookup.subject)</answer>"))
      #expect(turns[1].contains("I don't see the \(lookup.noun) of \(lookup.subject)."))
      let said = turns.joined()
      for value in lookup.values { #expect(!said.contains(" is \(value).")) }
    }
  }

  @Test("a passage cut before the sentence is not read")
  func cut() throws {
    let question = try #require(questions.first)
    let lookup = try #require(question.plan.lookups.first)
    var searcher = ScriptedSearcher(
      plan: question.plan, habits: .careful, stream: RandomStream(seed: 1))
    _ = searcher.act(observing: nil)
    #expect(searcher.act(observing: String(lookup.reading.dropLast(1))).contains("I don't see"))
  }
}

@Suite("The shuffled retriever")
struct ShuffledRetrieverTests {
  @Test("a query always gets the same foreign page")
  func shuffles() async throws {
    let world = InventedWorld(stream: RandomStream(seed: 51), names: .train)
    let index = try BM25Index(world.encyclopaedia.documents)
    let names = world.graph.entities(of: .city).map(\.name)
    let shuffled = ShuffledRetriever(index, queries: names, stream: RandomStream(seed: 1))
    let queries = names.map { "\($0) mayor" }
    let hits = try await shuffled.retrieve(queries, limit: 3)
    #expect(try await shuffled.retrieve(queries, limit: 3) == hits)
    #expect(hits.count == names.count)
    for (name, hits) in zip(names, hits) {
      #expect(!hits.isEmpty)
      #expect(hits.allSatisfy { $0.document.title != name })
    }
    #expect(Set(hits.compactMap { $0.first?.document.id }).count > names.count / 3)
  }
}
