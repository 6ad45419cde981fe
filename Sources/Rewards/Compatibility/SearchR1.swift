/// Search-R1's scorers as released: they read prompt and response as one text.
extension SearchR1Format {
  /// The score of a prompt and response.
  ///
  /// The answer is the last of at least two pairs, since the prompt shows one.
  package func score(ofSolution solution: String, accepted: [String]) -> Double {
    score(
      answer: AnswerExtraction(minimumPairs: 2).answer(in: solution),
      isValid: Self.isValid(solution: solution), passages: Self.passages(of: solution),
      accepted: accepted
    ).value
  }

  /// Whether what follows the first assistant marker has the order of blocks.
  package static func isValid(solution: String) -> Bool {
    let solution = Array(solution.utf8)[...]
    guard let marker = solution.range(of: [UInt8](mark: "<|im_start|>assistant")) else {
      return false
    }
    return SearchR1Sequence.isValid(solution[marker.upperBound...])
  }

  /// Whether an accepted answer occurs in an information block of a text.
  package static func isRetrieved(_ accepted: [String], in solution: String) -> Bool {
    isRetrieved(accepted, in: passages(of: solution))
  }

  private static func passages(of solution: String) -> [ArraySlice<UInt8>] {
    Array(solution.utf8)[...].bodies(
      between: .opening("information"), and: .closing("information"))
  }
}
