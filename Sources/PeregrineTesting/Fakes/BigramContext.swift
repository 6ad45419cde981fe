public import Policy
internal import RandomStreams
internal import Synchronization
internal import Trajectories

/// A context of a ``BigramPolicy``.
///
/// Its tokens are numbers without text: stop texts never match.
public final class BigramContext: SamplingContext {
  private let policy: BigramPolicy
  private let state: Mutex<[Int32]>

  init(policy: BigramPolicy, tokens: [Int32]) {
    self.policy = policy
    state = Mutex(tokens)
  }

  /// Every token so far.
  public var tokens: [Int32] { state.withLock { $0 } }

  /// Adds tokens, or throws and adds none.
  public func append(_ tokens: [Int32]) async throws {
    try policy.check(tokens)
    try state.withLock { held in
      guard held.count + tokens.count <= policy.contextLimit else {
        throw PolicyError.contextOverflow(
          held: held.count, adding: tokens.count, limit: policy.contextLimit)
      }
      held += tokens
    }
  }

  /// Samples by inversion: the token at offset `i` takes the uniform number at position `i`.
  public func generate(_ request: GenerationRequest) async throws -> Generation {
    let held = tokens
    guard var last = held.last else { throw PolicyError.emptyContext }
    let room = policy.contextLimit - held.count
    guard room > 0 else { throw PolicyError.contextFull(limit: policy.contextLimit) }
    let (table, version) = policy.current
    let settings = request.settings
    var drawn: [Int32] = []
    var logProbabilities: [Float] = []
    var truncated: [Float] = []
    var reason: Generation.StopReason?
    while reason == nil {
      try Task.checkCancellation()
      let distribution = table.distribution(after: last, temperature: settings.scoringTemperature)
      let kept = settings.isTruncating ? distribution.truncated(by: settings) : distribution
      last =
        settings.temperature == 0
        ? distribution.likeliest
        : kept.token(at: request.stream.uniform(at: UInt64(drawn.count)))
      drawn.append(last)
      logProbabilities.append(distribution.logProbability(of: last))
      truncated.append(kept.logProbability(of: last))
      if request.stop.tokens.contains(last) {
        reason = .token(last)
      } else if drawn.count == request.stop.maximumTokens {
        reason = .maximumTokens
      } else if drawn.count == room {
        reason = .contextFull
      }
    }
    state.withLock { [drawn] in $0 += drawn }
    return Generation(
      tokens: drawn,
      record: SamplingRecord(
        logProbabilities: logProbabilities,
        truncatedLogProbabilities: settings.isTruncating ? truncated : nil, weightVersion: version,
        settings: settings),
      stopReason: reason ?? .maximumTokens)
  }

  /// A second context with the same tokens.
  public func fork() async throws -> BigramContext {
    BigramContext(policy: policy, tokens: tokens)
  }
}
