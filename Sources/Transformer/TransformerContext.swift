public import Policy
internal import RandomStreams
internal import Synchronization
internal import Trajectories

/// A context of a ``TransformerPolicy``: its tokens, and the keys and values of those already read.
///
/// A context keeps the weights it was opened with: a step of the learner in between changes nothing
/// for it.
public final class TransformerContext: SamplingContext {
  struct State: Sendable {
    var tokens: [Int32] = []
    var cache: KeyValueCache
    var isGenerating = false
  }

  private let weights: DecoderWeights
  private let precision: WeightPrecision
  private let engine: DecodingEngine
  private let tokenizer: any Tokenizer
  let state: Mutex<State>

  init(
    weights: DecoderWeights, precision: WeightPrecision, engine: DecodingEngine,
    tokenizer: any Tokenizer
  ) {
    self.weights = weights
    self.precision = precision
    self.engine = engine
    self.tokenizer = tokenizer
    state = Mutex(
      State(
        cache: KeyValueCache(
          layerCount: weights.configuration.layerCount, shape: weights.attention)))
  }

  private init(forking context: TransformerContext) {
    weights = context.weights
    precision = context.precision
    engine = context.engine
    tokenizer = context.tokenizer
    state = Mutex(
      context.state.withLock { state in
        precondition(!state.isGenerating, "a context can't be forked while it generates")
        return state
      })
  }

  /// Every token so far.
  public var tokens: [Int32] { state.withLock { $0.tokens } }

  /// Most tokens the context holds.
  public var limit: Int { weights.configuration.contextLength }

  /// Tells the context tokens.
  ///
  /// They are read when the next generation starts.
  ///
  /// - Throws: ``PolicyError/contextOverflow(held:adding:limit:)`` if they don't fit,
  ///   ``PolicyError/unknownToken(id:vocabularyCount:)`` if an id is outside the vocabulary. The
  ///   context is then as it was.
  public func append(_ tokens: [Int32]) async throws {
    let vocabulary = weights.configuration.vocabularyCount
    if let id = tokens.first(where: { $0 < 0 || $0 >= vocabulary }) {
      throw PolicyError.unknownToken(id: id, vocabularyCount: vocabulary)
    }
    try state.withLock { state in
      precondition(!state.isGenerating, "a context can't be told tokens while it generates")
      guard state.tokens.count + tokens.count <= limit else {
        throw PolicyError.contextOverflow(
          held: state.tokens.count, adding: tokens.count, limit: limit)
      }
      state.tokens.append(contentsOf: tokens)
    }
  }

  /// Samples until a stop.
  public func generate(_ request: GenerationRequest) async throws -> Generation {
    try Task.checkCancellation()
    let (tokens, cache, room) = try state.withLock { state in
      precondition(!state.isGenerating, "a context can't generate twice at once")
      guard !state.tokens.isEmpty else { throw PolicyError.emptyContext }
      let room = limit - state.tokens.count
      guard room > 0 else { throw PolicyError.contextFull(limit: limit) }
      state.isGenerating = true
      let cache = state.cache
      state.cache = KeyValueCache(layerCount: 0, shape: weights.attention)
      return (state.tokens, cache, room)
    }
    let cancellation = CancellationFlag()
    let result: Result<DecodingJob.Outcome, any Error>
    do {
      let outcome = try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
          engine.submit(
            DecodingJob(
              weights: weights, context: tokens, request: request,
              stops: StopMatcher(request.stop, tokenizer: tokenizer), room: room,
              cancellation: cancellation, continuation: continuation, cache: cache,
              pending: tokens[cache.count...]))
        }
      } onCancel: {
        cancellation.raise()
      }
      result = .success(outcome)
    } catch {
      result = .failure(error)
    }
    return try state.withLock { state in
      state.isGenerating = false
      switch result {
      case .failure(let error):
        // What was drawn is dropped; the cache is rebuilt when the context goes on.
        state.cache = KeyValueCache(
          layerCount: weights.configuration.layerCount, shape: weights.attention)
        throw error
      case .success(let outcome):
        state.cache = outcome.cache
        state.tokens.append(contentsOf: outcome.generated)
        return Generation(
          tokens: outcome.generated,
          record: SamplingRecord(
            logProbabilities: outcome.logProbabilities,
            truncatedLogProbabilities: outcome.truncatedLogProbabilities,
            weightVersion: weights.version, settings: request.settings,
            precision: precision),
          stopReason: outcome.stopReason)
      }
    }
  }

  /// A second context with the same tokens.
  ///
  /// Keys and values are shared until one of the two goes on.
  ///
  /// - Precondition: this one is not generating.
  public func fork() async throws -> TransformerContext {
    TransformerContext(forking: self)
  }
}
