internal import Trajectories

/// Means over some outcomes: `nil`, never 0, for what nobody could measure.
public struct OutcomeSummary: Sendable, Hashable {
  /// How many outcomes there are.
  public let count: Int
  /// How many of them have an exact match that is not missing.
  public let scoredCount: Int
  /// The mean exact match of those, 0…1.
  public let exactMatch: Double?
  /// Mean searches, a question.
  public let searchesPerQuestion: Double?
  /// Answered calls over all calls, 0…1; `nil` when there were no calls.
  public let validCallRatio: Double?
  /// Fraction of questions for which an accepted answer stood in what the world answered; tasks
  /// without answers don't count.
  public let answerInResultsRate: Double?
  /// Mean tokens sampled from the policy, a question.
  public let responseTokens: Double?
  /// Fraction that gave an answer.
  public let answeredRate: Double?

  /// The means of some outcomes.
  public init(_ outcomes: some Collection<Outcome>) {
    count = outcomes.count
    let scores = outcomes.compactMap(\.exactMatch.value)
    scoredCount = scores.count
    exactMatch = Self.mean(scores)
    searchesPerQuestion = Self.mean(outcomes.map { Double($0.searchCount) })
    let calls = outcomes.reduce(0) { $0 + $1.callCount }
    let answered = outcomes.reduce(0) { $0 + $1.answeredCallCount }
    validCallRatio = calls == 0 ? nil : Double(answered) / Double(calls)
    answerInResultsRate = Self.mean(outcomes.compactMap(\.answerInResults).map { $0 ? 1 : 0 })
    responseTokens = Self.mean(outcomes.map { Double($0.tokens.policy) })
    answeredRate = Self.mean(outcomes.map { $0.givenAnswer == nil ? 0 : 1 })
  }

  /// The interval that the true exact match lies in 95 times of 100, by Wilson's score.
  ///
  ///     p = exactMatch, n = scoredCount, z = 1.96
  ///     (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
  ///
  /// Inside 0…1 also where every answer was right or none. `nil` without scored outcomes, and where
  /// the mean is no fraction.
  ///
  /// - Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
  public var exactMatchInterval: ClosedRange<Double>? {
    guard let p = exactMatch, (0...1).contains(p) else { return nil }
    let n = Double(scoredCount)
    let z = 1.959963984540054
    let centre = p + z * z / (2 * n)
    let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    return max(0, (centre - spread) / scale)...min(1, (centre + spread) / scale)
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
