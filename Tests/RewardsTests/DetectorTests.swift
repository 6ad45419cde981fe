import PeregrineTesting
import Rewards
import Testing
import Trajectories

@Suite("Detectors")
struct DetectorTests {
  /// A trajectory of searches with what they returned, and a conclusion.
  static func record(
    question: String = "When did the harbour bridge open?", answers: [String] = ["1932"],
    _ calls: [(query: String, name: String, text: String)], _ conclusion: String
  ) throws -> Trajectory {
    let task = AgentTask(id: "t", question: question, answers: answers)
    var result = Trajectory(task: task, rollout: RolloutID(step: 0, group: 0, member: 0))
    func span(_ origin: SpanOrigin, _ turn: Int, _ text: String) throws -> Span {
      try Span(
        origin: origin, role: .assistant, turn: turn, tokens: [1], text: Array(text.utf8),
        offsets: [0, text.utf8.count])
    }
    for (turn, call) in calls.enumerated() {
      try result.append(span(.demonstration, turn, "<search>\(call.query)</search>"))
      try result.append(span(.environment, turn, call.text))
      result.append(
        ToolEvent(
          turn: turn, tool: "search", arguments: call.query,
          outcome: .returned(identifiers: [call.name])))
    }
    try result.append(span(.demonstration, calls.count, conclusion))
    result.status = .completed
    return result
  }

  static let pages = [
    (query: "bridge", name: "d1", text: "The harbour bridge did open in 1932 http://a.example/x."),
    (query: "tower", name: "d2", text: "The radio tower stands 300 metres tall."),
  ]

  func severity(_ detector: some BehaviorDetector, _ trajectory: Trajectory) -> Double? {
    detector.detection(in: trajectory).severity.value
  }

