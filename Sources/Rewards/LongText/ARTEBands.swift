/// ART-E's reward of an agent that looks for an answer in mail: bands that never overlap.
///
///     correct               1 + 0.3 if its sources are right + 0.1 / sources + 0.1 · (1 − turns / limit)
///     gave up or ran out    0 + partial
///     wrong                −1 + partial
///     a broken tool call   −2 + partial, −1.9 for an unknown tool, −1.8 for bad arguments
///     partial = 0.1 each for: found the right mail, read it, never asked for one that does not exist, named the right
///               sources
///
/// From −2 to about 1.5, so that a wrong answer is always worse than none and a broken call worse
/// than both.
///
/// - Source: OpenPipe/ART, examples/art-e/art_e/rollout.py.
public struct ARTEBands: Sendable, Hashable, Codable {
  /// How the agent came to its end.
  public enum Ending: String, Sendable, Hashable, Codable, CaseIterable {
    /// A tool call that could not be parsed.
    case unparsableCall
    /// A call of a tool that does not exist.
    case unknownTool
    /// A call with bad arguments.
    case badArguments
    /// A wrong answer.
    case wrong
    /// It said that it does not know.
    case gaveUp
    /// It had no turns left.
    case outOfTurns
    /// The right answer.
    case correct
  }

  /// How it ended.
  public var ending: Ending
  /// Whether the right mail was ever among what it found.
  public var foundRightMail: Bool
  /// Whether it opened the right mail.
  public var readRightMail: Bool
  /// Whether it ever asked for a mail that does not exist.
  public var askedForMissingMail: Bool
  /// Whether the sources that it named are right.
  public var sourcesAreRight: Bool
  /// How many sources it named.
  public var sourceCount: Int
  /// How many turns it took.
  public var turns: Int

  /// What an agent did.
  public init(
    ending: Ending, foundRightMail: Bool, readRightMail: Bool, askedForMissingMail: Bool,
    sourcesAreRight: Bool, sourceCount: Int, turns: Int
  ) {
    self.ending = ending
    self.foundRightMail = foundRightMail
    self.readRightMail = readRightMail
    self.askedForMissingMail = askedForMissingMail
    self.sourcesAreRight = sourcesAreRight
    self.sourceCount = sourceCount
    self.turns = turns
  }

  /// The reward for at most `limit` turns.
  ///
  /// - Precondition: `limit` is positive.
  public func reward(turnLimit limit: Int) -> Double {
    precondition(limit > 0, "there must be a turn, got \(limit)")
    let partial = [foundRightMail, readRightMail, !askedForMissingMail, sourcesAreRight]
      .reduce(0.0) { $0 + ($1 ? 0.1 : 0) }
    switch ending {
    case .unparsableCall: return -2 + partial
    case .unknownTool: return -1.9 + partial
    case .badArguments: return -1.8 + partial
    case .wrong: return -1 + partial
    case .gaveUp, .outOfTurns: return partial
    case .correct:
      let precise = sourceCount > 0 ? 0.1 / Double(sourceCount) : 0
      return 1 + (sourcesAreRight ? 0.3 : 0) + precise
        + 0.1 * max(1 - Double(turns) / Double(limit), 0)
    }
  }
}
