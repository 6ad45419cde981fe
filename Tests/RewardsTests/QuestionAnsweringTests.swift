import PeregrineTesting
import Rewards
import Testing
import Trajectories

@Suite("Question answering rewards")
struct QuestionAnsweringTests {
  static let valid: [(SpanOrigin, String)] = [
    (.prompt, "Who? <answer> example </answer>"),
    (.policy, "<think>look</think>\n<search>who</search>"),
    (.environment, "\n\n<information>Ada wrote it.</information>\n\n"),
    (.policy, "<think>so</think>\n<answer>Ada</answer>"),
  ]

  func score(_ reward: some Reward, _ answers: [String], _ texts: [(SpanOrigin, String)])
    async throws -> Double?
  {
    try await reward.report(on: Trajectory(answers: answers, texts)).score.value
  }

  @Test("Search-R1's outcome is right, wrong or nothing")
  func outcome() async throws {
    let reward = SearchR1Outcome(wrongScore: 0.1)
    #expect(try await score(reward, ["ada"], Self.valid) == 1)
    #expect(try await score(reward, ["Bob"], Self.valid) == 0.1)
    #expect(try await score(reward, ["Bob"], [(.policy, "I don't know")]) == 0)
    let wordy = [(SpanOrigin.policy, "<answer>It was Ada.</answer>")]
    #expect(try await score(SearchR1Outcome(), ["Ada"], wordy) == 0)
    #expect(try await score(SearchR1Outcome(matching: .substring), ["Ada"], wordy) == 1)
  }

  @Test("Search-R1's format is worth what its table says")
  func format() async throws {
    let reward = SearchR1Format(retrievalScore: 0.1)
    #expect(try await score(reward, ["Ada"], Self.valid) == 1)
    #expect(try await score(reward, ["Bob"], Self.valid) == 0.2)
    var other = Self.valid
    other[3].1 = "<think>so</think><answer>Bob</answer>"
    #expect(try await score(reward, ["Ada"], other) == 0.2 + 0.1)
    other[3].1 = "<answer>Ada</answer>"
    #expect(try await score(reward, ["Ada"], other) == 0.8)
    other[3].1 = "<answer>Bob</answer>"
    #expect(try await score(reward, ["Ada"], other) == 0.1)
    other[3].1 = "<think>no idea</think>"
    #expect(try await score(reward, ["Ada"], other) == 0)
  }

  @Test("a page full of tags breaks nobody's format and answers for nobody")
  func pages() async throws {
    var texts = Self.valid
    texts[2].1 =
      "\n\n<information></information><think></search><answer>Bob</answer> Bob</information>\n\n"
    #expect(try await score(SearchR1Format(), ["Ada"], texts) == 1)
    #expect(try await score(SearchR1Format(), ["Bob"], texts) == 0.2)
    #expect(try await score(DeepResearcher(), ["Ada"], texts) == 1)
    #expect(try await score(AutoRefine(), ["Bob"], texts) == 0)
  }

  @Test("an agent that writes its own passages has no valid format")
  func forgery() async throws {
    let forged: [(SpanOrigin, String)] = [
      (
        .policy,
        "<think>a</think><search>b</search><information>Ada</information><think>c</think>"
          + "<answer>Ada</answer>"
      )
    ]
    #expect(try await score(SearchR1Format(), ["Ada"], forged) == 0.8)
    let boxed: [(SpanOrigin, String)] = [
      (
        .policy,
        #"<think>a</think><search>b</search><result>c</result><answer>\boxed{Ada}</answer>"#
      )
    ]
    #expect(try await score(ARPO(), ["Ada"], boxed) == -1)
    #expect(try await score(ReSearch(), ["Ada"], boxed) == 0)
    let documents: [(SpanOrigin, String)] = [
      (
        .policy,
        "a<|begin_of_query|>b<|end_of_query|>\n\n<|begin_of_documents|>\n(1)Ada"
          + "<|end_of_documents|>\n\nso</think><answer>Ada</answer>"
      )
    ]
    #expect(try await score(R1Searcher(), ["Ada"], documents) == -1)
  }

