internal import CKernels
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
    /// How many of the context's tokens are in the cache; the rest are fed by the next job.
    var stopReason: Generation.StopReason
  }

  let weights: DecoderWeights
  let request: GenerationRequest
  let stops: StopMatcher
  /// Tokens the context may still take.
  let room: Int
  let cancellation: CancellationFlag
  let continuation: CheckedContinuation<Outcome, any Error>
  var cache: KeyValueCache
  var pending: ArraySlice<Int32>
  var generated: [Int32] = []
  var logProbabilities: [Float] = []
  var text: [UInt8] = []

  /// Draws the next token from logits and says whether the generation is over.
  mutating func draw(
    from logits: UnsafePointer<Float>, vocabulary: Int, scratch: UnsafeMutablePointer<Float>
  ) throws(PolicyError) -> Generation.StopReason? {
    var logProbability: Float = 0
    let id = pg_draw(
      vocabulary, logits, request.settings.temperature,
      request.stream.uniform(at: UInt64(generated.count)), &logProbability, scratch)
    guard id >= 0, logProbability.isFinite else {
      throw .nonFinite("a logit after token \(cache.count)")
    }
    generated.append(id)
    logProbabilities.append(logProbability)
    pending = [id]
    if let stop = stops.match(afterAppending: id, to: &text) { return stop }
    if generated.count >= request.stop.maximumTokens { return .maximumTokens }
    return generated.count >= room ? .contextFull : nil
  }

  func outcome(_ reason: Generation.StopReason) -> Outcome {
    Outcome(
      cache: cache, generated: generated, logProbabilities: logProbabilities, stopReason: reason)
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
  private let texts: [(text: String, bytes: [UInt8])]
  private let tokens: Set<Int32>
  private let tokenizer: any Tokenizer

  init(_ conditions: StopConditions, tokenizer: any Tokenizer) {
    texts = conditions.texts.map { ($0, Array($0.utf8)) }
    tokens = conditions.tokens
    self.tokenizer = tokenizer
  }

  /// Appends a token's bytes to the text and returns the stop they complete, if any.
  ///
  /// Among several texts completed by one token, the one that ends first counts.
  func match(afterAppending id: Int32, to text: inout [UInt8]) -> Generation.StopReason? {
    let old = text.count
    text.append(contentsOf: tokenizer.bytes(of: id))
    var best: (end: Int, text: String)?
    for (string, bytes) in texts {
      var start = max(0, old - bytes.count + 1)
      while start + bytes.count <= text.count {
        let end = start + bytes.count
        if let best, best.end <= end { break }
        if text[start..<end].elementsEqual(bytes) {
          best = (end, string)
          break
        }
        start += 1
      }
    }
    if let best { return .text(best.text) }
    return tokens.contains(id) ? .token(id) : nil
  }
}
