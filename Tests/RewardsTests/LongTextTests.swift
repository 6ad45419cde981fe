import Foundation
import OrderedJSON
import PeregrineTesting
import Rewards
import Testing
import Trajectories

@Suite("Long text")
struct LongTextTests {
  func answer(_ text: String, step: Int = 0, member: Int = 0) throws -> Trajectory {
    try Trajectory(step: step, member: member, [(.policy, "<answer>\(text)</answer>")])
  }

  @Test("a band is worth 1 inside, rises to it from 0 and falls from it to 0")
  func band() {
    let band = LengthBand(100, 200, maximum: 300)
    #expect(
      [0, 50, 100, 150, 200, 250, 300, 9_999].map(band.score) == [0, 0.5, 1, 1, 1, 0.5, 0, 0])
    #expect(LengthBand(0, 0, maximum: 0).score(0) == 1)
    #expect(LengthBand(0, 0, maximum: 0).score(1) == 0)
    #expect(LengthBand(5, 5, maximum: 5).score(.max) == 0)
    #expect(LengthBand(around: 100) == LengthBand(90, 110, maximum: 200))
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(
        LengthBand.self, from: Data("{\"lower\":2,\"upper\":1,\"maximum\":3}".utf8))
    }
  }

  @Test("words are counted in scripts with and without spaces")
  func words() {
    #expect(TextMeasures.wordCount(of: "It's a well-known fact, e\u{301}tude") == 5)
    #expect(TextMeasures.wordCount(of: "東京は日本の首都") == 8)
    #expect(TextMeasures.wordCount(of: " \n—!") == 0)
  }

  @Test("a text that repeats itself is found out, word for word or by likeness")
  func repetition() {
    #expect(TextMeasures.repeatedShare(of: "one two three four five six") == 0)
    let stuck = String(repeating: "the same five words here ", count: 50)
    #expect(TextMeasures.repeatedShare(of: stuck) > 0.97)
    let text = "Ada wrote it.\n\nAda, wrote it!\n\nNobody knows why."
    let share = TextMeasures.duplicateShare(of: text, similarity: TextMeasures.wordOverlap)
    #expect(share == 1.0 / 3)
  }

  @Test("length, quality and form count a third each, and a missing part is not 0")
  func longWriter() async throws {
    func score(
      _ text: String, quality: Score = .value(1)
    ) async throws -> RewardReport {
      let reward = LongWriterZero(quality: ConstantReward(quality, name: "model")) { _ in
        LengthBand(4, 8, maximum: 12)
      }
      return try await reward.report(on: Trajectory([(.policy, text)]))
    }
    let whole = try await score("<think>t</think>\n<answer>one two three four</answer>")
    #expect(abs((whole.score.value ?? 0) - 1) < 1e-12)
    #expect(whole.components.map(\.name) == ["length", "quality", "format"])
    for broken in [
      "<answer>one two three four</answer>",
      "<think>t</think><think>t</think><answer>one two three four</answer>",
      "<think>t</think><answer>one two three four</answer> and more",
      "<answer>one two three four</answer><think>t</think>",
    ] {
      #expect(try await score(broken)[component: "format"] == .value(0))
    }
    let unknown = try await score(
      "<think></think><answer>a b c d</answer>", quality: .missing(reason: "gone"))
    #expect(unknown.score == .missing(reason: "quality: gone"))
  }

  @Test("grades become a weighted share of the scale")
  func dimensions() async throws {
    let judge = patientJudge { _ in fenced("{\"x\": 5, \"y\": 2}") }
    let reward = GradedDimensions(
      [JudgedDimension("x", "…"), JudgedDimension("y", "…", weight: 3)], judge: judge)
    let report = try await reward.report(on: answer("text"))
    #expect(report.score == .value(0.4375))
    #expect(report[component: "y"] == .value(2))

    let question = DimensionScoresQuestion(
      question: "", response: "", dimensions: [JudgedDimension("x", "…")])
    for reply in ["{\"x\": 6}", "{\"x\": 1.5}", "{\"x\": \"5\"}", "{\"x\": 5, \"z\": 5}", "{}"] {
      #expect(throws: UnusableReply.self, "\(reply)") { try question.answer(in: fenced(reply)) }
    }
    let five = DimensionScoresQuestion(question: "", response: "", dimensions: .searchRubrics)
    #expect(five.dimensions.count == 5)
  }

  @Test("a panel's agreement is 1 in unison and 0 when it is split between the extremes")
  func panel() async throws {
    let dimensions = [JudgedDimension("x", "…")]
    #expect(PanelVerdict(shares: [[1], [1]], dimensions: dimensions).agreement == 1)
    #expect(PanelVerdict(shares: [[0], [1]], dimensions: dimensions).agreement == 0)
    #expect(PanelVerdict(shares: [[0.3]], dimensions: dimensions).agreement == 1)

    func panel(_ grades: [String], minimum: Double = 0) async throws -> RewardReport {
      let members = grades.map { grade in
        JudgePanel.Member(role: "a judge", judge: patientJudge { _ in fenced("{\"x\": \(grade)}") })
      }
      return try await JudgePanel(members, dimensions: dimensions, minimumAgreement: minimum)
        .report(on: answer("text"))
    }
    #expect(try await panel(["1", "5"]).score == .value(0.5))
    #expect(try await panel(["1", "5"], minimum: 0.5).score.value == nil)
    #expect(try await panel(["5", "5", "null"]).score == .value(1))
    #expect(try await panel(["5", "null", "null"]).score.value == nil)
  }

  @Test("a win in both orders is a win, and a judge that loves the first place sees draws only")
  func pairs() async throws {
    let biased = patientJudge { _ in fenced("{\"better\": \"first\"}") }
    #expect(try await biased.preference(for: "a", over: "b", question: "q") == .answered(0.5))
    let reward = MovingReference(judge: Self.longer) { _ in "bb" }
    func score(_ text: String, step: Int, member: Int = 0) async throws -> Double? {
      try await reward.report(on: answer(text, step: step, member: member)).score.value
    }
    #expect(try await score("a", step: 0) == 0)
    #expect(try await score("ccc", step: 0, member: 1) == 1)
    #expect(try await score("dddd", step: 0, member: 2) == 1)
    #expect(reward.state.references == ["task Q": "ccc"])
    #expect(try await score("bb", step: 1) == 0)
    #expect(try await score("ccc", step: 1) == 0.5)
    #expect(reward.state.references == ["task Q": "ccc"])
  }

  /// Prefers the longer response.
  static let longer = patientJudge { prompt in
    let (first, second) = (
      prompt.part("first response") ?? "", prompt.part("second response") ?? ""
    )
    let better =
      first.count == second.count ? "equal" : first.count > second.count ? "first" : "second"
    return fenced("{\"better\": \"\(better)\"}")
  }

  @Test("the tasks with the widest margin are worth training, ties by name")
  func margins() {
    let chosen = MovingReference.tasksWorthTraining(
      margins: ["a": 0.1, "b": 0.5, "c": -1, "d": 0.5, "e": .nan, "f": 0], count: 3)
    #expect(chosen == ["b", "d", "a"])
  }

  @Test("a pattern noted again gets stronger, fades, and the weakest makes room")
  func memory() throws {
    var memory = PatternMemory(capacity: 2, halfLife: 1)
    let (a, b, c) = (
      PatternMemory.Pattern(.success, "a"), PatternMemory.Pattern(.error, "b"),
      PatternMemory.Pattern(.error, "c")
    )
    memory.note(a, step: 0)
    memory.note(b, step: 0)
    memory.note(b, step: 0)
    #expect(memory.strongest(2, at: 0) == [b, a])
    memory.note(c, step: 4)
    #expect(memory.strongest(9, at: 4) == [c, b])
    memory.note(PatternMemory.Pattern(.error, " "), step: 5)
    #expect(memory.entries.count == 2)
    let bytes = try JSONEncoder().encode(memory)
    #expect(try JSONDecoder().decode(PatternMemory.self, from: bytes) == memory)
  }

  /// Derives one criterion for each lesson it is shown, and teaches one.
  static let writer = patientJudge { prompt in
    if prompt.contains("\"successes\"") {
      return fenced("{\"successes\": [\"beta\"], \"errors\": []}")
    }
    if let criterion = prompt.part("criterion"), let response = prompt.part("response") {
      return fenced("{\"score\": \(response.contains(criterion) ? 2 : 0)}")
    }
    let learned = prompt.part("lessons from earlier texts")?.contains("beta") == true
    let more = learned ? ", {\"description\": \"beta\", \"weight\": 3}" : ""
    return fenced("{\"criteria\": [{\"description\": \"alpha\"}\(more)]}")
  }

  @Test("criteria are derived for the task, and lessons change those of the next step")
  func writerR1() async throws {
    let reward = WriterR1(judge: Self.writer)
    #expect(try await reward.report(on: answer("alpha")).score == .value(1))
    #expect(try await reward.report(on: answer("alpha", member: 1)).score == .value(1))
    #expect(reward.state.entries.map(\.pattern.text) == ["beta"])
    #expect(try await reward.report(on: answer("alpha", step: 1)).score == .value(0.25))
    let resumed = WriterR1(memory: reward.state, judge: Self.writer)
    #expect(try await resumed.report(on: answer("alpha", step: 2)).score == .value(0.25))
  }

  @Test("without criteria there is no score, and a failed reflection costs a lesson only")
  func writerMissing() async throws {
    let mute = WriterR1(judge: patientJudge { _ in "?" })
    #expect(try await mute.report(on: answer("alpha")).score.value == nil)
    let forgetful = WriterR1(
      judge: patientJudge { prompt in
        if prompt.contains("\"successes\"") { return "?" }
        return prompt.part("criterion") == nil
          ? fenced("{\"criteria\": [{\"description\": \"a\"}]}") : fenced("{\"score\": 2}")
      })
    let report = try await forgetful.report(on: answer("alpha"))
    #expect(report.score == .value(1))
    #expect(report.notes.contains { $0.hasPrefix("no lesson") })
  }

  @Test("a report's five parts weigh as published, and add up to 1")
  func report() async throws {
    let reward = reportReward(
      accuracy: ConstantReward(1, name: "accuracy"), structure: MarkdownReward(.report),
      citations: ConstantReward(1, name: "citations"),
      length: LengthReward { _ in LengthBand(1, 100, maximum: 200) },
      relevance: ConstantReward(1, name: "relevance"))
    #expect(reward.terms.map { $0.weight.value(at: 0) } == [0.3, 0.2, 0.15, 0.1, 0.25])
    let score = try await reward.report(on: answer("# A\n## B\n## C\ntext")).score.value
    #expect(abs((score ?? 0) - 1) < 1e-12)
  }

  @Test("mail agents are paid as the original pays them")
  func bands() throws {
    guard let data = SharedFolder.data("golden/environments/art_e_reward.json") else { return }
    let json = try JSONValue(parsing: Array(data))
    let cases = try #require(json["cases"]?.array)
    var compared = 0
    for one in cases where one["simple"]?.bool == false {
      let rubric = try #require(one["rubric"])
      func flag(_ key: String) -> Bool { rubric[key]?.bool ?? false }
      let ending: ARTEBands.Ending =
        if flag("cant_parse_tool_call") {
          .unparsableCall
        } else if flag("bad_tool_call_name") {
          .unknownTool
        } else if flag("bad_tool_call_args") {
          .badArguments
        } else if flag("attempted_answer"), !flag("answer_correct") {
          .wrong
        } else if flag("returned_i_dont_know") {
          .gaveUp
        } else if flag("ran_out_of_turns") {
          .outOfTurns
        } else {
          .correct
        }
      let bands = ARTEBands(
        ending: ending, foundRightMail: flag("ever_found_right_email"),
        readRightMail: flag("ever_read_right_email"),
        askedForMissingMail: flag("ever_tried_to_read_invalid_email"),
        sourcesAreRight: flag("sources_correct"),
        sourceCount: try #require(rubric["num_sources"]?.integer),
        turns: try #require(rubric["num_turns"]?.integer))
      let reward = bands.reward(turnLimit: try #require(one["max_turns"]?.integer))
      #expect(abs(reward - (one["reward"]?.double ?? .nan)) < 1e-9)
      compared += 1
    }
    #expect(compared > 20)
  }

  @Test("they keep what a reward promises")
  func conforms() async {
    let judge = patientJudge { prompt in
      fenced(
        prompt.contains("criteria")
          ? "{\"criteria\": [{\"description\": \"a\"}]}" : "{\"score\": 1}")
    }
    #expect(await checkReward(LengthReward { _ in LengthBand(1, 2, maximum: 3) }) == [])
    #expect(await checkReward(LongWriterZero(quality: MarkdownReward()) { _ in nil }) == [])
    #expect(await checkReward(WriterR1(judge: judge)) == [])
    #expect(await checkReward(MovingReference(judge: Self.longer)) == [])
    #expect(await checkReward(JudgedCriterion("tone", "calm", judge: judge)) == [])
    #expect(await checkReward(GradedDimensions(.searchRubrics, judge: judge)) == [])
    #expect(
      await checkReward(JudgePanel([JudgePanel.Member(role: "one", judge: judge)])) == [])
  }
}
