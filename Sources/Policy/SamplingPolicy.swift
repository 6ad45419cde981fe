public import RandomStreams
public import Trajectories

/// Something that samples tokens: the agent's side of a policy.
public protocol SamplingPolicy: Sendable {
  /// A growing sequence of tokens.
  associatedtype Context: SamplingContext

  /// Opens an empty context.
  func makeContext() async throws -> Context
}

/// A sequence of tokens that grows by what is told and by what is sampled.
///
/// Calls on one context are made one after the other. Contexts are independent: what one gets never
/// depends on who else is decoding.
public protocol SamplingContext: AnyObject, Sendable {
  /// Every token so far, told and sampled.
  var tokens: [Int32] { get }

  /// Tells the context tokens that it did not sample.
  ///
  /// - Throws: ``PolicyError`` if they don't fit or aren't in the vocabulary; the context is then
  ///   unchanged.
  func append(_ tokens: [Int32]) async throws

  /// Samples until a stop. The sampled tokens, the last included, are then part of the context.
  ///
  /// The record holds each token's log-probability at the request's temperature among all tokens,
  /// and, where the settings truncate, among those that could be drawn too: see
  /// ``/Trajectories/SamplingRecord``. A policy that can't truncate throws
  /// ``PolicyError/missingCapability(_:)`` and never ignores a limit.
  ///
  /// - Throws: ``PolicyError/emptyContext`` when there is nothing to continue,
  ///   ``PolicyError/contextFull(limit:)`` when not one token fits, `CancellationError`.
  func generate(_ request: GenerationRequest) async throws -> Generation

  /// A second context with the same tokens; the shared prefix is stored once.
  func fork() async throws -> Self
}

/// What to sample, how, and until when.
public struct GenerationRequest: Sendable {
  /// The distribution to draw from.
  public var settings: SamplingSettings
  /// When to stop.
  public var stop: StopConditions
  /// Where the randomness comes from: the token at offset `i` of this generation uses word `i` and
  /// nothing else, whatever the settings.
  public var stream: RandomStream

  /// A request.
  public init(settings: SamplingSettings, stop: StopConditions, stream: RandomStream) {
    self.settings = settings
    self.stop = stop
    self.stream = stream
  }
}

/// When a generation ends: at whichever comes first.
public struct StopConditions: Sendable, Hashable {
  /// Most tokens to sample, at least 1.
  public var maximumTokens: Int
  /// Ends after the token whose bytes complete one of these texts within this generation.
  public var texts: [String]
  /// Ends after any of these tokens.
  public var tokens: Set<Int32>

  /// Conditions to stop at.
  ///
  /// - Precondition: `maximumTokens` is positive and no text is empty.
  public init(maximumTokens: Int, texts: [String] = [], tokens: Set<Int32> = []) {
    precondition(maximumTokens > 0, "maximumTokens must be positive, got \(maximumTokens)")
    precondition(texts.allSatisfy { !$0.isEmpty }, "a stop text can't be empty")
    self.maximumTokens = maximumTokens
    self.texts = texts
    self.tokens = tokens
  }
}

/// What was sampled.
public struct Generation: Sendable, Hashable {
  /// Why sampling stopped.
  public enum StopReason: Sendable, Hashable {
    /// A stop text was completed.
    case text(String)
    /// A stop token was drawn.
    case token(Int32)
    /// As many tokens as asked for.
    case maximumTokens
    /// The context is full.
    case contextFull
  }

  /// Sampled ids, the stop included.
  public let tokens: [Int32]
  /// What each was drawn with.
  public let record: SamplingRecord
  /// Why it stopped.
  public let stopReason: StopReason

  /// A finished generation.
  public init(tokens: [Int32], record: SamplingRecord, stopReason: StopReason) {
    precondition(
      tokens.count == record.logProbabilities.count,
      "\(tokens.count) tokens came with \(record.logProbabilities.count) log-probabilities")
    self.tokens = tokens
    self.record = record
    self.stopReason = stopReason
  }
}

/// Why a policy could not do what it was asked.
public enum PolicyError: Error, Hashable, Sendable {
  /// Nothing to continue from.
  case emptyContext
  /// The context holds `limit` tokens and is full.
  case contextFull(limit: Int)
  /// `count` more tokens on top of `held` exceed the limit.
  case contextOverflow(held: Int, adding: Int, limit: Int)
  /// A token id outside the vocabulary.
  case unknownToken(id: Int32, vocabularyCount: Int)
  /// Logits, gradients or weights that are not finite, and where.
  case nonFinite(String)
  /// An objective needs more than the policy declares.
  case missingCapability(String)
  /// No weights of that version are held.
  case unknownWeightVersion(Int)
}

extension PolicyError: CustomStringConvertible {
  /// One sentence: what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .emptyContext: "an empty context can't be continued; append a prompt first"
    case .contextFull(let limit):
      "the context is full at \(limit) tokens; end the episode or raise the limit"
    case .contextOverflow(let held, let adding, let limit):
      "\(adding) more tokens on top of \(held) exceed the context's \(limit); shorten the text or raise the limit"
    case .unknownToken(let id, let count):
      "token id \(id) is outside the vocabulary of \(count); is this the tokenizer the weights were trained with?"
    case .nonFinite(let what):
      "\(what) is not finite; lower the learning rate or resume from the last checkpoint"
    case .missingCapability(let what):
      "the policy does not offer \(what), which the objective needs"
    case .unknownWeightVersion(let version): "no weights of version \(version) are held"
    }
  }
}
