import RandomStreams
import Rewards
import Testing

@Suite("The lexical judge, measured")
struct LexicalJudgeTests {
  /// A statement and evidence that bears on it.
  enum Kind: CaseIterable {
    case stated, acrossSentences, otherName, otherRelation, spreadOverPages
    case paraphrased, reversed, negated

    /// Whether the evidence supports the statement.
    var isTrue: Bool { [.stated, .acrossSentences, .paraphrased].contains(self) }
  }

  static let relations = [
    ("was born in", "is a native of"), ("founded the company", "set up the firm"),
    ("wrote the novel", "is the author of the book"), ("won the prize", "was honoured with"),
  ]

  func name(_ stream: inout RandomStream) -> String {
    let syllables = ["vel", "mor", "tis", "ran", "kel", "du", "so", "bri"]
    let word = (0..<3).compactMap { _ in stream.choice(syllables) }.joined()
    return word.prefix(1).uppercased() + word.dropFirst()
  }

  func evidence(_ kind: Kind, _ left: String, _ relation: Int, _ right: String, _ other: String)
    -> String
  {
    let (verb, paraphrase) = Self.relations[relation]
    let wrong = Self.relations[(relation + 1) % Self.relations.count].0
    return switch kind {
    case .stated: "In those days \(left) \(verb) \(right), as is well known."
    case .acrossSentences: "This page is about \(left). As is well known, she \(verb) \(right)."
    case .otherName: "In those days \(left) \(verb) \(other)."
    case .otherRelation: "In those days \(left) \(wrong) \(right)."
    case .spreadOverPages: "\(left) \(verb) \(other).\n\n[Webpage 2]\nTitle: x\n\nabout \(right)"
    case .paraphrased: "In those days \(left) \(paraphrase) \(right)."
    case .reversed: "In those days \(right) \(verb) \(left)."
    case .negated: "It is a myth that \(left) \(verb) \(right); she never did."
    }
  }

  func supportedShare(_ kind: Kind) async throws -> Double {
    let judge = JudgeService(LexicalJudge())
    var stream = RandomStream(seed: 5).child("lexical")
    var supported = 0
    for _ in 0..<100 {
      let (left, right, other) = (name(&stream), name(&stream), name(&stream))
      guard Set([left, right, other]).count == 3 else { continue }
      let relation = stream.index(below: Self.relations.count)
      let filler = (0..<3).map { _ in "\(name(&stream)) likes lamps." }.joined(separator: " ")
      let text = """
        [Webpage 1]
        URL Source: https://a.org
        Title: A page

        Content:
        \(filler) \(evidence(kind, left, relation, right, other)) \(filler)
        """
      let question = SupportQuestion(
        statements: ["\(left) \(Self.relations[relation].0) \(right)."], names: [[left, right]],
        evidence: text)
      if try await judge.ask(question).answer == [true] { supported += 1 }
    }
    return Double(supported) / 100
  }

  @Test("how often a statement counts as supported, by what the evidence says of it")
  func errors() async throws {
    for kind in Kind.allCases {
      let share = try await supportedShare(kind)
      print("lexical judge, \(kind): \(share) supported, should be \(kind.isTrue ? 1 : 0)")
      switch kind {
      case .stated, .acrossSentences: #expect(share >= 0.97)
      case .otherName, .spreadOverPages, .otherRelation: #expect(share <= 0.03)
      case .paraphrased: #expect(share < 0.5, "the guide says that paraphrases are missed")
      case .reversed, .negated: #expect(share > 0.5, "the guide says that these are not seen")
      }
    }
  }

  @Test("a name is whole words, whatever their case and ending")
  func names() async throws {
    func isCorrect(_ response: String, _ accepted: String) async throws -> Bool? {
      try await JudgeService(LexicalJudge()).ask(
        OutcomeQuestion(question: "q", acceptedAnswers: [accepted], response: response)
      ).answer?.isCorrect
    }
    #expect(try await isCorrect("It was VERA SOLT.", "Vera Solt") == true)
    #expect(try await isCorrect("Vera met Solt.", "Vera Solt") == false)
    #expect(try await isCorrect("Solter", "Solt") == false)
    #expect(try await isCorrect("anything", "") == false)
  }
}
