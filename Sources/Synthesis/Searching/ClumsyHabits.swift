/// How often a searcher falls short of its best.
public struct ClumsyHabits: Sendable, Hashable, Codable {
  /// The probability, at each search still to be made, of answering instead with what was found so
  /// far.
  public var stopsEarly: Float
  /// The probability that a search names the subject only, not what is wanted of it.
  public var vagueQuery: Float

  /// Habits.
  ///
  /// - Precondition: Both are probabilities.
  public init(stopsEarly: Float, vagueQuery: Float) {
    precondition(
      (0...1).contains(stopsEarly) && (0...1).contains(vagueQuery),
      "habits are probabilities, got \(stopsEarly) and \(vagueQuery)")
    self.stopsEarly = stopsEarly
    self.vagueQuery = vagueQuery
  }

  /// Never falls short.
  public static let careful = ClumsyHabits(stopsEarly: 0, vagueQuery: 0)
  /// Gives up one search in four: leaves much to be learned by trial.
  public static let clumsy = ClumsyHabits(stopsEarly: 0.25, vagueQuery: 0.1)
}
