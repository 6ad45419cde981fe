import Foundation
import Rewards
import Testing

@Suite("Citations and sources in text")
struct CitedTextTests {
  @Test("all names of a citation count, and a text cited twice has the sources of both")
  func names() {
    #expect(
      CitedText.claims(in: "Plain. <cite id=\"a,b\">x</cite> <cite id='c'>x</cite>") == [
        CitedClaim(text: "Plain."), CitedClaim(text: "x", sources: ["a", "b", "c"]),
      ])
  }

  @Test(
    "whatever has not the form of a citation is text",
    arguments: [
      "<cite id=>x</cite>", "<cite id=\"a'>x</cite>", "<cite id=a>x<b></cite>",
      "<cite id=a></cite>", "<cite id=a>x", "<cite>x</cite>", "<cite id=\"a b\">x</cite>",
    ])
  func text(_ text: String) {
    #expect(!CitedText.holdsCitation(text))
    #expect(CitedText.claims(in: text) == [CitedClaim(text: text)])
  }

  @Test("the later of two sources of a name counts")
  func sources() {
    let markup = SourceMarkup.standard
    #expect(
      markup.sources(in: "<snippet id=a>1</snippet><snippets id='a' x=y> 2 </snippets>") == [
        "a": "2"
      ])
    #expect(markup.sources(in: "<webpage\u{2003}id=w>p</webpage>") == ["w": "p"])
    #expect(markup.sources(in: "<snippet id=a>1") == [:])
  }

  @Test("reading gives back what writing put in, for any order of pieces")
  func roundTrip() {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return Int(state >> 33) % bound
    }
    for _ in 0..<200 {
      let pieces = (0..<next(8)).map { number in
        next(2) == 0
          ? CitedClaim(text: "plain \(number)")
          : CitedClaim(text: "cited \(number)", sources: ["s\(next(3))", "t\(number)"])
      }
      let text = pieces.map { claim in
        let quote = ["", "'", "\""][next(3)]
        return claim.sources.isEmpty
          ? claim.text
          : "<cite id=\(quote)\(claim.sources.joined(separator: ","))\(quote)>\(claim.text)</cite>"
      }.joined(separator: "\n")
      let claims = CitedText.claims(in: text, cutting: .lines)
      #expect(Set(claims) == Set(pieces))
    }
  }

  /// Texts that are built to make a reader of tags go back and forth.
  static let bombs: [(name: String, unit: String)] = [
    ("open citations", "<cite id=a"), ("quoted openings", "<cite id=\"a"),
    ("citations without end", "<cite id=a>x"), ("broken citations", "<cite id=a>x<"),
    ("half citations", "<cite id=a><cite id=b>x</cite"), ("answers", "<answer>"),
    ("sources without end", "<snippet id=a>x"), ("sources and blanks", "<snippet    "),
    ("closings", "</snippet"), ("calls", "<call_tool name=a>"), ("less-thans", "<"),
    ("right-to-left marks", "\u{202E}<cite id=\u{202E}>"), ("thoughts", "</think>  "),
    ("boxes", "\\boxed{"), ("ratings", "Rating: [["), ("braces", "{{"),
  ]

  /// Everything that reads markup, on one text.
  func readEverything(_ text: String) {
    _ = CitedText.claims(in: text, cutting: .sentences)
    _ = SourceMarkup.standard.sources(in: text)
    for markup in SearchCallMarkup.allCases { _ = markup.queries(in: text) }
    _ = DrTulu.Response(text)
    _ = DrTulu.claims(in: text, cutting: .none)
    _ = DrTulu.researchF1(text, label: "x")
    _ = DrTulu.exactAnswer(text, label: "x", grade: .tokenF1)
    _ = DrTulu.ragFormat(text)
    _ = DrTulu.support(in: text)
    _ = MarkdownDocument(text)
  }

  /// Seconds of the processor that a body takes on this thread, whatever else runs beside it.
  func processorTime(_ body: () -> Void) -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
    let start = now()
    body()
    return now() - start
  }

  @Test("time grows with the text and not with its square", arguments: bombs)
  func linear(_ bomb: (name: String, unit: String)) {
    func time(_ bytes: Int) -> Double {
      let text = String(repeating: bomb.unit, count: bytes / bomb.unit.utf8.count)
      return processorTime { readEverything(text) }
    }
    _ = time(1_000)
    let (small, large) = (time(10_000), time(80_000))
    // Eight times the text: a square would take 64 times as long.
    #expect(large < 30 * small + 0.02, "\(bomb.name): \(small) s, then \(large) s")
  }

  @Test("100,000 citations are read one by one")
  func manyCitations() {
    let text = (0..<100_000).map { "<cite id=s\($0)>c\($0)</cite>" }.joined()
    let claims = CitedText.claims(in: text)
    #expect(claims.count == 100_000)
    #expect(claims.last == CitedClaim(text: "c99999", sources: ["s99999"]))
    let share = CitationScore.existingShare(of: claims, among: ["s1": "", "s2": ""])
    #expect(share == 2.0 / 100_000)
  }

  @Test("a bomb of 10 MB is read")
  func hugeBomb() {
    let text = String(repeating: "<cite id=a><snippet id=\"", count: 10_000_000 / 24)
    #expect(!CitedText.holdsCitation(text))
    #expect(SourceMarkup.standard.sources(in: text) == [:])
  }
}
