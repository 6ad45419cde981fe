/// MMSearch-R1's scorer as released: it knows one, two or three turns.
extension MMSearchR1 {
  /// A number of turns that the original refuses.
  package struct UnsupportedTurns: Error {
    /// How many there are.
    package let count: Int
  }

  /// The score of the turns of a response.
  package func score(of turns: [String], accepted: [String]) throws(UnsupportedTurns) -> Double {
    try Self.check(turns)
    return grade(turns: turns.map { Array($0.utf8)[...] }, accepted: accepted).value
  }

  /// Whether the turns have a valid format, and in how many a search was called.
  package static func format(
    of turns: [String]
  ) throws(UnsupportedTurns) -> (isValid: Bool, searches: Int) {
    try check(turns)
    return format(of: turns.map { Array($0.utf8)[...] })
  }

  private static func check(_ turns: [String]) throws(UnsupportedTurns) {
    guard (1...3).contains(turns.count) else { throw UnsupportedTurns(count: turns.count) }
  }
}
