import Foundation
import Rewards
import Testing

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
