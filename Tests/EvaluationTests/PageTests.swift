import Foundation
import Rewards
import Testing
import Trajectories

@testable import Evaluation

@Suite("The page")
struct PageTests {
  private static let hostile =
    "</script><script>alert(1)</script><img src=x onerror=alert(1)><!--\" ' & \u{2028}\u{0}"

  @Test("what a web page or a model wrote stays text, wherever it lands")
  func hostileText() throws {
    try Make.inFolder { path in
      let folder = RunFolder(path: path)
      let task = Make.task(Self.hostile, question: Self.hostile, answers: [Self.hostile])
      let trajectory = try Make.trajectory(
        task: task,
        [
          .search(Self.hostile, found: [Self.hostile], text: "no answer here"),
          .search("q", found: [], text: Self.hostile), .answer(Self.hostile + "."),
        ])
      let report = RewardReport(score: .value(0), notes: [Self.hostile])
      try folder.write(
        [TrajectoryRecord(trajectory: trajectory, report: report, advantages: [])],
        to: .trajectories)
      try folder.write(
        [
          EvaluationRecord(
            phase: .after, set: EvaluationSet(rawValue: Self.hostile), trajectory: trajectory,
            report: report)
        ], to: .evaluations)
      try folder.write(
        try JSONEncoder().encode(["name": Self.hostile, Self.hostile: Self.hostile]).map(\.self),
        to: .configuration)
      try Report.write(runFolder: path)
      let page = try folder.string(of: .report)
      #expect(page.contains("alert(1)"), "the text itself must not be lost")
      #expect(page.split(separator: "<script", omittingEmptySubsequences: false).count == 3)
      #expect(page.split(separator: "</script", omittingEmptySubsequences: false).count == 3)
      #expect(!page.contains("<img"))
      #expect(!page.contains("<!--"))
      #expect(!page.unicodeScalars.contains("\u{0}"))
      #expect(!Self.script(page).unicodeScalars.contains("\u{2028}"))
    }
  }

  /// The page's data, as a browser would hand it to JSON.parse.
  private static func script(_ page: String) -> String {
    let start = page.range(of: "id=\"rollouts\">")?.upperBound ?? page.startIndex
    let end = page.range(of: "</script>", range: start..<page.endIndex)?.lowerBound ?? start
    return String(page[start..<end])
  }

  @Test("the viewer's data carries every token with its id, log-probability and advantage")
  func viewerData() throws {
    try Make.inFolder { path in
      let trajectory = try Make.trajectory(
        probability: { -Float($0) },
        [.search("a b", found: [], text: Self.hostile), .answer("x y")])
      let selection = trajectory.selection(.policy)
      let folder = RunFolder(path: path)
      try folder.write(
        [
          TrajectoryRecord(
            trajectory: trajectory, report: Make.report(1),
            advantages: selection.positions.map { Float($0) })
        ], to: .trajectories)
      try Report.write(runFolder: path)
      let json = Self.script(try folder.string(of: .report))
      let groups = try #require(
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
      let member = try #require((groups.first?["members"] as? [[String: Any]])?.first)
      let spans = try #require(member["spans"] as? [[String: Any]])
      #expect(
        spans.flatMap { $0["ids"] as? [Int] ?? [] } == trajectory.tokens.map { Int($0) })
      #expect(
        spans.flatMap { $0["text"] as? [String] ?? [] }.joined() == trajectory.text())
      let advantages = spans.flatMap { $0["advantages"] as? [Double] ?? [] }
      #expect(advantages == selection.positions.map(Double.init))
      #expect(spans[1]["logProbabilities"] as? [Double] == [0, -1, -2])
      #expect(spans[0]["logProbabilities"] == nil)
    }
  }

  @Test("a character cut by tokens belongs to the one that ends it; broken bytes are replaced")
  func cutCharacters() throws {
    // "é" cut in two, then a lone continuation byte, then the start of "日" and nothing more.
    let bytes: [UInt8] = [0x61, 0xC3, 0xA9, 0x62, 0x80, 0xE6, 0x97]
    let span = try Make.span(.environment, bytes: bytes, cuts: [0, 2, 4, 5, 7])
    #expect(TokenText.pieces(of: span) == ["a", "éb", "\u{FFFD}", "\u{FFFD}"])
    let emoji = Array("🦅".utf8)
    #expect(
      TokenText.pieces(of: try Make.span(.environment, bytes: emoji, cuts: [0, 1, 2, 3, 4]))
        == ["", "", "", "🦅"])
  }

  @Test("rollouts that don't fit are left out and counted")
  func budget() throws {
    let rollout = ViewedRollout(
      try Make.trajectory([.answer("x")]), report: Make.report(1), title: "member 0")
    let groups = [ViewedGroup(title: "Step 1", members: [rollout, rollout, rollout])]
    let whole = groups.scriptData(budget: .max)
    #expect(whole.omitted == 0)
    let half = groups.scriptData(budget: whole.json.utf8.count / 2)
    #expect(half.omitted == 2)
    #expect(groups.scriptData(budget: 0).json == "[]")
  }

  @Test("first, middle and last step are shown, each by its most telling group, best first")
  func choice() throws {
    var headers: [RolloutChoice.Header] = []
    for step in 1...5 {
      for group in 0..<3 {
        for member in 0..<4 {
          let score: Score =
            group == 1
            ? .value(Double(member % 2)) : member == 3 ? .missing(reason: "x") : .value(1)
          headers.append(
            .init(
              trajectory: .init(
                rollout: RolloutID(step: step, group: group, member: member), branch: 0),
              report: .init(score: score)))
        }
      }
    }
    let chosen = RolloutChoice.groups(headers)
    #expect(chosen.map(\.rollout.step) == [1, 3, 5])
    #expect(chosen.map(\.rollout.group) == [1, 1, 1])
    #expect(chosen[0].lines.map { headers[$0].trajectory.rollout.member } == [1, 3, 0, 2])
    #expect(RolloutChoice.groups([]).isEmpty)
  }
}
