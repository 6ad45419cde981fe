import PeregrineTesting
import RandomStreams
import Rewards
import Testing
import Trajectories

@Suite("Atomic thoughts")
struct AtomicThoughtTests {
  /// One token per byte.
  func record(_ turns: [String], step: Int = 0) throws -> Trajectory {
    let task = AgentTask(id: "t", question: "Who founded Brightworks?", answers: ["Vera Solt"])
    var trajectory = Trajectory(
      task: task, rollout: RolloutID(step: step, group: 0, member: 0))
    for (turn, text) in turns.enumerated() {
      let bytes = Array(text.utf8)
      try trajectory.append(
        Span(
          origin: .demonstration, role: .assistant, turn: turn, tokens: bytes.map(Int32.init),
          text: bytes, offsets: Array(0...bytes.count)))
    }
    trajectory.status = .completed
    return trajectory
  }

  func texts(_ rule: ThoughtSegmentation.Rule, _ turns: String...) throws -> [String] {
    ThoughtSegmentation(rule: rule).thoughts(in: try record(turns)).map(\.text)
  }

  @Test("the agent's own tags set units apart, the innermost pair counts")
  func tags() throws {
    let turn = """
      <think><OBSERVATION>It is a lamp.</OBSERVATION> loose words
      <PLAN><STEP>Search it.</STEP><RISK_ANALYSIS> May be old. </RISK_ANALYSIS></PLAN></think>
      <search>lamp</search>
      """
    #expect(try texts(.tags, turn) == ["It is a lamp.", "Search it.", "May be old."])
    let thoughts = ThoughtSegmentation().thoughts(in: try record([turn]))
    #expect(thoughts.map(\.tag) == ["OBSERVATION", "STEP", "RISK_ANALYSIS"])
  }

  @Test("broken tags and words outside of the thinking are no units")
  func brokenTags() throws {
    #expect(try texts(.tags, "<A>not thinking</A>") == [])
    #expect(try texts(.tags, "<think><A>open <B>crossed</A></B></think>") == [])
    #expect(try texts(.tags, "<think><A></A><B> \n </B></think>") == [])
    #expect(try texts(.tags, "<think><1>no name</1>< A >blank</ A ></think>") == [])
    #expect(try texts(.tags, "<think><A>cut off") == [])
    #expect(try texts(.tagsOrSentences, "<think>") == [])
  }

