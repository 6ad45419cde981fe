internal import Policy
internal import RandomStreams
internal import Synchronization
internal import Trajectories

/// One generation in progress.
struct DecodingJob: Sendable {
  /// What a finished job hands back.
  struct Outcome: Sendable {
    var cache: KeyValueCache
    var generated: [Int32]
    var logProbabilities: [Float]
    var truncatedLogProbabilities: [Float]?
    var stopReason: Generation.StopReason
  }

  let weights: DecoderWeights
  /// All tokens of the context when the generation began.
  let context: [Int32]
  let request: GenerationRequest
  var stops: StopMatcher
  /// Tokens the context may still take.
  let room: Int
  let cancellation: CancellationFlag
  let continuation: CheckedContinuation<Outcome, any Error>
  var cache: KeyValueCache
  var pending: ArraySlice<Int32>
  /// Whether others wait for what this job reads.
  var holdsClaim = false
  var generated: [Int32] = []
  var logProbabilities: [Float] = []
  var truncatedLogProbabilities: [Float] = []

  /// Draws the next token from logits and says whether the generation is over.
  mutating func draw(
    from logits: UnsafePointer<Float>, vocabulary: Int, scratch: inout DrawingScratch
  ) throws(PolicyError) -> Generation.StopReason? {
    let drawn = scratch.draw(
      from: logits, vocabulary: vocabulary, settings: request.settings,
      uniform: request.stream.uniform(at: UInt64(generated.count)))
    guard drawn.id >= 0, drawn.logProbability.isFinite, drawn.truncated.isFinite else {
      throw .nonFinite("a logit after token \(cache.count)")
    }
    let id = drawn.id
    generated.append(id)
    logProbabilities.append(drawn.logProbability)
    if request.settings.isTruncating { truncatedLogProbabilities.append(drawn.truncated) }
    pending = [id]
    if let stop = stops.match(id) { return stop }
    if generated.count >= request.stop.maximumTokens { return .maximumTokens }
    return generated.count >= room ? .contextFull : nil
  }

  /// Takes over what another context with the same tokens has read; the last token is fed anyway,
  /// for its logits.
  mutating func adopt(_ read: KeyValueCache) {
    cache = read.prefix(context.count - 1)
    pending = context.suffix(1)
  }

  /// Hands over what was read, or gives the claim back.
  mutating func endClaim(published: Bool) {
    guard holdsClaim else { return }
    holdsClaim = false
    if published {
      weights.prefixes.publish(context, cache)
    } else {
      weights.prefixes.abandon(context)
    }
  }

  func outcome(_ reason: Generation.StopReason) -> Outcome {
    Outcome(
      cache: cache, generated: generated, logProbabilities: logProbabilities,
      truncatedLogProbabilities: request.settings.isTruncating ? truncatedLogProbabilities : nil,
      stopReason: reason)
  }
}

/// A flag that a cancelled task raises for the worker that decodes for it.
final class CancellationFlag: Sendable {
  private let raised = Atomic<Bool>(false)

  var isRaised: Bool { raised.load(ordering: .relaxed) }
  func raise() { raised.store(true, ordering: .relaxed) }
}

/// Recognises stop tokens and stop texts as tokens arrive.
struct StopMatcher: Sendable {
  private var watch: StopTextWatch
  private let tokens: Set<Int32>
  private let tokenizer: any Tokenizer

  init(_ conditions: StopConditions, tokenizer: any Tokenizer) {
    watch = StopTextWatch(conditions.texts)
    tokens = conditions.tokens
    self.tokenizer = tokenizer
  }

  /// The stop that one more token completes, if any; a text counts before a token.
  mutating func match(_ id: Int32) -> Generation.StopReason? {
    if let text = watch.complete(with: tokenizer.bytes(of: id)) { return .text(text) }
    return tokens.contains(id) ? .token(id) : nil
  }
}
