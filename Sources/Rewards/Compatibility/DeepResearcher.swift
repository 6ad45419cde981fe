internal import Retrieval

/// DeepResearcher's scorer as released: texts in, accepted answers in one text.
extension DeepResearcher {
  /// The score of a response against answers separated by `<|answer_split|>`.
  package func score(ofSolution solution: String, groundTruth: String) -> Double {
    let solution = Array(solution.lowercasedByScalar.utf8)[...]
    guard Self.tagsBalance(in: solution),
      let answer = solution.body(between: .opening("answer"), and: .closing("answer"))
    else { return -1 }
    return score(
      of: answer.string, anyOf: groundTruth.lowercasedByScalar.pieces(between: "<|answer_split|>"))
  }

  /// Whether the tags of a text balance.
  package static func tagsBalance(in solution: String) -> Bool {
    tagsBalance(in: Array(solution.utf8)[...])
  }

  /// A text without punctuation, in the letters it came in.
  package static func preprocessed(_ text: String) -> String {
    var rules = AnswerNormalization.deepResearcher
    rules.lowercases = false
    return rules.normalized(text)
  }
}

extension String {
  /// The pieces between separators; empty ones too.
  fileprivate func pieces(between separator: String) -> [String] {
    let text = Array(utf8)[...]
    let separator = Array(separator.utf8)
    var pieces: [String] = []
    var position = text.startIndex
    while let found = text.range(of: separator, from: position) {
      pieces.append(text[position..<found.lowerBound].string)
      position = found.upperBound
    }
    return pieces + [text[position...].string]
  }
}
