/// R1-Searcher's reward servers as released: one text holds the agent's and the world's words.
extension R1Searcher {
  /// The score of a response that starts within the agent's thinking.
  package func score(ofSolution solution: String, accepted: String) -> Double {
    let text = Array(solution.utf8)[...]
    return grade(
      R1SearcherText(exchange: text, ownWords: text, answerTurn: text), accepted: [accepted]
    ).value
  }

  /// The overlap of an answer with the accepted one.
  package static func overlap(of answer: String, with accepted: String) -> WordOverlap {
    let rules = AnswerNormalization.r1Searcher
    return rules.comparable(spellingOut(answer)).overlap(
      with: rules.comparable(spellingOut(accepted)), rule: .hotpotQA)
  }

  /// Whether an answer covers the accepted one.
  package static func covers(_ answer: String, _ accepted: String) -> Bool {
    AnswerNormalization.r1Searcher.covers(spellingOut(answer), anyOf: [spellingOut(accepted)])
  }
}
