import Environments
import PeregrineTesting
import RandomStreams
import Retrieval
import Testing
import Trajectories

@Suite("Search-R1 environment")
struct SearchR1EnvironmentTests {
  static let task = AgentTask(id: "q", question: "Who wrote the notes?", answers: ["Ada"])
  static let documents = [
    Document(id: "a", title: "Ada", text: "Ada wrote notes."),
    Document(id: "b", title: "Babbage", text: "He built engines."),
    Document(id: "c", title: "Clock", text: "Tick."),
  ]

  func started(
    _ settings: SearchR1Settings, retriever: any Retriever = FixedRetriever(Self.documents),
    clock: any Clock<Duration> = PatientClock()
  ) async throws -> SearchR1Environment {
    var environment = SearchR1Environment(retriever: retriever, settings: settings, clock: clock)
    _ = try await environment.reset(Self.task, stream: RandomStream(seed: 1))
    return environment
  }

  @Test("the bare prompt is the question, the full one also names every tag")
  func prompts() async throws {
    #expect(SearchR1Prompt.bare.text(for: "Who?") == "Question: Who?\n")
    var environment = SearchR1Environment(retriever: FixedRetriever([]))
    let prompt = try await environment.reset(Self.task, stream: RandomStream(seed: 1))
    #expect(prompt.role == .user)
    #expect(prompt.text.hasSuffix("Question: Who wrote the notes?\n"))
    for tag in ["think", "search", "information", "answer"] {
      #expect(prompt.text.contains("<\(tag)>") && prompt.text.contains("</\(tag)>"))
    }
    #expect(environment.turnEnds == ["</search>", "</answer>"])
  }

  @Test(
    "a turn means the first tag that its own kind closes, up to the first search",
    arguments: [
      ("<answer>x</answer><search>y</search>", SearchR1Action.answer("x")),
      ("<search>y</search><answer>x</answer>", .search("y")),
      ("<search>q</answer>", .invalid), ("<answer>x </search> </answer>", .invalid),
      ("<think><search>\n two\nlines </search>", .search("two\nlines")),
      ("<search>a<search>b</search></search>", .search("a<search>b")),
      ("<Search>q</Search>", .invalid), ("<answer></answer>", .answer("")), ("", .invalid),
    ])
  func actions(turn: String, action: SearchR1Action) {
    #expect(SearchR1Action(turn) == action)
    #expect(SearchR1Action(SearchR1Action.cut(turn)) == action)
  }

