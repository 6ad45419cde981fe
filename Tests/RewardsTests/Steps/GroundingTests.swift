import Rewards
import Testing
import Trajectories

@Suite("Grounded answers, refusals and facts")
struct GroundingTests {
  static let pages = """
    Doc 1(Title: "Ada") Ada Lovelace wrote the first program.
    Doc 2(Title: Engine) Babbage designed the analytical engine.

    """

  static func answering(_ answer: String, accepted: [String] = ["Ada Lovelace"]) throws
    -> Trajectory
  {
    try Trajectory(
      answers: accepted,
      [
        (.prompt, "Who?"), (.policy, "<search>who</search>"), (.environment, pages),
        (.policy, "<answer>\(answer)</answer>"),
      ])
  }

  @Test("citations belong to the statement before them")
  func statements() {
    let read = CitedStatement.reading(
      "Ada wrote it [1][3][1]. Babbage built. [2]\nEnd of [x] story")
    #expect(read.map(\.citations) == [[1, 3], [2], []])
    #expect(read[1].text == "Babbage built.")
    #expect(read[2].text == "End of [x] story")
    #expect(CitedStatement.reading("[1] [2] ...").isEmpty)
    #expect(CitedStatement.reading("[1] Version 2.5 is out").map(\.citations) == [[1]])
  }

  @Test("citation F1 is 1 for what is carried and falls with padding")
  func citations() async throws {
    func score(_ answer: String) async throws -> Double? {
      try await CitationF1().report(on: try Self.answering(answer)).score.value
    }
    #expect(try await score("Ada Lovelace wrote the first program [1].") == 1)
    #expect(try await score("Ada Lovelace wrote the first program [2].") == 0)
    #expect(try await score("Ada Lovelace wrote the first program.") == 0)
    // Recall 1, precision 1/2.
    let padded = try #require(try await score("Ada Lovelace wrote the first program [1][2]."))
    #expect(abs(padded - 2.0 / 3) < 1e-12)
    let stuffed = (1...500).map { "[\($0)]" }.joined()
    let bomb = try #require(try await score("Ada Lovelace wrote the first program \(stuffed)."))
    #expect(bomb < 0.01)
  }

  @Test("a right statement earns more with its evidence and nothing with the wrong one")
  func grounded() async throws {
    func score(_ answer: String) async throws -> Double? {
      try await GroundedAnswer().report(on: try Self.answering(answer)).score.value
    }
    #expect(try await score("Ada Lovelace wrote the first program [1].") == 1)
    #expect(try await score("Ada Lovelace wrote the first program.") == 0.5)
    #expect(try await score("Ada Lovelace wrote the first program [2].") == 0)
    #expect(try await score("Ada Lovelace wrote the first program [99].") == 0)
    #expect(try await score("Babbage did [2].") == 0)
  }

  @Test("refusing pays for what can't be answered, and only there")
  func refusals() async throws {
    func score(_ answer: String, answerable: Bool?) async throws -> Score {
      let reward = RefusalReward(base: ExactMatch()) { _ in answerable }
      return try await reward.report(on: try Self.answering(answer)).score
    }
    #expect(try await score("I don't know.", answerable: false) == .value(1))
    #expect(try await score("Ada Lovelace", answerable: false) == .value(0))
    #expect(try await score("I do not know", answerable: true) == .value(0))
    #expect(try await score("Ada Lovelace", answerable: true) == .value(1))
    #expect(try await score("Ada Lovelace", answerable: nil).value == nil)
  }

  @Test("KnowRL adds format, answer and facts")
  func knowledge() async throws {
    let reward = KnowRLReward { _ in ["Ada Lovelace wrote the first program"] }
    func score(_ message: String) async throws -> Double? {
      let trajectory = try Trajectory(answers: ["Ada Lovelace"], [(.policy, message)])
      return try await reward.report(on: trajectory).score.value
    }
    let thinking = "<think>Ada wrote the first program. Cats fly over moons.</think>"
    #expect(try await score("\(thinking)\n<answer>Ada Lovelace</answer>") == 3.5)
    #expect(try await score("\(thinking)<answer>I don't know</answer>") == 2.5)
    #expect(try await score("\(thinking)<answer>Babbage</answer>") == 0.5)
    #expect(try await score("\(thinking)<answer>Babbage</answer> so") == -1.5)
    #expect(try await score("nothing known") == -2)
    #expect(ReleasedKnowRL.reward(.right, facts: 0.5) == 2)
    #expect(ReleasedKnowRL.reward(.wrong, facts: 0.5) == -0.5)
  }

  @Test("lexical support sees words and nothing else")
  func lexicalSupport() async throws {
    let support = TextSupport.lexical(share: 0.5)
    let verdict = try await support(
      ["Ada wrote", "Ada flew home", "the", "ada never wrote"], by: ["Ada", "wrote it"])
    #expect(verdict.answer == [true, false, false, true])
  }

  @Test("support of another shape, or none to be had, is missing")
  func missingSupport() async throws {
    let trajectory = try Self.answering("Ada Lovelace wrote [1].")
    let short = TextSupport { _, _ in .answered([]) }
    let dead = TextSupport { _, _ in .missing(reason: "dead") }
    for support in [short, dead] {
      #expect(try await CitationF1(support: support).report(on: trajectory).score.value == nil)
      #expect(try await GroundedAnswer(support: support).report(on: trajectory).score.value == nil)
    }
  }

  @Test("RLTR asks about calls, not about answers")
  func completeness() async throws {
    var trajectory = try Trajectory(answers: [], [(.policy, "complete: yes")])
    let judge = JudgeService(
      ScriptedJudge(["Hm.\ncomplete: yes", "complete: no"]), settings: JudgeSettings(votes: 2))
    let reward = ToolUseCompleteness(judge: judge)
    #expect(try await reward.report(on: trajectory).score == .value(0))
    trajectory.append(
      ToolEvent(turn: 0, tool: "search", arguments: "x", outcome: .returned(identifiers: ["d"])))
    #expect(try await reward.report(on: trajectory).score == .value(0.5))
    let double = JudgeService(ScriptedJudge(["complete: yes\ncomplete: yes"]))
    #expect(try await ToolUseCompleteness(judge: double).report(on: trajectory).score.value == nil)
  }
}
