import RandomStreams
import Rewards
import Testing
import Trajectories

@Suite("Search sessions, frozen readers and clean successes")
struct SearchSessionTests {
  @Test("a return adds what follows, less its cost, and a little of what it opens")
  func returns() {
    let session = [
      SessionReturns.Action(newRelevant: 2, cost: 0.1, openedValues: [1, 2]),
      SessionReturns.Action(newRelevant: 0, cost: 0.1),
      SessionReturns.Action(newRelevant: 0, cost: 0),
    ]
    let returns = SessionReturns().returns(of: session)
    #expect(zip(returns, [3.1, -0.1, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
    let decayed = SessionReturns(gain: 1, decay: 0.5, carry: 0).returns(of: session)
    #expect(zip(decayed, [1.85, -0.1, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(SessionReturns().returns(of: []).isEmpty)
  }

  @Test("a document is paid for once, to the turn that found it")
  func relevant() async throws {
    var trajectory = try Trajectory(
      answers: [],
      [(.policy, "search"), (.environment, "d1 d2"), (.policy, "expand"), (.environment, "d1 d3")])
    trajectory.append(
      ToolEvent(
        turn: 0, tool: "search", arguments: "q", outcome: .returned(identifiers: ["d1", "d2"])))
    trajectory.append(
      ToolEvent(
        turn: 1, tool: "expand", arguments: "d1", outcome: .returned(identifiers: ["d1", "d3"])))
    let reward = RelevantDocuments(costs: ["expand": 0.2]) { _ in ["d1", "d3", "d9"] }
    let report = try await reward.report(on: trajectory)
    let score = try #require(report.score.value)
    #expect(abs(score - (1.5 - 0.1 + 1.5 - 0.2)) < 1e-12)
    #expect(report.credits.map(\.span) == [0, 2])
    #expect(abs(report.credits[1].value - 1.3) < 1e-12)
    #expect(report.components.last?.score == .value(2.0 / 3))
    let unknown = try await RelevantDocuments { _ in nil }.report(on: trajectory)
    #expect(unknown.score.value == nil)
  }

  static let pages = """
    Doc 1(Title: "Ada (programmer)") Ada wrote it.
    doc 2 ( title : Babbage) He built it.

    """

  @Test("the agent hands on what it selects, and all where it says nothing")
  func selection() throws {
    func selected(_ second: String) throws -> [String] {
      try Trajectory(
        answers: [],
        [(.policy, "<search>q</search>"), (.environment, Self.pages), (.policy, second)]
      ).selectedDocuments.map(\.title)
    }
    #expect(try selected("") == ["Ada (programmer)", "Babbage"])
    #expect(try selected("<important_info>[2]</important_info>") == ["Babbage"])
    #expect(try selected("<important_info>none</important_info>") == [])
    let invented = "<information>Doc 1(Title: X) invented</information>"
    #expect(try selected(invented) == ["Ada (programmer)", "Babbage"])
    let released = ReleasedS3.selectedDocuments(in: "<information>\(Self.pages)</information>")
    #expect(released.map(\.title) == ["Ada (programmer", "Babbage"])
  }

  @Test("a head without a title's end is no document, and its text is nobody's")
  func heads() {
    let read = NumberedDocument.reading("Doc 1(Title: \"a\nDoc 2(Title: b) text DOC 3 (TITLE:c)x")
    #expect(read.map(\.number) == [2, 3])
    #expect(read.map(\.text) == ["text", "x"])
    #expect(NumberedDocument.reading("Doc 99999999999999999999(Title: a) b").isEmpty)
    let open = NumberedDocument.reading("Doc 1(Title: a\nDoc 2(Title: b) text")
    #expect(open.map(\.title) == ["b"])
    #expect(NumberedDocument.reading("").isEmpty)
  }

  @Test("a gain is what the reader does better than with plain retrieval")
  func gain() async throws {
    let trajectory = try Trajectory(
      answers: ["Ada"], [(.policy, "<search>q</search>"), (.environment, Self.pages)])
    let reader: GainBeyondRAG.Reader = { _, documents in
      documents.contains { $0.text.contains("Ada") } ? "It was Ada." : "no idea"
    }
    let gain = GainBeyondRAG(baseline: { _ in .value(0) }, reader: reader)
    #expect(try await gain.report(on: trajectory).score == .value(1))
    let none = GainBeyondRAG(baseline: { _ in .value(1) }, reader: reader)
    #expect(try await none.report(on: trajectory).score == .value(0))
    #expect(ReleasedS3.reward(accuracy: 1, baseline: 1) == 1)
    let dead = GainBeyondRAG(baseline: { _ in .value(0) }) { _, _ in throw Dead() }
    let report = try await dead.report(on: trajectory)
    #expect(report.score == .missing(reason: "accuracy: the reader failed: Dead()"))
  }

  struct Dead: Error {}

  @Test("the cleanest successes stay, and failures are drawn")
  func resampling() {
    let rule = ResampleOnCorrect(keep: 4, minimumRight: 1, minimumWrong: 1)
    let scores: [Score] = [1, 1, 1, 1, 0, 0, 0, 0].map(Score.value)
    let penalties: [Double] = [0.5, 0, .nan, 0.5, 0, 0, 0, 0]
    var drawn = Set<[Int]>()
    for seed in 0..<40 {
      var stream = RandomStream(seed: UInt64(seed))
      let kept = rule.selection(scores: scores, penalties: penalties, stream: &stream)
      #expect(kept.count == 4)
      #expect(kept.prefix(2) == [0, 1])
      drawn.insert(kept)
    }
    #expect(drawn.count == 6)
  }

  @Test("exactly as many are kept as asked for, whatever the scores")
  func count() {
    var stream = RandomStream(seed: 5)
    for _ in 0..<300 {
      let size = 1 + stream.index(below: 12)
      let keep = 2 + stream.index(below: 8)
      let rule = ResampleOnCorrect(keep: keep, minimumRight: 1, minimumWrong: 1)
      let scores = (0..<size).map { _ -> Score in
        stream.chance(0.1) ? .missing(reason: "late") : .value(stream.chance(0.5) ? 1 : 0)
      }
      let scored = scores.count { $0.value != nil }
      let kept = rule.selection(
        scores: scores, penalties: scores.map { _ in 0 }, stream: &stream)
      #expect(kept.count == (scored < keep ? 0 : keep))
      #expect(kept.allSatisfy { scores[$0].value != nil })
      #expect(Set(kept).count == kept.count)
      let right = scores.count { $0 == .value(1) }
      if !kept.isEmpty, right > 0 { #expect(kept.contains { scores[$0] == .value(1) }) }
    }
  }

  @Test("a penalty counts failed calls and answers too many")
  func penalties() throws {
    var trajectory = try Trajectory(
      answers: [],
      [(.policy, "<answer>1</answer>"), (.environment, "?"), (.policy, "<answer>2</answer>")])
    #expect(TracePenalty(of: trajectory) == TracePenalty(errors: 0.5, answers: 0.5))
    trajectory.append(
      ToolEvent(turn: 0, tool: "python", arguments: "", outcome: .failed(.timedOut)))
    trajectory.append(
      ToolEvent(turn: 0, tool: "python", arguments: "", outcome: .returned(identifiers: [])))
    #expect(TracePenalty(of: trajectory).errors == 0.5)
    let broken = try Trajectory(answers: [], [(.policy, "<answer>1</answer></answer>")])
    #expect(TracePenalty(of: broken).answers == 1)
  }
}
