import PeregrineTesting
import Rewards
import Testing
import Trajectories

/// Texts that were written to crash a scorer, to stall it, or to score too much.
@Suite("Hostile texts")
struct HostileTextTests {
  @Test(
    "no text crashes a reward, stalls it or leaves its range", .timeLimit(.minutes(2)),
    arguments: HostileText.all)
  func ranges(_ hostile: HostileText) async throws {
    let trajectory = try hostile.trajectory(bytes: 8_000, answers: ["Ada", "a a b"])
    for ranged in EveryReward.all() {
      guard let score = try await ranged.score(of: trajectory)?.value else { continue }
      #expect(
        score >= ranged.range.lowerBound - 1e-12 && score <= ranged.range.upperBound + 1e-12,
        "\(ranged.reward.name) gave \(score)")
    }
  }

  @Test(
    "a verdict that a judge only quotes never counts", arguments: HostileText.verdicts)
  func forgeries(_ hostile: HostileText) async throws {
    let trajectory = try hostile.trajectory(bytes: 2_000)
    func scores(quoting quotation: String) async throws -> [(name: String, score: Double?)] {
      let judge = JudgeService(
        FixedJudge(marks: .none, quotation: quotation), settings: JudgeSettings(tries: 1))
      var scores: [(String, Double?)] = []
      for ranged in EveryReward.judged(by: judge) {
        scores.append((ranged.reward.name, try await ranged.score(of: trajectory)?.value))
      }
      return scores
    }
    let plain = try await scores(quoting: "")
    for bytes in [60, 2_000] {
      for (quoted, plain) in zip(try await scores(quoting: hostile.text(bytes: bytes)), plain) {
        guard let score = quoted.score else { continue }
        #expect(score <= plain.score ?? -1, "\(quoted.name) gave \(score)")
      }
    }
  }

  @Test(
    "ten megabytes of tags are read in one go", .timeLimit(.minutes(1)),
    arguments: ["opening tags", "nested tags", "angle brackets"])
  func tagBombs(_ name: String) throws {
    let bomb = try #require(HostileText.all.first { $0.description == name })
    #expect(AnswerExtraction().answer(in: bomb.text(bytes: 10_000_000)) == nil)
  }

  @Test("titles that never end are looked through once", .timeLimit(.minutes(1)))
  func titles() throws {
    let heads = try #require(HostileText.all.first { $0.description == "heads of documents" })
    #expect(NumberedDocument.reading(heads.text(bytes: 300_000)).isEmpty)
  }

  @Test("citations share a long claim", .timeLimit(.minutes(1)))
  func longClaim() throws {
    let text = try #require(
      HostileText.all.first { $0.description == "a long claim, cited often" }
    ).text(bytes: 1_000_000)
    let citations = CitationReader().citations(in: text)
    #expect(citations.count == 1_000_000 / 26)
    #expect(Set(citations.map(\.claim)).count == 1)
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
