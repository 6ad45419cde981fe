/// How often a searcher falls short of its best.
public struct ClumsyHabits: Sendable, Hashable, Codable {
  /// The probability of answering before the first search, with the name it would look up.
  public var skipsSearching: Float
  /// The probability, at each later search still to be made, of answering instead with what was
  /// found so far.
  public var stopsEarly: Float
  /// The probability that a search names the subject only, not what is wanted of it.
  public var vagueQuery: Float

  /// Habits.
  ///
  /// - Precondition: All are probabilities.
  public init(skipsSearching: Float, stopsEarly: Float, vagueQuery: Float) {
    precondition(
      [skipsSearching, stopsEarly, vagueQuery].allSatisfy { (0...1).contains($0) },
      "habits are probabilities, got \(skipsSearching), \(stopsEarly) and \(vagueQuery)")
    self.skipsSearching = skipsSearching
    self.stopsEarly = stopsEarly
    self.vagueQuery = vagueQuery
  }

  /// Never falls short.
  public static let careful = ClumsyHabits(skipsSearching: 0, stopsEarly: 0, vagueQuery: 0)
  /// Stops more often than not where it should go on: leaves much to be learned by trial.
  public static let clumsy = ClumsyHabits(skipsSearching: 0.15, stopsEarly: 0.6, vagueQuery: 0.1)
}
