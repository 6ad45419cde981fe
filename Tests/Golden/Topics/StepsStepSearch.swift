import OrderedJSON
import Rewards

/// StepSearch: queries, documents, answers.
let stepsStepSearchTopics: [String: TopicCheck] = [
  "rewards/stepsearch_query_f1": { golden, findings in
    let overlap = ReleasedStepSearch.overlap(
      of: golden.input["prediction"]?.string, with: try golden.input.strings("golden"))
    findings.expect(overlap, try stepsNumber(golden.expected), "overlap")
  },
  "rewards/stepsearch_search_keys": { golden, findings in
    let score = ReleasedStepSearch.searchKeys(
      queries: try golden.input.strings("searches"),
      needed: try golden.input.list("keys").compactMap(\.asStrings))
    findings.expect(score, try stepsNumber(golden.expected), "score")
  },
  "rewards/stepsearch_answer_last": { golden, findings in
    let ends = ReleasedStepSearch.endsWithAnswer(try golden.input.text("text"))
    findings.expect(ends, golden.expected.bool == true, "ends with an answer")
  },
  "rewards/stepsearch_tfidf_cosine": { golden, findings in
    let cosines = InformationGain.cosines(
      of: try golden.input.text("input"), with: try golden.input.strings("units"))
    if golden.raises != nil {
      findings.expect(cosines, nil, "cosines without a word")
    } else {
      findings.expect(cosines ?? [], golden.expected.asNumbers ?? [.nan], "cosines")
    }
  },
  "rewards/stepsearch_information_gain": { golden, findings in
    let paragraphs = try golden.input.list("golden_info").map { try $0.text("paragraph_text") }
    let steps = InformationGain.steps(
      try golden.input.list("informations").compactMap(\.asStrings), towards: paragraphs)
    if golden.raises != nil || paragraphs.isEmpty {
      findings.expect(steps, nil, "gains without a measure")
    } else {
      let expected = golden.expected.asMatrix ?? []
      findings.expect((steps ?? []).map(\.gain), expected.first ?? [], "gain")
      findings.expect((steps ?? []).map(\.redundancy), expected.last ?? [], "redundancy")
    }
  },
  "rewards/stepsearch_compute_score": { golden, findings in
    let truth = try golden.input.at("ground_truth")
    let result = ReleasedStepSearch.score(
      try golden.input.text("solution_str"), accepted: try truth.strings("target"),
      needed: truth["search_keys"]?.all(\.asStrings),
      paragraphs: try golden.input.list("support_docs").map { try $0.text("paragraph_text") })
    guard let result else {
      return findings.expect(golden.raises != nil, true, "raised")
    }
    findings.expect(result.score, try golden.expected.number("score"), "score")
    findings.expect(result.answer, try golden.expected.number("answer_correct"), "answer")
    findings.expect(result.steps, try golden.expected.numbers("step_scores"), "steps")
    findings.expect(result.searchKeys, try golden.expected.number("search_key_score"), "keys")
  },
]

/// An expectation that is one number.
func stepsNumber(_ value: JSONValue) throws -> Double {
  guard let number = value.asNumber else {
    throw UnexpectedShape(description: "\(value) is not a number")
  }
  return number
}