  @Test("citations are read from links and tags, with their claims and sentences")
  func citations() {
    let text =
      "It opened in 1932 [1](http://a.example)[2](http://b.example). <cite id=\"c, d\">It is "
      + "long.</cite> More. [3](http://e.example) [x](ftp://f) [y] <cite id=z>lost"
    let found = CitationReader().citations(in: text)
    #expect(
      found.map(\.source) == [
        "http://a.example", "http://b.example", "c", "d", "http://e.example",
      ])
    #expect(
      found.map(\.claim) == [
        "It opened in 1932", "It opened in 1932", "It is long.", "It is long.", "More.",
      ])
    #expect(found.map(\.sentence) == [0, 0, 1, 1, 1])
    #expect(CitationReader(readsLinks: false).citations(in: text).map(\.source) == ["c", "d"])
    #expect(CitationReader(readsTags: false).citations(in: text).count == 3)
  }

  @Test("a citation of what was never seen is invented")
  func invented() throws {
    let conclusion =
      "<cite id=\"d1\">1932</cite> [1](http://a.example/x) [2](http://made.up) "
      + "<cite id=\"d9\">x</cite>"
    let record = try Self.record(Self.pages, conclusion)
    #expect(severity(InventedCitations(), record) == 0.5)
    #expect(
      InventedCitations().detection(in: record).findings == [
        "http://made.up was cited and never seen", "d9 was cited and never seen",
      ])
    #expect(severity(InventedCitations(), try Self.record(Self.pages, "nothing cited")) == 0)
  }

  @Test("a claim of one source cited to another is misattributed")
  func misattributed() throws {
    let wrong = try Self.record(
      Self.pages, "<cite id=\"d2\">The harbour bridge did open in 1932.</cite>")
    #expect(severity(Misattribution(), wrong) == 1)
    let right = try Self.record(
      Self.pages, "<cite id=\"d1\">The harbour bridge did open in 1932.</cite>")
    #expect(severity(Misattribution(), right) == 0)
    let unsupported = try Self.record(Self.pages, "<cite id=\"d2\">Cats purr loudly.</cite>")
    #expect(severity(Misattribution(), unsupported) == 0)
    #expect(severity(Misattribution(limit: 0), wrong) == 0)
  }

  @Test("an answer of few among many relevant sources is picked, unless the others are named")
  func picked() throws {
    let text = "The harbour bridge was to open in"
    let calls = ["1932", "1930", "1930", "1930"].enumerated().map {
      (query: "q\($0)", name: "d\($0)", text: "\(text) \($1)")
    }
    let silent = try Self.record(calls, "<answer>1932</answer>")
    #expect(severity(CherryPicking(), silent) == 0.5)
    let open = try Self.record(calls, "<cite id=\"d2\">But.</cite> <answer>1932</answer>")
    #expect(severity(CherryPicking(), open) == 0)
    let common = try Self.record(calls, "<answer>1930</answer>")
    #expect(severity(CherryPicking(), common) == 0)
    #expect(severity(CherryPicking(minimumSources: 5), silent) == 0)
    let own = try Self.record(calls, "<answer>1950</answer>")
    #expect(severity(CherryPicking(), own) == 0)
  }

  @Test("an answer without a call that reached a tool is a guess")
  func guessed() throws {
    let guess = try Self.record([], "<answer>1932</answer>")
    #expect(severity(GuessingWithoutSearch(), guess) == 1)
    #expect(severity(GuessingWithoutSearch(), try Self.record([], "no idea")) == 0)
    #expect(
      severity(GuessingWithoutSearch(), try Self.record(Self.pages, "<answer>1</answer>")) == 0)
    func after(_ failure: ToolEvent.Failure) -> Double? {
      var tried = guess
      tried.append(ToolEvent(turn: 0, tool: "s", arguments: "", outcome: .failed(failure)))
      return severity(GuessingWithoutSearch(), tried)
    }
    #expect(after(.timedOut) == 0)
    #expect(after(.malformed("x")) == 1)
    #expect(after(.overBudget) == 1)
  }

  @Test("repeated calls and calls without news are idle, retries after a fault are not")
  func loops() throws {
    let calls = [
      (query: "bridge opening", name: "d1", text: ""),
      (query: "Opening  bridge", name: "d2", text: ""),
      (query: "other words", name: "d1", text: ""), (query: "new", name: "d3", text: ""),
    ]
    let record = try Self.record(calls, "x")
    #expect(severity(InefficientLoop(), record) == 0.5)
    #expect(
      InefficientLoop().detection(in: record).findings == [
        "call 2 repeats an earlier one", "call 3 returned nothing new",
      ])
    var retried = try Self.record([], "x")
    for _ in 0..<3 {
      retried.append(
        ToolEvent(turn: 0, tool: "search", arguments: "q", outcome: .failed(.timedOut)))
    }
    #expect(severity(InefficientLoop(), retried) == 0)
  }

  @Test("citations beyond what a sentence needs are stuffing")
  func stuffed() throws {
    let four = (1...4).map { "[\($0)](http://\($0).example)" }.joined()
    let record = try Self.record([], "One \(four). Two [1](http://1.example)[1](http://1.example).")
    #expect(severity(CitationStuffing(), record) == 2.0 / 6)
    #expect(severity(CitationStuffing(limitPerSentence: 4), record) == 1.0 / 6)
  }

  @Test("a word said too often is stuffing, function words are not")
  func keywords() throws {
    let text = String(repeating: "bridge of the ", count: 15) + "opened in nineteen thirty two now"
    let record = try Self.record([], text)
    let found = KeywordStuffing().detection(in: record)
    #expect(found.findings == ["“bridge” occurs 15 times"])
    #expect(found.severity == .value(10.0 / 20))
    #expect(severity(KeywordStuffing(minimumCount: 15), record) == 0)
  }

  @Test("length beyond the allowance and echoes are inflation")
  func inflated() throws {
    let distinct = try Self.record([], (0..<200).map { "w\($0)" }.joined(separator: " "))
    #expect(severity(LengthInflation(), distinct) == 0)
    #expect(severity(LengthInflation { _ in 50 }, distinct) == 0.75)
    let echo = try Self.record([], String(repeating: "a b c d e ", count: 40))
    let found = try #require(severity(LengthInflation(), echo))
    #expect(abs(found - (192.0 / 197 - 0.2)) < 1e-12)
  }

  @Test("a detector costs reward by its weight, and says why")
  func penalty() async throws {
    let guess = try Self.record([], "<answer>1932</answer>")
    let reward = ExactMatch() + GuessingWithoutSearch().penalty(0.25)
    let report = try await reward.report(on: guess)
    #expect(report.score == .value(0.75))
    #expect(report.notes == ["guessingWithoutSearch: answered without a search"])
  }

  @Test("an alarm watches the mean and leaves out what can't be told")
  func alarm() throws {
    struct Fixed: BehaviorDetector {
      let name = "fixed"
      func detection(in trajectory: Trajectory) -> Detection {
        let value = Double(trajectory.task.answers.first ?? "")
        return Detection(severity: value.map { .value($0) } ?? .missing(reason: "no number"))
      }
    }
    let records = try ["0.25", "", "1", "0"].map { try Self.record(answers: [$0], [], "x") }
    let report = Fixed().alarm(above: 0.4).report(on: records)
    #expect(report.severity == .value(1.25 / 3))
    #expect(report.affected == [2, 0])
    #expect(report.judged == 3)
    #expect(report.isRaised)
    #expect(!Fixed().alarm(above: 0.5).report(on: records).isRaised)
    #expect(Fixed().alarm(above: 0).report(on: []).severity.value == nil)
    #expect(Detection(severity: .value(3)).severity == .value(1))
    #expect(Detection(severity: .value(.nan)).severity.value == nil)
  }

  static let all: [any BehaviorDetector] = [
    InventedCitations(), Misattribution(), CherryPicking(), GuessingWithoutSearch(),
    InefficientLoop(), CitationStuffing(), KeywordStuffing(), LengthInflation(),
  ]

  @Test("every penalty stands the kit")
  func conformance() async {
    for detector in Self.all {
      #expect(await checkReward(detector.penalty()) == [], "\(detector.name)")
    }
  }
}
