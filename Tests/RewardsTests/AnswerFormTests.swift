import RandomStreams
import Rewards
import Testing

@Suite("Answers in comparable form")
struct AnswerFormTests {
  static let rules: [AnswerNormalization] = [
    .standard, .r1Searcher, .deepResearcher,
    AnswerNormalization(lowercases: false, punctuation: .kept, removesArticles: false),
  ]

  /// Texts of scalars that have been trouble.
  static func texts(_ count: Int, seed: UInt64) -> [String] {
    let pieces = [
      "a", "an", "the", "The", "THE", " ", "\n", "\u{A0}", "\u{3000}", "\u{1C}", "_", ".", "-",
      "‘", "´", "é", "e\u{301}", "\u{301}", "Σ", "ΟΔΟΣ", "İ", "東京", "🙂", "\u{200D}", "\u{202E}",
      "\u{0}", "1", "²", "K", "x", "word",
    ]
    var generator = RandomStream(seed: seed)
    return (0..<count).map { _ in
      (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &generator)]
      }.joined()
    }
  }

  @Test("normalizing twice is normalizing once", arguments: rules)
  func idempotent(_ rules: AnswerNormalization) {
    for text in Self.texts(500, seed: 1) {
      let once = rules.normalized(text)
      #expect(Array(rules.normalized(once).utf8) == Array(once.utf8), "\(text.debugDescription)")
    }
  }

  @Test("the form has single spaces between words and none at its ends", arguments: rules)
  func spaces(_ rules: AnswerNormalization) {
    for text in Self.texts(500, seed: 2) {
      let form = rules.normalized(text)
      #expect(rules.tokens(of: text).joined(separator: " ") == form)
      #expect(!rules.tokens(of: text).contains(""))
    }
  }

  @Test("the three systems keep their ways")
  func named() {
    #expect(AnswerNormalization.standard.normalized("The U.S.S.R.") == "ussr")
    #expect(AnswerNormalization.r1Searcher.normalized("The U.S.S.R.") == "u s s r")
    #expect(AnswerNormalization.deepResearcher.normalized("The U.S.S.R.") == "the u s s r")
    #expect(AnswerNormalization.r1Searcher.normalized("the_‘cat’") == "cat")
    #expect(AnswerNormalization.standard.normalized("the_‘cat’") == "‘cat’")
  }

  @Test("an article is a word of its own, and a combining mark ends a word")
  func articles() {
    let standard = AnswerNormalization.standard
    #expect(standard.normalized("the1 the_ a the\u{301} theatre an") == "the1 \u{301} theatre")
    #expect(standard.normalized("a the an").isEmpty)
    #expect(standard.comparable("the").isEmpty)
  }

  @Test("a capital sigma is small as its place in the word asks")
  func sigma() {
    let form = AnswerNormalization.standard.normalized("ΟΔΟΣ ΣΑΣ")
    #expect(Array(form.utf8) == Array("οδος σας".utf8))
  }

  @Test("overlap is symmetric in F1, within 0 and 1, and 1 just for equal bags of words")
  func overlaps() {
    let texts = Self.texts(60, seed: 3).map(AnswerNormalization.standard.comparable)
    for rule in [WordOverlapRule.multiset, .set, .hotpotQA] {
      for left in texts {
        for right in texts {
          let overlap = left.overlap(with: right, rule: rule)
          #expect((0...1).contains(overlap.f1))
          #expect(overlap.f1 == right.overlap(with: left, rule: rule).f1)
          #expect(overlap.precision == right.overlap(with: left, rule: rule).recall)
        }
        #expect(left.overlap(with: left, rule: rule).f1 == (left.isEmpty ? 0 : 1))
      }
    }
  }

  @Test("short and long answers are counted alike")
  func longOverlap() {
    let rules = AnswerNormalization.standard
    let padding = String(repeating: "p ", count: 100)
    let short = rules.comparable("x y y z").overlap(with: rules.comparable("y y y w"))
    let long = rules.comparable(padding + "x y y z").overlap(
      with: rules.comparable(padding + "y y y w"))
    #expect(short.precision == 0.5)
    #expect(long.precision == 102.0 / 104)
    #expect(long.recall == 102.0 / 104)
    #expect(rules.tokenF1("b b c", against: ["b c"], rule: .set) == 1)
    #expect(rules.tokenF1("b b c", against: ["b c"]) == 0.8)
  }

  @Test("yes and no share nothing with longer answers where the rule says so")
  func yesAndNo() {
    let rules = AnswerNormalization.standard
    #expect(rules.tokenF1("yes it is", against: ["yes"]) == 0.5)
    #expect(rules.tokenF1("yes it is", against: ["yes"], rule: .hotpotQA) == 0)
    #expect(rules.tokenF1("The yes.", against: ["yes"], rule: .hotpotQA) == 1)
  }

  @Test("what occurs in a text is found where a plain search finds it")
  func substrings() {
    var generator = RandomStream(seed: 4)
    func random(_ limit: Int) -> String {
      String(
        (0..<Int.random(in: 0...limit, using: &generator)).map { _ in
          Bool.random(using: &generator) ? "a" as Character : "b"
        })
    }
    let rules = AnswerNormalization(removesArticles: false)
    for _ in 0..<2000 {
      let (text, part) = (random(12), random(5))
      let starts = text.indices + [text.endIndex]
      let plain = starts.contains { text[$0...].hasPrefix(part) }
      #expect(rules.contains(text, anyOf: [part]) == plain, "\(text) \(part)")
    }
  }

  @Test("covering asks for all words in any order, and an empty answer covers an empty one only")
  func covers() {
    let rules = AnswerNormalization.r1Searcher
    #expect(rules.covers("Hepburn, Audrey Kathleen", anyOf: ["Audrey Hepburn"]))
    #expect(!rules.covers("Parisian", anyOf: ["Paris"]))
    #expect(!rules.covers("x", anyOf: [""]))
    #expect(rules.covers("the", anyOf: ["a"]))
    #expect(!rules.covers("x", anyOf: []))
  }
}
