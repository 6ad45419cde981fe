extension AutoRefine {
  /// The score of a response as released: one text, and refining is asked for where the prompt or
  /// the response mentions its tag.
  package func score(prompt: String, response: String, accepted: [String]) -> Double {
    AutoRefine(
      matching: matching, formatScore: formatScore, refineScore: refineScore,
      asksForRefining: Array(prompt.utf8)[...].contains(mark: .opening("refine"))
    ).grade(turns: [Array(response.utf8)[...]], accepted: accepted).value
  }
}