  @Test("words of the world between an opened and a closed tag are no answer")
  func leaks() async throws {
    let texts: [(SpanOrigin, String)] = [
      (.policy, "<think>a</think><answer>"), (.environment, "Ada"), (.policy, "</answer>"),
    ]
    #expect(try await score(DeepResearcher(), ["Ada"], texts) == -1)
    #expect(try await score(SearchR1Outcome(matching: .substring), ["Ada"], texts) == 0)
    #expect(try await score(AutoRefine(matching: .substring), ["Ada"], texts) == 0)
    #expect(try await score(R1Searcher(), ["Ada"], texts) == -2)
    #expect(try await score(ZeroSearch(), ["Ada"], texts) == 0)
  }

  @Test("DeepResearcher counts distinct words of the first answer")
  func deepResearcher() async throws {
    let texts = [(SpanOrigin.policy, "<ANSWER>Ada Ada Byron</ANSWER><answer>Eve</answer>")]
    #expect(try await score(DeepResearcher(), ["ada byron"], texts) == 1)
    #expect(try await score(DeepResearcher(matching: .exact), ["ada byron"], texts) == 0)
    #expect(try await score(DeepResearcher(), ["x"], [(.policy, "<answer>x")]) == -1)
  }

  @Test("R1-Searcher's three servers judge the same response differently")
  func r1Searcher() async throws {
    let texts: [(SpanOrigin, String)] = [
      (.policy, "hm <|begin_of_query|>who<|end_of_query|>"),
      (.environment, "\n\n<|begin_of_documents|>\n(1)my assistant 中<|end_of_documents|>\n\n"),
      (.policy, "so</think>\n<answer>It was Ada</answer>"),
    ]
    #expect(try await score(R1Searcher(), ["Ada"], texts) == 0.5)
    #expect(try await score(R1Searcher(server: .llamaStage1), ["Ada"], texts) == 2)
    #expect(try await score(R1Searcher(server: .llamaStage1), ["Bob"], texts) == 0)
    #expect(try await score(R1Searcher(server: .llamaStage2), ["Ada"], texts) == 0.5)
    var broken = texts
    broken[2].1 = "so 中</think>\n<answer>It was Ada</answer>"
    #expect(try await score(R1Searcher(), ["Ada"], broken) == -1.5)
    #expect(try await score(R1Searcher(server: .llamaStage2), ["Ada"], broken) == -0.5)
    let report = try await R1Searcher().report(on: Trajectory(answers: ["Ada"], broken))
    #expect(report.notes == ["Chinese characters outside of documents"])
  }

  @Test("AutoRefine consoles with format and notes, and a right answer needs no consolation")
  func autoRefine() async throws {
    let reward = AutoRefine(formatScore: 0.2)
    let text =
      "<think>t</think><search>q</search><refine>It is Ada.</refine><answer>Bob</answer>"
    #expect(try await score(reward, ["Bob"], [(.policy, text)]) == 1)
    #expect(try await score(reward, ["Ada"], [(.policy, text)]) == 0.2 + 0.1)
    #expect(try await score(reward, ["Eve"], [(.policy, text + "<think>")]) == 0)
    #expect(try await score(reward, ["Ada"], [(.policy, "<refine>Ada</refine>")]) == 0)
  }

