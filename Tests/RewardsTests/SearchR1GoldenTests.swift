import Foundation
import Rewards
import Testing

@Suite("Search-R1's scores beside the original")
struct SearchR1GoldenTests {
  struct Text: Decodable { let text: String }

  struct Check: Decodable {
    let prediction: String
    let golden_answers: Strings
  }

  struct Solution: Decodable { let solution_str: String }

  struct Scored: Decodable {
    let solution_str: String
    let golden: Strings
    let format_score: Double
    let score: Double
  }

  /// The original searches prompt and response together.
  let extraction = AnswerExtraction(minimumPairs: 2)

  @Test("answers are normalized alike, scalar for scalar")
  func normalization() throws {
    for each in try Golden<Text, String>.load("searchr1_normalize_answer") {
      let own = AnswerNormalization.standard.normalized(each.input.text)
      #expect(own.unicodeScalars.elementsEqual(each.expected.unicodeScalars), "\(each.id)")
    }
  }

  @Test("exact matches agree")
  func exactMatch() throws {
    for each in try Golden<Check, Int>.load("searchr1_em_check") {
      let own = AnswerNormalization.standard.matches(
        each.input.prediction, anyOf: each.input.golden_answers.all)
      #expect(own == (each.expected == 1), "\(each.id)")
    }
  }

  @Test("substring matches agree")
  func substringMatch() throws {
    for each in try Golden<Check, Int>.load("searchr1_subem_check") {
      let own = AnswerNormalization.standard.contains(
        each.input.prediction, anyOf: each.input.golden_answers.all)
      #expect(own == (each.expected == 1), "\(each.id)")
    }
  }

  @Test("the same answer is found")
  func answers() throws {
    for each in try Golden<Solution, String?>.load("searchr1_extract_solution") {
      #expect(extraction.answer(in: each.input.solution_str) == each.expected, "\(each.id)")
    }
  }

  @Test("whole solutions score the same", arguments: [true, false])
  func scores(exact: Bool) throws {
    let name = exact ? "searchr1_compute_score_em" : "searchr1_compute_score_subem"
    for each in try Golden<Scored, Double>.load(name) {
      var own = 0.0
      if let answer = extraction.answer(in: each.input.solution_str) {
        let accepted = each.input.golden.all
        let isRight =
          exact
          ? AnswerNormalization.standard.matches(answer, anyOf: accepted)
          : AnswerNormalization.standard.contains(answer, anyOf: accepted)
        own = isRight ? each.input.score : each.input.format_score
      }
      #expect(own == each.expected, "\(each.id)")
    }
  }
}

@Suite("Question answering scores beside the originals")
struct QuestionAnsweringGoldenTests {
  struct Matches: Decodable {
    struct Case: Decodable {
      let prediction: String
      let golden_answers: [String]
      let normalized_prediction: String
      let normalized_golden: [String]
      let em: Int
      let sub_em: Int
      let token_f1_max: Double
    }
    let cases: [Case]
  }

  struct Solutions: Decodable {
    struct Case: Decodable {
      let solution: String
      let golden_answers: [String]
      let extracted: String?
      let score_em: Double
      let score_subem: Double
    }
    let cases: [Case]
  }

  @Test("matches and overlaps agree")
  func matches() throws {
    guard let data = SharedFolder.data("golden/environments/qa_match.json") else { return }
    let normalization = AnswerNormalization.standard
    for each in try JSONDecoder().decode(Matches.self, from: data).cases {
      let (answer, accepted) = (each.prediction, each.golden_answers)
      #expect(normalization.normalized(answer).utf8.elementsEqual(each.normalized_prediction.utf8))
      #expect(accepted.map(normalization.normalized) == each.normalized_golden)
      #expect(normalization.matches(answer, anyOf: accepted) == (each.em == 1))
      #expect(normalization.contains(answer, anyOf: accepted) == (each.sub_em == 1))
      #expect(abs(normalization.tokenF1(answer, against: accepted) - each.token_f1_max) < 1e-12)
    }
  }

  @Test("solutions with their prompts score the same")
  func solutions() throws {
    guard let data = SharedFolder.data("golden/environments/search_r1_score.json") else { return }
    let extraction = AnswerExtraction(minimumPairs: 2)
    for each in try JSONDecoder().decode(Solutions.self, from: data).cases {
      let answer = extraction.answer(in: each.solution)
      #expect(answer == each.extracted)
      let normalization = AnswerNormalization.standard
      let em = answer.map { normalization.matches($0, anyOf: each.golden_answers) } ?? false
      let sub = answer.map { normalization.contains($0, anyOf: each.golden_answers) } ?? false
      #expect((em ? 1 : 0) == each.score_em)
      #expect((sub ? 1 : 0) == each.score_subem)
    }
  }
}
