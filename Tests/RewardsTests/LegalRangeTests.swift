import PeregrineTesting
import RandomStreams
import Rewards
import Testing
import Trajectories

@Suite("Legal ranges")
struct LegalRangeTests {
  static let pieces =
    HostileText.all.map { $0.text(bytes: 24) } + [
      "<answer>", "</answer>", "<cite id=a>x</cite>", "<snippet id=a>x</snippet>", "<think>",
      "</think>", "\\boxed{x}", "e\u{301}", "|a|\n|-|\n", "# x\n", "Ada ", "[1]", ". ",
    ]

  @Test("no text, however it is stuffed, leaves the range of any reward", arguments: 0..<12)
  func stuffed(_ round: UInt64) async throws {
    var stream = RandomStream(seed: round)
    func text() -> String {
      (0..<stream.index(below: 40)).map { _ in Self.pieces[stream.index(below: Self.pieces.count)] }
        .joined()
    }
    let trajectory = try Trajectory(
      answers: ["Ada", "x"],
      [
        (.policy, text()), (.environment, "<snippet id=a>Ada</snippet>" + text()),
        (.policy, "<think></think><answer>\(text())</answer>"),
      ])
    var answered = 0
    for ranged in EveryReward.all() {
      guard let score = try await ranged.score(of: trajectory)?.value else { continue }
      let (lower, upper) = (ranged.range.lowerBound - 1e-12, ranged.range.upperBound + 1e-12)
      #expect((lower...upper).contains(score), "\(ranged.reward.name) is \(score)")
      answered += 1
    }
    #expect(answered > 50)
  }
}
