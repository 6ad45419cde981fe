import Evaluation
import Rewards
import Testing
import Trajectories

@Suite("Why an answer was wrong")
struct BadCaseTests {
  private static let task = Make.task(
    answers: ["Tarkis"], labels: ["pages": "2", "evidence": "city-1#1, person-2#1"])

  private static func cause(
    _ turns: [Make.Turn], task: AgentTask = task, exactMatch: Double = 0
  ) throws -> BadCaseCause? {
    BadCase(try Make.outcome(task: task, exactMatch: exactMatch, turns))?.cause
  }

  @Test("a right answer is no bad case, and neither is one that nobody could score")
  func notBad() throws {
    #expect(try Self.cause([.answer("Tarkis")], exactMatch: 1) == nil)
    let unscored = Outcome(
      try Make.trajectory(task: Self.task, [.answer("Velmora")]),
      report: RewardReport(score: .missing(reason: "no judge")))
    #expect(BadCase(unscored) == nil)
  }

  @Test("without a closed answer nothing else is asked")
  func noAnswer() throws {
    #expect(
      try Self.cause([
        .search("a", found: ["city-1#1"], text: "Tarkis"), .words("<answer>Tarkis"),
      ]) == .noAnswer)
  }

  @Test("a page that held the answer outweighs passages that were not found")
  func answerMissed() throws {
    #expect(
      try Self.cause([.search("a", found: ["other"], text: "Born in Tarkis."), .answer("Lusk")])
        == .answerMissed)
  }

  @Test("fewer searches than pages, with a passage missing, is stopping early")
  func stoppedEarly() throws {
    #expect(
      try Self.cause([.search("a", found: ["city-1#1"], text: "Anna Tell."), .answer("Anna Tell")])
        == .stoppedEarly)
    #expect(try Self.cause([.answer("Velmora")]) == .stoppedEarly)
  }

  @Test("enough searches, with a passage missing, is a bad query")
  func badQuery() throws {
    #expect(
      try Self.cause([
        .search("a", found: ["city-1#1"], text: "Anna Tell."),
        .search("b", found: ["person-9#1"], text: "Someone else."), .answer("Lusk"),
      ]) == .badQuery)
  }

  @Test("a search that timed out was made; a call that nobody understood was not")
  func failedCalls() throws {
    let first = Make.Turn.search("a", found: ["city-1#1"], text: "Anna Tell.")
    #expect(try Self.cause([first, .failed("b", .timedOut), .answer("Lusk")]) == .badQuery)
    #expect(
      try Self.cause([first, .failed("b", .malformed("?")), .answer("Lusk")]) == .stoppedEarly)
  }

  @Test("all passages found in one search and still no answer in them")
  func answerNotInResults() throws {
    #expect(
      try Self.cause([
        .search("a", found: ["city-1#1", "person-2#1"], text: "Cut short."), .answer("Lusk"),
      ]) == .answerNotInResults)
  }

  @Test("without labels only a task with no search at all stopped early")
  func noLabels() throws {
    let task = Make.task(answers: ["Tarkis"])
    #expect(try Self.cause([.answer("Lusk")], task: task) == .stoppedEarly)
    #expect(
      try Self.cause([.search("a", found: ["x"], text: "y"), .answer("Lusk")], task: task)
        == .answerNotInResults)
  }

  @Test("a sample has its limit of each cause, whatever the order of the cases")
  func sampling() throws {
    let cases = try (0..<40).compactMap { index in
      let task = Make.task("q\(index)", answers: ["Tarkis"])
      return BadCase(
        try Make.outcome(task: task, index.isMultiple(of: 4) ? [.words("hm")] : [.answer("Lusk")]))
    }
    let sample = BadCase.sample(cases, perCause: 3, seed: 7)
    #expect(
      sample.map(\.cause) == [.noAnswer, .noAnswer, .noAnswer]
        + Array(repeating: .stoppedEarly, count: 3))
    #expect(BadCase.sample(cases.reversed(), perCause: 3, seed: 7) == sample)
    #expect(BadCase.sample(cases, perCause: 3, seed: 8) != sample)
    #expect(BadCase.sample(cases, perCause: 0, seed: 7).isEmpty)
    #expect(Set(BadCase.sample(cases, perCause: 99, seed: 7)) == Set(cases))
  }
}