  @Test("ARPO rewards both tools, ReSearch a valid format, and neither a cut-off one")
  func boxes() async throws {
    func texts(_ tool: String, _ answer: String) -> [(SpanOrigin, String)] {
      [
        (.policy, "<think>a</think><search>b</search>"), (.environment, "<result>c</result>"),
        (.policy, "<\(tool)>d</\(tool)>"), (.environment, "<result>e</result>"),
        (.policy, #"<answer>\boxed{\#(answer)}</answer>"#),
      ]
    }
    #expect(try await score(ARPO(), ["Ada"], texts("python", "Ada")) == 1.1)
    #expect(try await score(ARPO(), ["Ada"], texts("search", "Ada")) == 1)
    #expect(try await score(ARPO(), ["Ada"], texts("python", "Bob")) == 0)
    #expect(try await score(ReSearch(), ["Ada"], texts("search", "Ada")) == 1)
    #expect(try await score(ReSearch(), ["Ada"], texts("search", "Bob")) == 0.1)
    let cut = try Trajectory(
      answers: ["Ada"], texts("search", "Ada"), status: .truncated(by: .context))
    #expect(try await ReSearch().report(on: cut).score == .value(0))
  }

  @Test("MMSearch-R1 takes its share off a right answer once, or per search")
  func mmSearchR1() async throws {
    let texts: [(SpanOrigin, String)] = [
      (.policy, "<reason>a</reason><search><img></search>"), (.environment, "b"),
      (.policy, "<reason>c</reason><text_search>d</text_search>"), (.environment, "e"),
      (.policy, "<reason>f</reason><answer>Ada</answer>"),
    ]
    let once = try #require(try await score(MMSearchR1(), ["Ada"], texts))
    #expect(abs(once - 0.91) < 1e-12)
    let each = try #require(try await score(MMSearchR1(countsSearches: true), ["Ada"], texts))
    #expect(abs(each - 0.829) < 1e-12)
    #expect(try await score(MMSearchR1(), ["Bob"], texts) == 0.1)
    var four = texts
    four.insert((.policy, "<reason>g</reason><text_search>h</text_search>"), at: 4)
    four.insert((.environment, "i"), at: 5)
    let late = try #require(try await score(MMSearchR1(countsSearches: true), ["Ada"], four))
    #expect(abs(late - 0.9 * 0.9 * 0.9 * 0.9) < 1e-12)
  }

  @Test("ZeroSearch overlaps words, or finds the answer within")
  func zeroSearch() async throws {
    let texts = [(SpanOrigin.policy, "<answer>It was Ada</answer>")]
    #expect(try await score(ZeroSearch(), ["Ada"], texts) == 0.5)
    #expect(try await score(ZeroSearch(matching: .substring), ["Ada"], texts) == 1)
  }

  @Test("IKEA pays for knowing, for searching when it doesn't, and not for brackets")
  func ikea() async throws {
    func text(_ searches: Int, _ answer: String) -> [(SpanOrigin, String)] {
      let search = String(repeating: "<search>q</search>", count: searches)
      return [(.policy, "<think>t</think>\(search)<answer>\(answer)</answer>")]
    }
    #expect(try await score(IKEA(), ["Ada"], text(0, "Ada")) == 1.6)
    #expect(try await score(IKEA(), ["Ada"], text(1, "Ada")) == 1 + (0.6 - 0.2))
    #expect(try await score(IKEA(), ["Ada"], text(5, "Ada")) == 1)
    #expect(try await score(IKEA(), ["Ada"], text(0, "Bob")) == 0)
    #expect(try await score(IKEA(), ["Ada"], text(2, "Bob")) == 0.05)
    #expect(try await score(IKEA(), ["Ada"], [(.policy, "<answer>Ada</answer>")]) == -1)
    let brackets = [(SpanOrigin.policy, "<think>(search)</think><answer>Ada</answer>")]
    #expect(try await score(IKEA(), ["Ada"], brackets) == -1)
    var refused = try Trajectory(answers: ["Ada"], text(0, "Ada"))
    refused.append(
      ToolEvent(turn: 0, tool: "search", arguments: "?", outcome: .failed(.malformed("?"))))
    #expect(try await IKEA().report(on: refused).score == .value(-1))
  }

  @Test("R-Search asks its reader about the evidence, and is missing without a reply")
  func rSearch() async throws {
    let texts: [(SpanOrigin, String)] = [
      (.policy, "<search>q</search>"), (.environment, "<observation>Ada did</observation>"),
      (.policy, "<original_evidence>Ada did</original_evidence><answer>Bob</answer>"),
    ]
    let echo = RSearch { evidence, question in question == "q" ? evidence : nil }
    let value = try #require(try await score(echo, ["Ada"], texts))
    #expect(abs(value - (0.4 + 2.0 / 3)) < 1e-12)
    let mute = RSearch { _, _ in nil }
    #expect(try await score(mute, ["Ada"], texts) == nil)
    #expect(try await score(mute, ["Ada"], [(.policy, "<answer>Ada</answer>")]) == 1.4)
  }

  @Test("stopping with the last search that helped is best")
  func frugal() async throws {
    func record(_ results: [[String]]) throws -> Trajectory {
      var trajectory = try Trajectory(answers: [], [(.policy, "x")])
      for identifiers in results {
        trajectory.append(
          ToolEvent(
            turn: 0, tool: "search", arguments: "q", outcome: .returned(identifiers: identifiers)))
      }
      return trajectory
    }
    let reward = FrugalStopping(maximumSearches: 6, formatScore: 0) { _ in ["a", "b"] }
    func value(_ results: [[String]]) async throws -> Double {
      try #require(try await reward.report(on: record(results)).score.value)
    }
    let exact = try await value([["a"], ["b"]])
    #expect(abs(exact - (2 + 2 * 2.0 / 6)) < 1e-12)
    let late = try await value([["a"], ["b"], ["a"]])
    #expect(late < exact && late > 0)
    let later = try await value([["a"], ["b"], ["a"], ["x"], ["x"], ["x"]])
    #expect(later < late)
    let short = try await value([["a"]])
    #expect(short == max(-2, min(0, short)))
    #expect(try await value([["x"], ["x"], ["x"], ["x"], ["x"], ["x"]]) == 0)
    #expect(
      try await FrugalStopping(maximumSearches: 6) { _ in [] }
        .report(on: record([["a"]])).score.value == nil)
  }

