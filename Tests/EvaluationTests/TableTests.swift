import Testing
import Trajectories

@testable import Evaluation

@Suite("Tables")
struct TableTests {
  private static let table = ReportTable(
    title: "Fruit", note: "Weighed.",
    columns: [.init("Name", width: 8), .init("Grams", .trailing)],
    rows: [.init(["apple", "90"], kind: .heading), .init(["a very long name", "1200"])])

  @Test("plain text lines columns up and wraps long cells")
  func text() {
    #expect(
      Self.table.text == """
        Fruit
        Name    Grams
        ─────────────
        apple      90
        a very   1200
        long
        name
        Weighed.

        """)
    let lines = Self.table.text.split(separator: "\n")
    #expect(lines[1].count == lines[3].count)
    #expect(lines[1].count == lines[2].count)
  }

  @Test("what a model wrote cannot break a table")
  func hostileCells() {
    let table = ReportTable(
      title: "T", columns: [.init("C"), .init("D", .trailing)],
      rows: [.init(["a|b\n<script>alert(1)</script> **x**\u{1B}[31m", "1"])])
    #expect(table.text.split(separator: "\n").count == 4)
    #expect(!table.text.contains("\u{1B}"))
    let row = table.markdown.split(separator: "\n").last ?? ""
    #expect(row.hasPrefix("| a\\|b &lt;script&gt;"))
    #expect(row.contains("\\*\\*x\\*\\*"))
    #expect(!table.html.contains("<script"))
    #expect(!table.html.contains("\u{1B}"))
  }

  @Test("Markdown marks columns of numbers and rows that sum up")
  func markdown() {
    #expect(
      Self.table.markdown == """
        ### Fruit

        | Name | Grams |
        | --- | ---: |
        | **apple** | **90** |
        | a very long name | 1200 |

        Weighed.

        """)
  }

  @Test("a table without rows says so in every form")
  func empty() {
    let table = ReportTable.beforeAndAfter([])
    #expect(table.text.contains("(nothing)"))
    #expect(table.html.contains("Nothing recorded."))
    #expect(table.markdown.contains("| Questions |"))
  }

  @Test("before and after stand beside each other, by pages and type, with their change")
  func beforeAndAfter() throws {
    func outcome(_ phase: EvaluationRecord.Phase, _ set: EvaluationSet, pages: Int, right: Bool)
      throws -> EvaluationOutcome
    {
      EvaluationOutcome(
        phase: phase, set: set,
        outcome: try Make.outcome(
          task: Make.task(labels: [
            "pages": "\(pages)", "type": pages == 1 ? "attribute" : "bridge",
          ]),
          exactMatch: right ? 1 : 0, [.search("q", found: [], text: ""), .answer("x")]))
    }
    let table = ReportTable.beforeAndAfter([
      try outcome(.after, .shuffledIndex, pages: 1, right: false),
      try outcome(.before, .heldOut, pages: 1, right: false),
      try outcome(.before, .heldOut, pages: 2, right: true),
      try outcome(.after, .heldOut, pages: 1, right: true),
      try outcome(.after, .heldOut, pages: 2, right: true),
    ])
    #expect(
      table.rows.map { Array($0.cells.prefix(5)) } == [
        ["Held-out worlds", "2", "50.0", "100.0", "+50.0"],
        ["  1 page", "1", "0.0", "100.0", "+100.0"],
        ["  2 pages", "1", "100.0", "100.0", "0.0"],
        ["  attribute", "1", "0.0", "100.0", "+100.0"],
        ["  bridge", "1", "100.0", "100.0", "0.0"],
        ["Shuffled index (control)", "1", "–", "0.0", "–"],
      ])
  }

  @Test("cost adds up what steps recorded and shows a dash for what they did not")
  func cost() {
    let cost = TrainingCost(
      metrics: [
        MetricsRecord(step: 1, values: ["sampledTokens": 600, "updates": 2]),
        MetricsRecord(step: 2, values: ["sampledTokens": 400, "updates": 2]),
      ],
      timings: [
        TimingRecord(step: 1, seconds: ["rollout": 3, "total": 5]),
        TimingRecord(step: 2, seconds: ["rollout": 2, "total": 4]),
      ], rollouts: 64, summary: nil, configuration: RunConfiguration(entries: []))
    #expect(cost.tokensPerSecond == 200)
    #expect(cost.learningSeconds == 9)
    #expect(cost.updates == 4)
    let rows = ReportTable.trainingCost(cost).rows.map(\.cells)
    #expect(rows.first == ["Wall time, everything", "–"])
    #expect(rows.contains(["Tokens sampled", "1000"]))
    #expect(rows.last == ["Model parameters", "–"])
  }

  @Test(
    "numbers read well",
    arguments: [
      (Figure.fixed(1234567.891, decimals: 1), "1\u{202F}234\u{202F}567.9"),
      (Figure.fixed(-0.04, decimals: 1), "0.0"), (Figure.fixed(-0.05, decimals: 1), "−0.1"),
      (Figure.fixed(2.005, decimals: 3), "2.005"), (Figure.fixed(.nan, decimals: 2), "NaN"),
      (Figure.fixed(-.infinity, decimals: 0), "−∞"), (Figure.fixed(nil, decimals: 0), "–"),
      (Figure.points(0.0001), "0.0"), (Figure.points(-0.25), "−25.0"),
      (Figure.short(0.00012), "1.2e−4"), (Figure.short(0), "0"), (Figure.short(12.34), "12.3"),
      (Figure.short(5e20), "5.0e20"), (Figure.short(.infinity), "∞"),
      (Figure.duration(3.25), "3.3 s"), (Figure.duration(59.6), "1 min 00 s"),
      (Figure.duration(7325), "2 h 02 min"), (Figure.duration(.nan), "–"),
    ])
  func figures(shown: String, expected: String) {
    #expect(shown == expected)
  }
}
