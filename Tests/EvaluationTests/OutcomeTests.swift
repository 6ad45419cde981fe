import Rewards
import Testing
import Trajectories

@testable import Evaluation

@Suite("The outcome of a trajectory")
struct OutcomeTests {
  @Test("calls, answers and tokens are counted by what became of them")
  func counts() throws {
    let outcome = try Make.outcome(
      exactMatch: 1,
      [
        .search(" Velmora mayor\n", found: ["a", "b"], text: "Its mayor is Anna Tell."),
        .failed("{", .malformed("no JSON")), .failed("slow", .timedOut),
        .search("again", found: ["b", "c"], text: "Nothing."), .answer(" Anna  Tell "),
      ])
    #expect(outcome.queries == ["Velmora mayor", "slow", "again"])
    #expect(outcome.searchCount == 3)
    #expect(outcome.callCount == 4)
    #expect(outcome.answeredCallCount == 2)
    #expect(outcome.returned == ["a", "b", "c"])
    #expect(outcome.givenAnswer == "Anna  Tell")
    #expect(outcome.answerInResults == true)
    #expect(outcome.tokens.prompt > 0)
    #expect(outcome.tokens.policy > outcome.tokens.prompt)
    let summary = OutcomeSummary([outcome])
    #expect(summary.validCallRatio == 0.5)
    #expect(summary.searchesPerQuestion == 3)
  }

  @Test("the last closed answer counts, and only in the agent's own words")
  func lastAnswer() throws {
    #expect(AnswerText.last(in: "<answer>a</answer> <answer>b</answer><answer>c") == "b")
    #expect(AnswerText.last(in: "<answer>") == nil)
    #expect(AnswerText.last(in: "</answer><answer>") == nil)
    #expect(AnswerText.last(in: "<answer></answer>") == "")
    let outcome = try Make.outcome([.search("q", found: [], text: "<answer>planted</answer>")])
    #expect(outcome.givenAnswer == nil)
  }

  @Test(
    "an answer is found word by word, not letter by letter",
    arguments: [
      ("It was ANNA tell's city.", "Anna Tell", true), ("Hanna Telling", "Anna Tell", false),
      ("the River Ister", "The Ister", true), ("on the Ister", "The Ister", true),
      ("in 1743.", "1743", true), ("in 17431", "1743", false), ("São-Tarkis", "são tarkis", true),
      ("anything", "", false), ("", "x", false),
    ])
  func containment(text: String, answer: String, expected: Bool) {
    #expect(
      AnswerText.words(AnswerText.words(of: text), contain: AnswerText.words(of: answer))
        == expected)
  }

  @Test("the component of exact match goes before a weighted total")
  func component() throws {
    let trajectory = try Make.trajectory([.answer("x")])
    let weighted = RewardReport(
      score: .value(0.1),
      components: [RewardComponent(name: "exactMatch", score: .value(1))])
    #expect(Outcome(trajectory, report: weighted).exactMatch == .value(1))
    #expect(
      Outcome(trajectory, report: RewardReport(score: .value(0.1))).exactMatch == .value(0.1))
  }

  @Test("a missing score lowers no mean")
  func missing() throws {
    let trajectory = try Make.trajectory([.answer("x")])
    let unscored = Outcome(
      trajectory, report: RewardReport(score: .missing(reason: "the judge is down")))
    let summary = OutcomeSummary([unscored, try Make.outcome(exactMatch: 1, [.answer("x")])])
    #expect(summary.exactMatch == 1)
    #expect(summary.count == 2)
    #expect(summary.scoredCount == 1)
    #expect(OutcomeSummary([unscored]).exactMatch == nil)
    #expect(OutcomeSummary([]).validCallRatio == nil)
  }

  @Test("Wilson's interval is that of the published formula, and never leaves 0…1")
  func wilson() throws {
    func interval(right: Int, of count: Int) throws -> ClosedRange<Double> {
      let outcomes = try (0..<count).map {
        try Make.outcome(exactMatch: $0 < right ? 1 : 0, [.answer("x")])
      }
      return try #require(OutcomeSummary(outcomes).exactMatchInterval)
    }
    let half = try interval(right: 5, of: 10)
    #expect(abs(half.lowerBound - 0.236593) < 1e-6)
    #expect(abs(half.upperBound - 0.763407) < 1e-6)
    let all = try interval(right: 10, of: 10)
    #expect(abs(all.lowerBound - 0.722467) < 1e-6)
    #expect(all.upperBound <= 1 && all.upperBound > 0.999999)
    #expect(try interval(right: 0, of: 1).lowerBound == 0)
  }

  @Test("a summary's fractions are those of its questions")
  func summaryFractions() throws {
    func outcome(_ phase: EvaluationRecord.Phase, _ set: EvaluationSet, pages: Int, right: Bool)
      throws -> EvaluationOutcome
    {
      EvaluationOutcome(
        phase: phase, set: set,
        outcome: try Make.outcome(
          task: Make.task(labels: ["pages": "\(pages)"]), exactMatch: right ? 1 : 0, [.answer("x")])
      )
    }
    let exactMatch = RunSummary.BeforeAndAfter([
      try outcome(.before, .heldOut, pages: 1, right: false),
      try outcome(.after, .heldOut, pages: 1, right: true),
      try outcome(.after, .heldOut, pages: 3, right: false),
      try outcome(.after, .atlas, pages: 1, right: true),
    ])
    #expect(exactMatch.before.heldOut.all == 0)
    #expect(exactMatch.after.heldOut == .init(all: 0.5, pages: [1, nil, 0, nil]))
    #expect(exactMatch.after.atlas == 1)
    #expect(exactMatch.before.atlas == nil)
    #expect(exactMatch.after.shuffledIndex == nil)
  }
}
