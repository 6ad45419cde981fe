/// How much an agent may use before it is cut off.
public struct AgentLimits: Sendable, Hashable, Codable {
  /// Turns the agent may take.
  ///
  /// The environment usually ends the episode before.
  public var turns: Int
  /// Tokens the agent may sample in one turn.
  public var tokensPerTurn: Int
  /// Tokens of one observation that the agent is shown; the rest is cut off.
  public var observationTokens: Int
  /// Tokens of the whole context, prompt included.
  public var contextTokens: Int

  /// Limits; those of Search-R1's release unless said otherwise (500 tokens per turn and
  /// observation, 4,096 in all).
  public init(
    turns: Int = 8, tokensPerTurn: Int = 500, observationTokens: Int = 500,
    contextTokens: Int = 4096
  ) {
    precondition(
      turns > 0 && tokensPerTurn > 0 && observationTokens > 0 && contextTokens > 0,
      "limits must be positive")
    self.turns = turns
    self.tokensPerTurn = tokensPerTurn
    self.observationTokens = observationTokens
    self.contextTokens = contextTokens
  }
}
