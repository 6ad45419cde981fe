/// Which tokens of a trajectory count, derived from where they came from.
///
/// The same selection serves loss, KL, entropy, lengths and every normaliser. There is no way to
/// make one from a bare list of booleans.
public struct TokenSelection: Sendable, Hashable {
  /// Chosen positions in the trajectory's tokens, ascending.
  ///
  /// Position 0 is never chosen: nothing
  /// comes before it to predict it from.
  public let positions: [Int]
  /// How many tokens the trajectory has.
  public let tokenCount: Int

  init(positions: [Int], tokenCount: Int) {
    self.positions = positions
    self.tokenCount = tokenCount
  }

  /// How many tokens are chosen.
  public var count: Int { positions.count }
}

/// A rule that chooses tokens by who wrote them.
public struct SelectionRule: Sendable, Hashable, Codable {
  /// Origins that count.
  public let origins: Set<SpanOrigin>
  /// Roles that count; `nil` for all.
  public let roles: Set<Role>?

  /// A rule over origins and roles.
  public init(origins: Set<SpanOrigin>, roles: Set<Role>? = nil) {
    self.origins = origins
    self.roles = roles
  }

  /// What the policy sampled: the tokens that policy gradients act on.
  public static let policy = SelectionRule(origins: [.policy])
  /// What a teacher wrote: the tokens that imitation learns.
  public static let demonstration = SelectionRule(origins: [.demonstration])
  /// Both.
  public static let agent = SelectionRule(origins: [.policy, .demonstration])

  /// Whether a span counts.
  public func selects(_ span: Span) -> Bool {
    origins.contains(span.origin) && (roles?.contains(span.role) ?? true)
  }
}

extension Trajectory {
  /// The tokens that a rule chooses.
  public func selection(_ rule: SelectionRule = .policy) -> TokenSelection {
    var positions: [Int] = []
    var start = 0
    for span in spans {
      if rule.selects(span) {
        positions.append(contentsOf: max(start, 1)..<max(start + span.count, 1))
      }
      start += span.count
    }
    return TokenSelection(positions: positions, tokenCount: start)
  }

  /// The sampler's log-probabilities among all tokens at the selected positions of `rule`: what a
  /// learning policy computes for the same weights.
  ///
  /// - Throws: ``RecordError/missingSamplingRecord`` if the rule chooses a span nobody sampled.
  public func samplerLogProbabilities(_ rule: SelectionRule = .policy) throws(RecordError)
    -> [Float]
  {
    try recorded(rule, \.logProbabilities)
  }

  /// The log-probabilities that the selected tokens of `rule` were drawn with, among the tokens that
  /// the settings left: what importance weights divide by.
  ///
  /// Those of ``samplerLogProbabilities(_:)`` where nothing was left out.
  ///
  /// - Throws: ``RecordError/missingSamplingRecord`` if the rule chooses a span nobody sampled.
  public func drawnLogProbabilities(_ rule: SelectionRule = .policy) throws(RecordError) -> [Float]
  {
    try recorded(rule, \.drawnLogProbabilities)
  }

  private func recorded(
    _ rule: SelectionRule, _ numbers: KeyPath<SamplingRecord, [Float]>
  ) throws(RecordError) -> [Float] {
    var result: [Float] = []
    for (index, span) in spans.enumerated() where rule.selects(span) {
      guard let record = span.sampling else { throw .missingSamplingRecord }
      result.append(contentsOf: record[keyPath: numbers].dropFirst(index == 0 ? 1 : 0))
    }
    return result
  }
}
