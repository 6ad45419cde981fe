import PeregrineTesting
import Rewards
import Testing
import Trajectories

@Suite("Legal ranges")
struct LegalRangeTests {
  /// A judge that gives full marks to whatever it is asked.
  static let generous = patientJudge { prompt in
    if prompt.contains("\"support\"") { return fenced("{\"support\": \"full\"}") }
    if prompt.contains("\"relevant\"") { return fenced("{\"relevant\": true}") }
    if prompt.contains("\"needsCitation\"") { return fenced("{\"needsCitation\": false}") }
    if prompt.contains("\"better\"") { return fenced("{\"better\": \"first\"}") }
    return fenced("{\"score\": 2}")
  }

  static let rewards: [any Reward] = [
    RLER(
      rubrics: RubricBuffer(static: ["Q": [WeightedRubric("a"), WeightedRubric("b", weight: 0.1)]]),
      judge: generous),
    StagedRubrics([RubricStage("s", rubrics: [WeightedRubric("a")], level: 1)], judge: generous),
    JudgedCitations(judge: generous), JudgedCriterion("tone", "calm", judge: generous),
    MovingReference(judge: generous), ShortAnswer(grade: .tokenF1), MarkdownReward(.report),
    MarkdownSections(.report), JSONSyntax(),
    LongWriterZero(quality: JudgedCriterion("quality", "good", judge: generous)) { _ in
      LengthBand(0, 10, maximum: 20)
    },
  ]

  @Test("no text, however it is stuffed, earns more than 1 or less than 0")
  func stuffed() async throws {
    let pieces =
      CitedTextTests.bombs.map(\.unit) + [
        "<answer>", "</answer>", "<cite id=a>x</cite>", "<snippet id=a>x</snippet>", "\u{0}",
        "<think>", "</think>", "\\boxed{x}", "e\u{301}", "|a|\n|-|\n", "# x\n",
        "```json\n{}\n```\n",
      ]
    var state: UInt64 = 11
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return Int(state >> 33) % bound
    }
    var answered = 0
    for round in 0..<60 {
      let text = (0..<next(30)).map { _ in pieces[next(pieces.count)] }.joined()
      let trajectory = try Trajectory([
        (.environment, "<snippet id=a>x</snippet>"),
        (.policy, round.isMultiple(of: 2) ? text : "<think></think><answer>\(text)</answer>"),
      ])
      for reward in Self.rewards {
        let report = try await reward.report(on: trajectory)
        guard let score = report.score.value else { continue }
        #expect((0...1 + 1e-12).contains(score), "\(reward.name) is \(score) for \(text)")
        answered += 1
      }
    }
    #expect(answered > 500)
  }
}
