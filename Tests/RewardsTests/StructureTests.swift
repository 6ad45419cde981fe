import OrderedJSON
import PeregrineTesting
import Rewards
import Testing
import Trajectories

@Suite("Structure")
struct StructureTests {
  func answer(_ text: String) throws -> Trajectory {
    try Trajectory([(.policy, "<answer>\(text)</answer>")])
  }

  func schema() throws -> JSONSchema {
    try JSONSchema([
      "type": "object", "required": ["name", "year"],
      "properties": ["name": ["type": "string"], "year": ["type": "integer"]],
      "additionalProperties": false,
    ])
  }

  static let texts: [(String, Double)] = [
    ("{\"a\": 1}", 1), ("```json\n{\"a\": 1}\n```", 1), ("3", 1), ("{\"a\": 1,}", 0),
    ("{\"a\": 1, \"a\": 2}", 0), ("{\"a\": \"\\ud800\"}", 0), ("Here: {\"a\": 1}", 0), ("", 0),
    ("```json\n{}\n```\n```json\n{}\n```", 0), (String(repeating: "[", count: 100_000), 0),
  ]

  @Test("an answer is JSON strictly or not at all", arguments: texts)
  func syntax(_ text: String, _ expected: Double) async throws {
    #expect(try await JSONSyntax().report(on: answer(text)).score == .value(expected))
  }

  @Test("each violation of a schema costs, and is named")
  func conformance() async throws {
    let reward = JSONConformance(try schema())
    func report(_ text: String) async throws -> RewardReport {
      try await reward.report(on: answer(text))
    }
    #expect(try await report("{\"name\": \"Ada\", \"year\": 1815}").score == .value(1))
    let wrong = try await report("{\"name\": 3}")
    #expect(wrong.score == .value(1.0 / 3))
    #expect(wrong.notes.count == 2)
    #expect(try await report("{").score == .value(0))
  }

  @Test("a level that fails gates those above, and nobody judges them")
  func gates() async throws {
    let asked = ScriptedJudge([fenced("{\"score\": 2}")])
    let judge = JudgeService(asked)
    func levels(zeroOnFailure: Bool = false) throws -> GatedLevels {
      .structuredJSON(
        try schema(), accuracy: JudgedCriterion("accuracy", "right", judge: judge),
        validity: ConstantReward(0.5, name: "validity"), style: ConstantReward(0, name: "style"),
        zeroOnFailure: zeroOnFailure)
    }
    let broken = try await levels().report(on: answer("{\"name\": 3}"))
    #expect(asked.callCount == 0)
    #expect(abs((broken.score.value ?? 0) - (1 + 1.0 / 3) / 5) < 1e-12)
    #expect(broken[component: "accuracy"] == .value(0))
    #expect(broken.notes.contains("accuracy: gated by schema"))
    #expect(
      try await levels(zeroOnFailure: true).report(on: answer("{\"name\": 3}")).score == .value(0))

    let whole = try await levels().report(on: answer("{\"name\": \"Ada\", \"year\": 1815}"))
    #expect(abs((whole.score.value ?? 0) - 3.5 / 5) < 1e-12)
    #expect(asked.callCount == 1)
  }

  @Test("raising a lower level never lowers the score")
  func monotone() async throws {
    let grades = [0.0, 0.3, 0.6, 1]
    func score(_ levels: [Double]) async throws -> Double {
      let gated = GatedLevels(
        levels.enumerated().map {
          .init(ConstantReward($0.element, name: "level\($0.offset)"), needed: 0.5)
        })
      return try await gated.report(on: answer("x")).score.value ?? .nan
    }
    for first in grades {
      for second in grades {
        for third in grades {
          let base = try await score([first, second, third])
          #expect((0...1).contains(base))
          for better in grades where better > first {
            #expect(try await score([better, second, third]) >= base)
          }
        }
      }
    }
  }

  @Test("a level that can't be judged leaves the whole missing")
  func unknown() async throws {
    let levels = GatedLevels([
      .init(ConstantReward(1, name: "one")),
      .init(ConstantReward(.missing(reason: "gone"), name: "two")),
      .init(ConstantReward(1, name: "three")),
    ])
    let report = try await levels.report(on: answer("x"))
    #expect(report.score == .missing(reason: "two: gone"))
    #expect(report[component: "three"]?.value == nil)
  }

  @Test("a document's form is read line by line")
  func markdown() {
    let document = MarkdownDocument(
      """
      # Title #
      ### Deep
      ```swift
      # not a heading | no table
      ```
      | a | b |
      |---|---|
      | 1 | 2 |
      | 1 \\| 2 |
      [ok](http://x) [bad]( ) [worse](http
      ##
      #hashtag
      ~~~
      """)
    #expect(document.headings.map(\.title) == ["Title", "Deep", ""])
    #expect(document.headings.map(\.level) == [1, 3, 2])
    #expect((document.fenceCount, document.tableCount, document.linkCount) == (2, 1, 3))
    #expect(
      document.violations == [
        .skippedLevel(line: 2, from: 1, to: 3), .raggedRow(line: 9, cells: 1, expected: 2),
        .brokenLink(line: 10), .brokenLink(line: 10), .emptyHeading(line: 11),
        .unclosedFence(line: 13),
      ])
  }

  @Test("sections count in their order only")
  func sections() async throws {
    let rules = MarkdownRules(sections: ["Method", "Results"], minimumHeadings: 2)
    func score(_ text: String) async throws -> Double? {
      try await MarkdownSections(rules).report(on: answer(text)).score.value
    }
    #expect(try await score("# method\ntext\n# RESULTS") == 1)
    #expect(try await score("# Results\n# Method") == 0.5)
    #expect(try await score("# Results") == 0.25)
    #expect(try await score("text") == 0)
  }

  @Test("a well-formed text is worth 1, and each kind of flaw takes at most its fifth")
  func markdownReward() async throws {
    func score(_ text: String) async throws -> Double {
      try await MarkdownReward().report(on: answer(text)).score.value ?? .nan
    }
    #expect(try await score("Just a paragraph.") == 1)
    #expect(try await score("```\ncode") == 0.8)
    #expect(try await score("[a]()") == 0.9)
    #expect(try await score("   ") == 0)
    for bomb in ["```\n", "# \n", "|a\n", "[a](", "[", "|-|\n", "#"] {
      let value = try await score(String(repeating: bomb, count: 20_000))
      #expect((0...1).contains(value), "\(bomb)")
    }
  }

  @Test("they keep what a reward promises")
  func conforms() async throws {
    #expect(await checkReward(JSONSyntax()) == [])
    #expect(await checkReward(JSONConformance(try schema())) == [])
    #expect(await checkReward(MarkdownReward(.report)) == [])
    #expect(await checkReward(MarkdownSections(.report)) == [])
    let levels = GatedLevels.structuredMarkdown(
      .report, accuracy: ConstantReward(1, name: "accuracy"),
      validity: ConstantReward(1, name: "validity"), style: ConstantReward(1, name: "style"))
    #expect(await checkReward(levels) == [])
  }
}
