import RandomStreams
import Testing

@testable import Rewards

@Suite("The comparable form by tables")
struct TableWriterTests {
  static let rules: [AnswerNormalization] = [true, false].flatMap { lowercases in
    AnswerNormalization.Punctuation.allCases.flatMap { punctuation in
      AnswerNormalization.Marks.allCases.flatMap { marks in
        [true, false].map {
          AnswerNormalization(
            lowercases: lowercases, punctuation: punctuation, marks: marks, removesArticles: $0)
        }
      }
    }
  }

  /// What the tables write, and that they take the text at all.
  static func written(_ text: String, by rules: AnswerNormalization) -> [UInt8]? {
    var text = text
    return text.withUTF8 { text in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { form in
        TableWriter.write(text, by: rules, into: form).map { Array(form[..<$0]) }
      }
    }
  }

  @Test("every scalar becomes what the definition says, alone and among articles", arguments: rules)
  func scalars(_ rules: AnswerNormalization) {
    // All that the tables hold, and every 31st beyond.
    let values = Array(0..<UInt32(0x3000)) + stride(from: 0x3000, to: 0x11_0000, by: 31)
    var wrong: [UInt32] = []
    for value in values {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for text in ["\(scalar)", "the\(scalar)a An\(scalar) the"]
      where rules.comparable(text).utf8 != ComparableWriter.written(text, by: rules) {
        wrong.append(value)
      }
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(10))")
  }

  @Test("every mixture becomes what the definition says", arguments: rules)
  func mixtures(_ rules: AnswerNormalization) {
    for text in AnswerFormTests.texts(3000, seed: 5) {
      let defined = ComparableWriter.written(text, by: rules)
      #expect(rules.comparable(text).utf8 == defined, "\(text.debugDescription)")
    }
  }

  @Test("the tables take European and Asian texts, and leave those they can't know")
  func reach() {
    let rules = AnswerNormalization.standard
    for text in ["The U.S.A.", "Żółć in São Paulo", "Όχι – ναι", "Москва", "東京 タワー", "서울", "🙂", ""]
    {
      #expect(Self.written(text, by: rules) == ComparableWriter.written(text, by: rules), "\(text)")
    }
    for text in ["ΟΔΟΣ", "İstanbul", "Ⱥ", "20 \u{212A}"] {
      #expect(Self.written(text, by: rules) == nil, "\(text)")
    }
    let keeping = AnswerNormalization(lowercases: false)
    #expect(Self.written("ΟΔΟΣ İ", by: keeping) == Array("ΟΔΟΣ İ".utf8))
  }

  @Test("shared words are those that a count of all words finds", arguments: [false, true])
  func overlap(isSet: Bool) {
    let rules = AnswerNormalization(punctuation: .kept, removesArticles: false)
    // Some agree in their last eight bytes, some in their length.
    let words = [
      "x", "y", "zz", "abcdefgh", "abcdefghij", "zbcdefghij", "abcdefghiq", "0abcdefghij", "\u{0}x",
    ]
    var generator = RandomStream(seed: 6)
    func text() -> String {
      let most = Bool.random(using: &generator) ? 6 : 40
      return (0..<Int.random(in: 0...most, using: &generator)).map { _ in
        words[Int.random(in: 0..<words.count, using: &generator)]
      }.joined(separator: " ")
    }
    func counts(_ answer: ComparableAnswer) -> [ArraySlice<UInt8>: Int] {
      Dictionary(answer.words.map { ($0, 1) }) { isSet ? 1 : $0 + $1 }
    }
    for _ in 0..<2000 {
      let (answer, accepted) = (rules.comparable(text()), rules.comparable(text()))
      guard answer != accepted else { continue }
      let (own, others) = (counts(answer), counts(accepted))
      let common = own.reduce(0) { $0 + min($1.value, others[$1.key] ?? 0) }
      let expected = WordOverlap(
        common: common, answer: own.values.reduce(0, +), accepted: others.values.reduce(0, +))
      #expect(answer.overlap(with: accepted, rule: isSet ? .set : .multiset) == expected)
    }
  }
}
