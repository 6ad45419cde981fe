import PeregrineTesting
import Rewards
import Testing
import Trajectories

/// Texts that were written to crash a scorer, to stall it, or to score too much.
@Suite("Hostile texts")
struct HostileTextTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let unit: String
    var tail = ""

    func text(_ size: Int) -> String {
      String(repeating: unit, count: size / unit.utf8.count) + tail
    }
  }

  static let cases = [
    Case(testDescription: "opening tags", unit: "<answer>"),
    Case(testDescription: "closing tags", unit: "</answer>"),
    Case(testDescription: "pairs", unit: "<answer>Ada</answer>"),
    Case(testDescription: "nested tags", unit: "<think><search><information><result><refine>"),
    Case(testDescription: "half tags", unit: "<answer"),
    Case(testDescription: "angle brackets", unit: "<"),
    Case(testDescription: "boxes", unit: #"\boxed{"#),
    Case(testDescription: "spaced boxes", unit: #"\boxed "#),
    Case(testDescription: "brackets", unit: "["),
    Case(testDescription: "links", unit: "[1](http://"),
    Case(testDescription: "good links", unit: "[1](http://a)"),
    Case(testDescription: "cite tags", unit: "<cite id=\"a\">"),
    Case(testDescription: "calls", unit: "<search>q</search><result>"),
    Case(testDescription: "right-to-left marks", unit: "\u{202E}\u{200F}"),
    Case(testDescription: "sigmas with marks", unit: "Σ\u{301}\u{301}"),
    Case(testDescription: "sigmas", unit: "Σ"),
    Case(testDescription: "combining marks", unit: "\u{301}", tail: "<answer>a</answer>"),
    Case(testDescription: "articles", unit: "the a an "),
    Case(testDescription: "blanks", unit: "\u{3000}", tail: "<answer>"),
    Case(testDescription: "full stops", unit: ". "),
    Case(testDescription: "queries", unit: "<|begin_of_query|><|end_of_documents|>"),
  ]

  /// Every reward with the range that its definition allows.
  static let rewards: [(any Reward, ClosedRange<Double>)] =
    [
      (ExactMatch(), 0...1), (SubstringMatch(), 0...1), (CoverMatch(), 0...1), (TokenF1(), 0...1),
      (EquivalentAnswer(extraction: .lastLine), 0...1), (ExactMatch(extraction: .boxed), 0...1),
      (SearchR1Format(retrievalScore: 0.1), 0...1), (DeepResearcher(), -1...1),
      (R1Searcher(), -2...1), (R1Searcher(server: .llamaStage1), -1...2),
      (R1Searcher(server: .llamaStage2), -1...1), (AutoRefine(formatScore: 0.1), 0...1),
      (ARPO(), -1...1.1), (ReSearch(), 0...1), (ZeroSearch(), 0...1), (MMSearchR1(), 0...1),
      (IKEA(), -1...1.6), (RSearch { evidence, _ in evidence }, 0...2.4),
      (KimiResearcher(discount: 0.9, formatPenalty: 1), -1...1), (TongyiDeepResearch(), 0...1),
    ] + DetectorTests.all.map { ($0.penalty(), -1...0) }

  static func record(_ text: String) throws -> Trajectory {
    try Trajectory(
      answers: ["Ada", text.prefix(1000) + "!"],
      [(.prompt, "q"), (.policy, text), (.environment, text), (.policy, text)])
  }

  @Test(
    "no text crashes a reward, stalls it or leaves its range", .timeLimit(.minutes(1)),
    arguments: cases)
  func ranges(_ hostile: Case) async throws {
    let trajectory = try Self.record(hostile.text(40_000))
    for (reward, range) in Self.rewards {
      if let value = try await reward.report(on: trajectory).score.value {
        #expect(range.contains(value), "\(reward.name) gave \(value)")
      }
    }
  }

  @Test(
    "ten megabytes of tags are read in one go", .timeLimit(.minutes(1)),
    arguments: [cases[0], cases[3], cases[5]])
  func tagBombs(_ bomb: Case) throws {
    let text = bomb.text(10_000_000)
    #expect(AnswerExtraction().answer(in: text) == nil)
  }

  @Test("a search within a text of repetitions takes one pass", .timeLimit(.minutes(1)))
  func repetitions() {
    let text = String(repeating: "a", count: 2_000_000)
    let part = String(repeating: "a", count: 200_000) + "b"
    #expect(!AnswerNormalization.standard.contains(text, anyOf: [part]))
    #expect(AnswerNormalization.standard.contains(text + "b", anyOf: [part]))
  }

  @Test("bytes that are no UTF-8 are judged like any others")
  func brokenBytes() async throws {
    let bytes: [UInt8] =
      [0xF0, 0x9F] + Array("<answer>Ada".utf8) + [0xC3] + Array("</answer>".utf8)
    var trajectory = try Trajectory(answers: ["Ada\u{FFFD}"], [])
    try trajectory.append(
      Span(
        origin: .demonstration, role: .assistant, turn: 0, tokens: [1], text: bytes,
        offsets: [0, bytes.count]))
    #expect(try await ExactMatch().report(on: trajectory).score == .value(1))
  }
}
