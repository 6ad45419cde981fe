import OrderedJSON
import Rewards

/// Search-R1: normalization, matching, extraction and scores.
let answersSearchR1Topics: [String: TopicCheck] = [
  "rewards/searchr1_normalize_answer": { golden, findings in
    let own = AnswerNormalization.standard.normalized(try golden.input.text("text"))
    findings.expect(Array(own.utf8), try answersExpectedBytes(golden), "the comparable form")
  },
  "rewards/searchr1_em_check": { golden, findings in
    let own = AnswerNormalization.standard.matches(
      try golden.input.text("prediction"), anyOf: try golden.input.answers("golden_answers"))
    findings.expect(own ? 1 : 0, try answersExpectedNumber(golden), "the match")
  },
  "rewards/searchr1_subem_check": { golden, findings in
    let own = AnswerNormalization.standard.contains(
      try golden.input.text("prediction"), anyOf: try golden.input.answers("golden_answers"))
    findings.expect(own ? 1 : 0, try answersExpectedNumber(golden), "the match")
  },
  "rewards/searchr1_extract_solution": { golden, findings in
    let own = AnswerExtraction(minimumPairs: 2).answer(in: try golden.input.text("solution_str"))
    findings.expect(own.map { Array($0.utf8) }, golden.expected.bytes, "the answer")
  },
  "rewards/searchr1_compute_score_em": { golden, findings in
    try answersCheckOutcome(golden, .exact, &findings)
  },
  "rewards/searchr1_compute_score_subem": { golden, findings in
    try answersCheckOutcome(golden, .substring, &findings)
  },
  "rewards/searchr1_is_valid_sequence": { golden, findings in
    let own = SearchR1Format.isValid(solution: try golden.input.text("text"))
    findings.expect(own ? 1 : 0, try answersExpectedNumber(golden), "the validity")
  },
  "rewards/searchr1_is_retrieval_correct": { golden, findings in
    let own = SearchR1Format.isRetrieved(
      try golden.input.answers("golden"), in: try golden.input.text("text"))
    findings.expect(own ? 1 : 0, try answersExpectedNumber(golden), "the retrieval")
  },
  "rewards/searchr1_compute_score_em_format": { golden, findings in
    let input = golden.input
    let reward = SearchR1Format(
      structureScore: try input.number("structure_format_score"),
      finalScore: try input.number("final_format_score"),
      retrievalScore: try input.number("retrieval_score"))
    findings.expect(
      reward.score(
        ofSolution: try input.text("solution_str"), accepted: try input.answers("golden")),
      try answersExpectedNumber(golden), "the score")
  },
]

private func answersCheckOutcome(
  _ golden: GoldenCase, _ matching: SearchR1Outcome.Matching, _ findings: inout Findings
) throws {
  let input = golden.input
  let reward = SearchR1Outcome(
    matching: matching, rightScore: try input.number("score"),
    wrongScore: try input.number("format_score"))
  let answer = AnswerExtraction(minimumPairs: 2).answer(in: try input.text("solution_str"))
  findings.expect(
    reward.score(of: answer, anyOf: try input.answers("golden")),
    try answersExpectedNumber(golden), "the score")
}

/// The expected number; booleans are 0 and 1.
func answersExpectedNumber(_ golden: GoldenCase) throws -> Double {
  guard let number = golden.expected.asNumber else {
    throw UnexpectedShape(description: "the expected value is not a number")
  }
  return number
}

/// The expected text, scalar for scalar.
func answersExpectedBytes(_ golden: GoldenCase) throws -> [UInt8] {
  guard let bytes = golden.expected.bytes else {
    throw UnexpectedShape(description: "the expected value is not a string")
  }
  return bytes
}

extension JSONValue {
  /// One string or several.
  func answers(_ key: String) throws -> [String] {
    let value = try at(key)
    if let one = value.string { return [one] }
    return try strings(key)
  }

  /// The bytes of a string, whose comparison knows no equivalent spellings.
  var bytes: [UInt8]? { string.map { Array($0.utf8) } }
}
