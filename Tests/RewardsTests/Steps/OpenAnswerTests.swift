import RandomStreams
import Rewards
import Testing
import Trajectories

@Suite("O2-Searcher's rewards for open answers")
struct OpenAnswerTests {
  @Test("a list of different findings is worth more than one of copies")
  func lists() {
    let different = BulletList("- alpha beta\n- gamma delta\n")
    #expect(different.findings == ["alpha beta", "gamma delta"])
    #expect(different.diversity == 1)
    #expect(abs(different.score - (0.5 + 0.3 * 0.2 + 0.5) / 1.3) < 1e-12)
    let copies = BulletList("- alpha beta\n- alpha beta")
    #expect(copies.diversity == 0)
    #expect(copies.repetition == 0.5)
    #expect(copies.score == 0)
  }

  @Test("diversity falls with likeness as worked out by hand")
  func diversity() {
    // Two texts of two words that share one: idf 1 for the shared, 1 + ln 1.5 for the others.
    let rare = 1.405_465_108_108_164_4
    let cosine = 1 / (1 + rare * rare)
    let likeness = 0.5 * cosine + 0.2 * cosine
    let expected = 1 - (likeness * likeness * likeness).squareRoot()
    #expect(abs(BulletList("- alpha beta\n- alpha gamma").diversity - expected) < 1e-12)
    #expect(BulletList("- x\n- y").diversity == 0.5)
    #expect(BulletList("- x").diversity == 1)
  }

  @Test("lines that are no findings cost validity, and an empty answer everything")
  func validity() {
    #expect(BulletList("Intro\n- a b\n\n* no").validity == 1 - 2.0 / 3)
    #expect(BulletList(" \n ").score == 0)
    #expect(BulletList("prose only").score == 0)
  }

  @Test("an assignment is the best of all there are")
  func assignment() {
    var stream = RandomStream(seed: 11)
    for _ in 0..<60 {
      let (rows, columns) = (1 + stream.index(below: 4), 1 + stream.index(below: 5))
      let values = (0..<rows).map { _ in
        (0..<columns).map { _ in Double(stream.index(below: 100)) / 100 }
      }
      let assignment = Assignment.best(values)
      let columnsUsed = assignment.compactMap(\.self)
      #expect(Set(columnsUsed).count == columnsUsed.count)
      #expect(columnsUsed.count == min(rows, columns))
      let sum = zip(values, assignment).reduce(0) { sum, pair in
        sum + (pair.1.map { pair.0[$0] } ?? 0)
      }
      #expect(abs(sum - Self.bestSum(values[...], free: Set(0..<columns))) < 1e-9)
    }
    #expect(Assignment.best([[], []]) == [nil, nil])
    #expect(Assignment.best([]) == [])
  }

  /// The highest sum by trying everything.
  static func bestSum(_ rows: ArraySlice<[Double]>, free: Set<Int>) -> Double {
    guard let row = rows.first else { return 0 }
    let without = bestSum(rows.dropFirst(), free: free)
    return free.reduce(without) { best, column in
      max(best, row[column] + bestSum(rows.dropFirst(), free: free.subtracting([column])))
    }
  }

  @Test("findings are matched one to one")
  func findings() async throws {
    let reference = ["ada lovelace wrote programs", "babbage built engines"]
    let answer = """
      <answer>
      - Ada Lovelace wrote programs.
      - Ada Lovelace wrote programs!
      - Cats sleep all day
      </answer>
      """
    let trajectory = try Trajectory(answers: reference, [(.policy, answer)])
    let report = try await FindingsF1().report(on: trajectory)
    // One match among 3 findings and 2 references.
    #expect(report.score == .value(0.4))
    #expect(try await FindingsFormat().report(on: trajectory).score.value != nil)
  }

  @Test("a likeness of another shape makes findings missing, not worthless")
  func shape() async throws {
    let trajectory = try Trajectory(answers: ["a b"], [(.policy, "<answer>- a b</answer>")])
    for broken in [[[]], [[Double.nan]], [[1.0], [1.0]]] {
      let reward = FindingsF1(likeness: TextLikeness { _, _ in broken })
      #expect(try await reward.report(on: trajectory).score.value == nil)
    }
  }

  @Test("the released reader cuts findings at hyphens and asks for two answers")
  func releasedFindings() {
    let text = "<answer>and</answer><answer>- a well-known fact</answer>"
    #expect(ReleasedO2Searcher.findings(in: text) == ["a well", "known fact"])
    #expect(ReleasedO2Searcher.findings(in: "<answer>- x</answer>") == [])
    #expect(BulletList("- a well-known fact").findings == ["a well-known fact"])
  }

  @Test("different queries earn, the same query again doesn't")
  func queries() async throws {
    func score(_ queries: [String]) async throws -> Double? {
      let text = queries.map { "<search>\($0)</search>" }.joined()
      let trajectory = try Trajectory(answers: [], [(.policy, text)])
      return try await QueryDiversity().report(on: trajectory).score.value
    }
    let (first, second) = ("aa bb cc dd ee ff gg hh", "ii jj kk ll mm nn oo pp")
    #expect(try await score([first, second]) == 0.5)
    #expect(try await score([first, first]) == 0.1)
    #expect(try await score([first]) == 0)
    #expect(try await score([]) == 0)
  }
}