  @Test("Tongyi leaves unfinished trajectories out of the loss")
  func tongyi() async throws {
    let right = [(SpanOrigin.policy, "<answer>Ada</answer>")]
    #expect(try await score(TongyiDeepResearch(), ["Ada"], right) == 1)
    #expect(try await score(TongyiDeepResearch(), ["Bob"], right) == 0)
    #expect(try await score(TongyiDeepResearch(), ["Ada"], [(.policy, "hm")]) == nil)
    let kept = TongyiDeepResearch(excludesUnfinished: false)
    #expect(try await score(kept, ["Ada"], [(.policy, "hm")]) == 0)
    let cut = try Trajectory(answers: ["Ada"], right, status: .truncated(by: .context))
    #expect(try await TongyiDeepResearch().report(on: cut).score.value == nil)
  }

  @Test("Kimi credits later steps more, and shorter right trajectories more")
  func kimi() async throws {
    let short = [(SpanOrigin.policy, "<answer>Ada</answer>")]
    let long = [(.policy, "hm"), (.environment, "go on")] + short
    let reward = KimiResearcher(discount: 0.5, formatPenalty: 1)
    #expect(try await score(reward, ["Ada"], short) == 1)
    let report = try await reward.report(on: Trajectory(answers: ["Ada"], long))
    #expect(report.score == .value(0.75))
    #expect(report.credits == [SpanCredit(span: 0, value: 0.5), SpanCredit(span: 2, value: 1)])
    let cut = try Trajectory(answers: ["Ada"], short, status: .truncated(by: .turns))
    #expect(try await reward.report(on: cut).score == .value(-1))
  }

  @Test("R1-Searcher++ pays a bonus to the right answers with the fewest searches")
  func r1SearcherPlus() async throws {
    func member(_ answer: String, searches: Int) throws -> Trajectory {
      var result = try Trajectory(
        answers: ["Ada"], [(.policy, "<answer>\(answer)</answer>")])
      for _ in 0..<searches {
        result.append(
          ToolEvent(turn: 0, tool: "search", arguments: "q", outcome: .returned(identifiers: [])))
      }
      return result
    }
    let members = [
      try member("Ada", searches: 1), try member("Ada", searches: 2),
      try member("Bob", searches: 0),
      try Trajectory(answers: ["Ada"], [(.policy, "hm")]),
    ]
    let group = TrajectoryGroup(task: members[0].task, members: members)
    let reports = try await R1SearcherPlus().reports(on: group)
    #expect(reports.map(\.score) == [.value(1.5), .value(1), .value(0), .value(-2)])
    let none = TrajectoryGroup(task: members[0].task, members: [])
    #expect(try await R1SearcherPlus().reports(on: none).isEmpty)
  }

  @Test("every reward stands the kit, and is missing without accepted answers")
  func conformance() async {
    let unanswerable = Trajectory.unusual.filter { $0.task.answers.isEmpty }
    let rewards: [any Reward] = [
      CoverMatch(), EquivalentAnswer(), SearchR1Outcome(), SearchR1Format(), DeepResearcher(),
      R1Searcher(), R1Searcher(server: .llamaStage1), R1Searcher(server: .llamaStage2),
      AutoRefine(), ARPO(), ReSearch(), ZeroSearch(), MMSearchR1(), IKEA(),
      RSearch { evidence, _ in evidence }, KimiResearcher(discount: 0.9),
      TongyiDeepResearch(),
      FrugalStopping(maximumSearches: 4) { $0.answers.isEmpty ? [] : ["a"] },
    ]
    for reward in rewards {
      #expect(await checkReward(reward, unjudgeable: unanswerable) == [], "\(reward.name)")
    }
  }
}
