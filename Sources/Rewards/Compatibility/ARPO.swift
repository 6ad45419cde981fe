/// ARPO's scorer as released: one text holds the agent's words and the results.
extension ARPO {
  /// The score of a response, the answer in its box and the overlap.
  package func score(
    ofSolution solution: String, accepted: [String]
  ) -> (score: Double, answer: String, overlap: Double) {
    let text = Array(solution.utf8)[...]
    let judgement = judgement(text, turns: [text], accepted: accepted)
    return (judgement.grade.value, judgement.answer, judgement.overlap)
  }

  /// Whether a response has the format.
  package static func isValid(_ solution: String) -> Bool {
    format.breach(in: Array(solution.utf8)[...]) == nil
  }
}