  @Test("untagged thinking is cut into sentences, short ones are joined")
  func sentences() throws {
    let turn = """
      <think>I need the founder. First I look up the company that makes it. Version 2.5 does not end \
      a sentence here. Then done.

      A new paragraph.</think>
      """
    #expect(
      try texts(.sentences, turn) == [
        "I need the founder. First I look up the company that makes it.",
        "Version 2.5 does not end a sentence here.", "Then done.", "A new paragraph.",
      ])
    #expect(try texts(.tagsOrSentences, "<think>one two three four five six seven") != [])
  }

  @Test("units lie where their bytes are, in order, and no two overlap", arguments: 0..<40)
  func places(seed: Int) throws {
    var stream = RandomStream(seed: 11).child("thought", seed)
    let pieces = [
      "<think>", "</think>", "<A>", "</A>", "<B_1>", "</B_1>", "words go here. ", "\n\n", "é🙂 ",
      "<",
      ">", "/",
    ]
    let turns = (0..<3).map { _ in
      (0..<25).compactMap { _ in stream.choice(pieces) }.joined()
    }
    let trajectory = try record(turns)
    for rule in ThoughtSegmentation.Rule.allCases {
      let thoughts = ThoughtSegmentation(rule: rule).thoughts(in: trajectory)
      for thought in thoughts {
        let text = trajectory.spans[thought.span].text
        let own = String(decoding: text[thought.bytes], as: UTF8.self)
        #expect(own.contains(thought.text))
      }
      for (left, right) in zip(thoughts, thoughts.dropFirst()) where left.span == right.span {
        #expect(left.bytes.upperBound <= right.bytes.lowerBound)
      }
    }
  }

  @Test("the score is the mean, and the credits on the units' tokens add up to it")
  func credits() async throws {
    let judge = JudgeService(ScriptedJudge(["```json\n{\"T1\": 1, \"T2\": 0.25}\n```"]))
    let turns = ["<think><A>good</A></think>", "<think><B>bad</B></think>"]
    let trajectory = try record(turns)
    let report = try await AtomicThoughtReward(judge: judge).report(on: trajectory)
    #expect(report.score == .value(0.625))
    #expect(
      report.credits == [
        SpanCredit(span: 0, tokens: 7..<18, value: 0.5),
        SpanCredit(span: 1, tokens: 7..<17, value: 0.125),
      ])
    let weakest = AtomicThoughtReward(judge: judge, aggregation: .minimum)
    let lowest = try await weakest.report(on: trajectory)
    #expect(lowest.score == .value(0.25))
    #expect(lowest.credits.map(\.value) == [0, 0.25])
  }

  @Test("no thinking is worth 0, no verdict is missing")
  func edges() async throws {
    let judge = JudgeService(
      ScriptedJudge(["```json\n{\"T1\": 1.5}\n```"]), settings: JudgeSettings(tries: 1))
    let reward = AtomicThoughtReward(judge: judge)
    #expect(try await reward.report(on: record(["<answer>x</answer>"])).score == .value(0))
    #expect(try await reward.report(on: record(["<think><A>x</A>"])).score.value == nil)
    let lexical = AtomicThoughtReward(judge: JudgeService(LexicalJudge()))
    #expect(await checkReward(lexical) == [])
  }

  @Test("a lexical judge prefers new and grounded words to repetition")
  func lexical() async throws {
    let reward = AtomicThoughtReward(judge: JudgeService(LexicalJudge()))
    let good = "<think><A>Brightworks founded</A></think>Brightworks founded Solt"
    let again = "<think><A>Brightworks founded</A><B>Brightworks founded</B></think>Brightworks"
    let first = try await reward.report(on: record([good])).score.value ?? 0
    let second = try await reward.report(on: record([again])).score.value ?? 1
    #expect(first == 1 && second < first)
  }

  @Test("process early, outcome late, and a dead judge hides nothing")
  func annealing() async throws {
    let process = ConstantReward(1, name: "process")
    let mix = AnnealedMix(
      process: process, outcome: ConstantReward(0.5, name: "outcome"), horizon: 10)
    for (step, expected) in [(0, 0.75), (5, 0.625), (10, 0.5), (1000, 0.5)] {
      #expect(try await mix.report(on: record(["x"], step: step)).score == .value(expected))
    }
    let dead = AnnealedMix(
      process: ConstantReward(.missing(reason: "dead"), name: "process"),
      outcome: ConstantReward(0.5, name: "outcome"), horizon: 10)
    #expect(try await dead.report(on: record(["x"])).score == .value(0.5))
    let malformed = AnnealedMix(
      process: process, outcome: ConstantReward(-1, name: "outcome"), horizon: 10)
    #expect(try await malformed.report(on: record(["x"])).score == .value(-1))
    let unknown = AnnealedMix(
      process: process, outcome: ConstantReward(.missing(reason: "m"), name: "outcome"),
      horizon: 10)
    #expect(try await unknown.report(on: record(["x"])).score.value == nil)
    #expect(await checkReward(mix) == [])
  }

  @Test("tag bombs take linear time")
  func bombs() throws {
    let bombs = [
      "<think>" + String(repeating: "<A>", count: 300_000 / slowness),
      String(repeating: "<think>", count: 100_000 / slowness),
      String(repeating: "<", count: 1_000_000 / slowness),
      "<think>"
        + String(repeating: "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", count: 30_000 / slowness),
      "<think>" + String(repeating: "a. ", count: 300_000 / slowness),
    ]
    for bomb in bombs {
      let record = try Trajectory(answers: [], [(.demonstration, bomb)])
      #expect(ThoughtSegmentation().thoughts(in: record).count <= 256)
    }
  }
}
