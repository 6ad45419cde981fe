public import Policy
internal import Synchronization
internal import Trajectories

/// A policy that says what a script says, for tests of agents and environments.
///
/// Every context plays the script from its beginning, one text per call of `generate`. A text is
/// encoded and handed over token by token until a stop condition holds; what is left of it is
/// dropped. A text that no condition stops is followed by the end token, if there is one, and ends
/// for ``Generation/StopReason/maximumTokens`` otherwise. Settings are recorded and change nothing;
/// where they truncate, both log-probabilities of a token are the script's.
public struct ScriptedPolicy: SamplingPolicy {
  /// Says the text of a turn, given all of the context's text; `nil` when there is none left.
  public typealias Script = @Sendable (_ turn: Int, _ contextText: String) -> String?
  /// Says the log-probability of a token by its turn and its index within the turn.
  public typealias LogProbabilities = @Sendable (_ turn: Int, _ index: Int) -> Float

  let tokenizer: any Tokenizer
  let script: Script
  let logProbabilities: LogProbabilities
  let endToken: Int32?
  let weightVersion: Int
  let contextLimit: Int

  /// A policy that computes each text from what it reads.
  ///
  /// - Parameters:
  ///   - tokenizer: What the texts are encoded with.
  ///   - endToken: Sampled after a text that nothing stopped.
  ///   - logProbabilities: What each token is recorded with.
  ///   - weightVersion: What each generation is recorded with.
  ///   - contextLimit: Most tokens a context holds.
  ///   - script: The texts.
  public init(
    tokenizer: any Tokenizer = ByteTokenizer(), endToken: Int32? = nil,
    logProbabilities: @escaping LogProbabilities = { _, _ in -1 }, weightVersion: Int = 0,
    contextLimit: Int = 1 << 20, script: @escaping Script
  ) {
    self.tokenizer = tokenizer
    self.endToken = endToken
    self.logProbabilities = logProbabilities
    self.weightVersion = weightVersion
    self.contextLimit = contextLimit
    self.script = script
  }

  /// A policy that says given texts, one per turn.
  public init(
    turns: [String], tokenizer: any Tokenizer = ByteTokenizer(), endToken: Int32? = nil,
    logProbabilities: @escaping LogProbabilities = { _, _ in -1 }, weightVersion: Int = 0,
    contextLimit: Int = 1 << 20
  ) {
    self.init(
      tokenizer: tokenizer, endToken: endToken, logProbabilities: logProbabilities,
      weightVersion: weightVersion, contextLimit: contextLimit
    ) { turn, _ in turns.indices.contains(turn) ? turns[turn] : nil }
  }

  /// Opens an empty context at the script's beginning.
  public func makeContext() -> ScriptedContext { ScriptedContext(policy: self, state: .init()) }
}

/// A context of a ``ScriptedPolicy``.
public final class ScriptedContext: SamplingContext {
  struct State {
    var tokens: [Int32] = []
    var turn = 0
  }

  private let policy: ScriptedPolicy
  private let state: Mutex<State>

  init(policy: ScriptedPolicy, state: State) {
    self.policy = policy
    self.state = Mutex(state)
  }

  /// Every token so far.
  public var tokens: [Int32] { state.withLock { $0.tokens } }

  /// How many turns of the script have been played.
  public var turn: Int { state.withLock { $0.turn } }

  /// Appends tokens that were not sampled.
  public func append(_ tokens: [Int32]) throws {
    try state.withLock { state in
      let count = policy.tokenizer.vocabularyCount
      if let unknown = tokens.first(where: { $0 < 0 || Int($0) >= count }) {
        throw PolicyError.unknownToken(id: unknown, vocabularyCount: count)
      }
      guard state.tokens.count + tokens.count <= policy.contextLimit else {
        throw PolicyError.contextOverflow(
          held: state.tokens.count, adding: tokens.count, limit: policy.contextLimit)
      }
      state.tokens += tokens
    }
  }

  /// Plays the next turn.
  ///
  /// - Throws: ``ScriptError`` after the last one; ``PolicyError`` as any policy does.
  public func generate(_ request: GenerationRequest) throws -> Generation {
    try Task.checkCancellation()
    return try state.withLock { state in try play(request, &state) }
  }

  /// A second context at the same place of the script.
  public func fork() -> Self { Self(policy: policy, state: state.withLock { $0 }) }

  private func play(_ request: GenerationRequest, _ state: inout State) throws -> Generation {
    guard !state.tokens.isEmpty else { throw PolicyError.emptyContext }
    guard state.tokens.count < policy.contextLimit else {
      throw PolicyError.contextFull(limit: policy.contextLimit)
    }
    let turn = state.turn
    guard let text = policy.script(turn, policy.tokenizer.decode(state.tokens)) else {
      throw ScriptError(turns: turn)
    }
    let (tokens, reason) = stopped(
      policy.tokenizer.encode(text) + (policy.endToken.map { [$0] } ?? []), request.stop,
      room: policy.contextLimit - state.tokens.count)
    state.tokens += tokens
    state.turn += 1
    let logProbabilities = tokens.indices.map { policy.logProbabilities(turn, $0) }
    return Generation(
      tokens: tokens,
      record: SamplingRecord(
        logProbabilities: logProbabilities,
        truncatedLogProbabilities: request.settings.isTruncating ? logProbabilities : nil,
        weightVersion: policy.weightVersion, settings: request.settings),
      stopReason: reason)
  }

  /// The tokens up to the first stop, and why there.
  private func stopped(
    _ tokens: [Int32], _ stop: StopConditions, room: Int
  ) -> (tokens: [Int32], reason: Generation.StopReason) {
    var watch = StopTextWatch(stop.texts)
    for (index, token) in tokens.enumerated() {
      let played = { Array(tokens[...index]) }
      if stop.tokens.contains(token) || token == policy.endToken {
        return (played(), .token(token))
      }
      if let text = watch.complete(with: policy.tokenizer.bytes(of: token)) {
        return (played(), .text(text))
      }
      if index + 1 == stop.maximumTokens { return (played(), .maximumTokens) }
      if index + 1 == room { return (played(), .contextFull) }
    }
    return (tokens, .maximumTokens)
  }
}

/// A script was asked for more turns than it has.
public struct ScriptError: Error, Hashable, CustomStringConvertible {
  /// How many turns it has.
  public let turns: Int

  /// A script of so many turns has run out.
  public init(turns: Int) { self.turns = turns }

  /// One sentence.
  public var description: String {
    "the script ends after \(turns) turns and was asked for another; add a turn or end the episode"
  }
}