  @Test("a search shows the best passages and records their identifiers")
  func search() async throws {
    var environment = try await started(SearchR1Settings(passageLimit: 2))
    let step = try await environment.step("<think>hm</think>\n<search> notes </search> ignored")
    #expect(
      step.observation.text
        == "\n\n<information>Doc 1(Title: \"Ada\") Ada wrote notes.\n"
        + "Doc 2(Title: \"Babbage\") He built engines.</information>\n\n")
    #expect(step.observation.role == .tool)
    #expect(step.end == nil)
    #expect(
      step.events == [
        ToolEvent(
          turn: 0, tool: "search", arguments: "notes",
          outcome: .returned(identifiers: ["a", "b"]))
      ])
  }

  @Test("an answer terminates, and a step after the end repeats it")
  func answer() async throws {
    var environment = try await started(SearchR1Settings())
    let end = try await environment.step("<answer> Ada </answer>")
    #expect(end == EnvironmentStep(observation: Observation(""), end: .terminated))
    #expect(try await environment.step("<search>more</search>") == end)
    _ = try await environment.reset(Self.task, stream: RandomStream(seed: 2))
    #expect(try await environment.step("<search>more</search>").end == nil)
  }

  @Test("invalid turns are corrected, recorded, and use up the budget")
  func invalid() async throws {
    var environment = try await started(SearchR1Settings(searchTurns: 1))
    let first = try await environment.step("<search>unclosed")
    #expect(first.observation.text == SearchR1Settings.correction)
    #expect(first.end == nil)
    let malformed = ToolEvent.Failure.malformed("neither a search nor an answer")
    #expect(first.events.map(\.outcome) == [.failed(malformed)])
    #expect(first.events.map(\.arguments) == ["<search>unclosed"])
    let last = try await environment.step("<search>too late</search>")
    #expect(last.end == .truncated(by: .turns))
    #expect(last.events.map(\.outcome) == [.failed(.overBudget)])
    #expect(last.events.map(\.turn) == [1])
  }

  @Test("the turn after the last search can still answer")
  func lastTurn() async throws {
    var environment = try await started(SearchR1Settings(searchTurns: 1))
    #expect(try await environment.step("<search>notes</search>").end == nil)
    #expect(try await environment.step("<answer>Ada</answer>").end == .terminated)
  }

  @Test("passages are cut inside their tags, by scalars")
  func observationLimit() async throws {
    let retriever = FixedRetriever([Document(id: "x", title: "é", text: "🙂🙂🙂")])
    for (limit, expected) in [
      (0, ""), (15, "Doc 1(Title: \"é"), (19, "Doc 1(Title: \"é\") 🙂"),
      (99, "Doc 1(Title: \"é\") 🙂🙂🙂"),
    ] {
      var environment = try await started(
        SearchR1Settings(observationLimit: limit), retriever: retriever)
      let step = try await environment.step("<search>q</search>")
      #expect(step.observation.text == "\n\n<information>\(expected)</information>\n\n")
    }
  }

  @Test("an empty query finds nothing in an index and breaks nothing")
  func emptyQuery() async throws {
    var environment = try await started(
      SearchR1Settings(), retriever: try BM25Index(Self.documents))
    let step = try await environment.step("<search> </search>")
    #expect(step.observation.text == "\n\n<information></information>\n\n")
    #expect(step.events.map(\.outcome) == [.returned(identifiers: [])])
  }

  @Test("a repeated query ends the episode at the limit, whatever its case and blanks")
  func repetition() async throws {
    var environment = try await started(SearchR1Settings(searchTurns: 9, repetitionLimit: 3))
    for query in ["the notes", "The  Notes", "other"] {
      #expect(try await environment.step("<search>\(query)</search>").end == nil)
    }
    let step = try await environment.step("<search> THE NOTES </search>")
    #expect(step.end == .looped)
    #expect(step.events.map(\.outcome) == [.failed(.other("query repeated 3 times"))])
  }

  @Test("a late search is answered in words and recorded as late")
  func late() async throws {
    let slow = DelayedRetriever(
      FixedRetriever(Self.documents), delays: 1...2, stream: RandomStream(seed: 3),
      sleep: { _ in try await waitForCancellation() })
    var environment = try await started(
      SearchR1Settings(deadline: .seconds(1)), retriever: slow, clock: HastyClock())
    let step = try await environment.step("<search>notes</search>")
    #expect(step.events.map(\.outcome) == [.failed(.timedOut)])
    #expect(step.observation.text.hasPrefix("\n\n<information>The search took too long"))
    #expect(step.end == nil)
  }

  @Test("a search within its deadline is answered as without one")
  func inTime() async throws {
    var patient = try await started(SearchR1Settings(deadline: .seconds(1)))
    var unlimited = try await started(SearchR1Settings())
    let turn = "<search>notes</search>"
    #expect(try await patient.step(turn) == unlimited.step(turn))
  }

  @Test("a failing search is answered in words and recorded with its reason")
  func failing() async throws {
    let retriever = FaultyRetriever(
      FixedRetriever(Self.documents), rate: 1, faults: [.unavailable],
      stream: RandomStream(seed: 4))
    var environment = try await started(SearchR1Settings(), retriever: retriever)
    let step = try await environment.step("<search>notes</search>")
    let reason = RetrievalError.unavailable("a fault was injected").description
    #expect(step.events.map(\.outcome) == [.failed(.other(reason))])
    #expect(step.observation.text.hasPrefix("\n\n<information>The search failed"))
  }

  @Test("a retriever that gives no list for the query has failed")
  func incomplete() async throws {
    let retriever = FaultyRetriever(
      FixedRetriever(Self.documents), rate: 1, faults: [.incomplete],
      stream: RandomStream(seed: 4))
    var environment = try await started(SearchR1Settings(), retriever: retriever)
    let step = try await environment.step("<search>notes</search>")
    #expect(
      step.events.map(\.outcome)
        == [.failed(.other("the retriever gave 0 lists for 1 query"))])
  }

  @Test(
    "cancellation during a search is thrown, not answered", arguments: [nil, Duration.seconds(1)])
  func cancellation(deadline: Duration?) async throws {
    let slow = DelayedRetriever(
      FixedRetriever([]), delays: 1...1, stream: RandomStream(seed: 3),
      sleep: { _ in try await waitForCancellation() })
    let environment = try await started(SearchR1Settings(deadline: deadline), retriever: slow)
    let turn = Task {
      var environment = environment
      return try await environment.step("<search>notes</search>")
    }
    turn.cancel()
    await #expect(throws: CancellationError.self) { try await turn.value }
  }

  @Test("a step before the first reset is refused")
  func notStarted() async {
    var environment = SearchR1Environment(retriever: FixedRetriever([]))
    await #expect(throws: EnvironmentError.notStarted) { try await environment.step("x") }
  }
}
