import RandomStreams
import Rewards
import Testing
import Trajectories

@Suite("StepSearch's rewards")
struct StepSearchTests {
  static let paris = "paris is the capital of france"
  static let reward = StepSearchReward { _ in
    SearchReference(paragraphs: [paris], queries: [["capital france"]])
  }

  @Test("a search earns for what is new and pays for what is old")
  func credits() async throws {
    let page = "Doc 1(Title: \"France\") \(Self.paris)\n"
    let trajectory = try Trajectory(
      answers: ["Paris"],
      [
        (.prompt, "Where?"), (.policy, "<search>capital of france</search>"),
        (.environment, page), (.policy, "<search>river</search>"), (.environment, page),
        (.policy, "<answer>Paris</answer>\n"),
      ])
    let report = try await Self.reward.report(on: trajectory)
    let total = try #require(report.score.value)
    #expect(abs(total - (1 + 0.618 * 0.8)) < 1e-12)
    #expect(report.credits.map(\.span) == [1, 3])
    #expect(abs(report.credits[0].value - 0.6) < 1e-12)
    #expect(abs(report.credits[1].value + 0.6) < 1e-12)
  }

  @Test("an answer that isn't the end is worth -1")
  func trailingText() async throws {
    let trajectory = try Trajectory(
      answers: ["Paris"], [(.policy, "<answer>Paris</answer> or so")])
    let report = try await Self.reward.report(on: trajectory)
    #expect(report.score == .value(-1))
    #expect(report.notes.contains("no answer ends the record"))
  }

  @Test("searching again never lowers the coverage, but did in the released code")
  func searchingAgain() {
    let needed = [["capital france"], ["dune author"]]
    let once = ["capital france"]
    let twice = ["capital france", "capital"]
    #expect(SearchKeyCoverage.score(queries: once, needed: needed) == 0.5)
    #expect(SearchKeyCoverage.score(queries: twice, needed: needed) == 0.5)
    #expect(ReleasedStepSearch.searchKeys(queries: once, needed: needed) == 0.5)
    #expect(ReleasedStepSearch.searchKeys(queries: twice, needed: needed) == 0.33335)
    #expect(SearchKeyCoverage.score(queries: [], needed: needed) == 0)
    #expect(SearchKeyCoverage.score(queries: once, needed: []) == 0)
  }

  @Test("all gains together are at most 1, whatever is retrieved")
  func totalGain() throws {
    let words = ["paris", "capital", "france", "dune", "author", "river", "seine", "of"]
    var stream = RandomStream(seed: 3)
    for _ in 0..<50 {
      func text() -> String {
        (0..<(1 + stream.index(below: 6))).map { _ in words[stream.index(below: words.count)] }
          .joined(separator: " ")
      }
      let paragraphs = (0..<(1 + stream.index(below: 3))).map { _ in text() }
      let documents = (0..<4).map { _ in (0..<stream.index(below: 4)).map { _ in text() } }
      let steps = try #require(InformationGain.steps(documents, towards: paragraphs))
      #expect(steps.count == documents.count)
      #expect(steps.reduce(0) { $0 + $1.gain } <= 1 + 1e-9)
      #expect(steps.allSatisfy { (0...1).contains($0.gain) && (0...1).contains($0.redundancy) })
    }
  }

  @Test("without paragraphs nothing can be gained, and nothing is said to be")
  func noParagraphs() {
    #expect(InformationGain.steps([["x y"]], towards: []) == nil)
    #expect(InformationGain.steps([], towards: ["some words"])?.isEmpty == true)
  }

  @Test("a task without a reference can't be judged")
  func unjudged() async throws {
    let trajectory = try Trajectory(answers: ["a"], [(.policy, "<answer>a</answer>")])
    let report = try await StepSearchReward { _ in nil }.report(on: trajectory)
    #expect(report.score == .missing(reason: "task t has no reference for its searches"))
  }
}
