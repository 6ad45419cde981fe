internal import Dispatch
public import Policy
public import RandomStreams
internal import Synchronization
internal import Tensor
public import Trajectories

/// A Qwen2 or Llama decoder that samples and learns on the CPU.
///
///     let policy = try TransformerPolicy(folder: "BasePolicy")
///     let context = try await policy.makeContext()
///     try await context.append(policy.tokenizer.encode("Question: "))
///     let words = try await context.generate(request)
///
/// The log-probabilities it samples with and those it computes for learning are the same numbers,
/// bit for bit, unless ``Execution/samplingPrecision`` asks for narrow weights.
///
/// What a direction of work needs is made when it is first asked for. A policy that only samples
/// holds its parameters, 4 bytes each, and the weights it samples with: 4, 2 or 1 byte each, the
/// head included where it shares the embedding's parameters. One that learns holds 4 bytes of
/// packed float32 weights where it samples in float32 or learns from few tokens at a time, and
/// gradient and moments: 4 and 8. The reference takes 4 once a step has left it behind, up to 8 once
/// it is asked.
public final class TransformerPolicy: SamplingPolicy, LearningPolicy {
  /// How the work is cut up.
  public struct Execution: Sendable, Hashable, Codable {
    /// Threads to use.
    ///
    /// Changes no number.
    public var threads: Int
    /// Parts that a batch is learned in; their gradients are added in order.
    ///
    /// Part of the arithmetic: another count rounds differently.
    public var shards: Int
    /// Tokens computed together at most, unless one row is longer.
    ///
    /// Changes no log-probability. Part of the gradient's arithmetic where embeddings are tied or
    /// rows share tokens.
    public var microBatchTokens: Int
    /// Tokens whose activations a pass keeps for the way back; those of further rows are computed
    /// again.
    ///
    /// At 0 and below none are kept. Changes no number.
    public var retainedTokens: Int
    /// Logits that a pass keeps for the way back, over all its rows, 4 bytes each; further ones are
    /// computed again, one product of the hidden states with the head.
    ///
    /// Each shard has an equal part and keeps whole tiles of 64 to 192 positions, or all of a
    /// micro-batch. At 0 and below none is kept. Changes no number.
    public var retainedLogits: Int
    /// Whether rows of a shard that begin with the same tokens, 16 or more, share them: computed
    /// once forward and once backward, also where such rows begin alike in smaller parties further
    /// on.
    ///
    /// Changes no log-probability. Part of the gradient's arithmetic: gradients of shared tokens are
    /// added up before they go through a layer, not behind it.
    public var sharesPrefixes: Bool

    /// What the weights of linear layers and of the head are stored as while sampling.
    ///
    /// Reading them is most of what decoding a few rows does, so bf16 samples almost twice as fast
    /// as float32 and int8 faster still. With more rows multiplying takes longest; `bfloat16Products`
    /// and `int8Products` do it two and three times as fast on a processor made for that. What is
    /// sampled then comes from slightly other weights, rounded as
    /// ``/Tensor/PackedMatrix/Precision`` says, once per weight version; embeddings, norms, biases,
    /// attention, keys and values stay float32. The record says so
    /// (``/Trajectories/SamplingRecord/precision``), its log-probabilities are those of the narrow
    /// weights, and learning, which stays in float32, weighs them with importance weights.
    public var samplingPrecision: WeightPrecision

    /// Two shards on as many threads as asked for, logits of 64 MiB, and weights of float32
    /// throughout.
    public init(
      threads: Int = 2, shards: Int = 2, microBatchTokens: Int = 4096, retainedTokens: Int = 65_536,
      retainedLogits: Int = 1 << 24, sharesPrefixes: Bool = true,
      samplingPrecision: WeightPrecision = .float32
    ) {
      precondition(threads > 0 && shards > 0, "threads and shards must be positive")
      self.threads = threads
      self.shards = shards
      self.microBatchTokens = microBatchTokens
      self.retainedTokens = retainedTokens
      self.retainedLogits = retainedLogits
      self.sharesPrefixes = sharesPrefixes
      self.samplingPrecision = samplingPrecision
    }

    /// Reads settings; without a precision they sample in float32, without a word on prefixes they
    /// share them, and without one on logits they keep as many as by default.
    ///
    /// - Throws: `DecodingError` where another setting is missing, or threads or shards are below 1.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      threads = try container.decode(Int.self, forKey: .threads)
      shards = try container.decode(Int.self, forKey: .shards)
      microBatchTokens = try container.decode(Int.self, forKey: .microBatchTokens)
      retainedTokens = try container.decode(Int.self, forKey: .retainedTokens)
      retainedLogits =
        try container.decodeIfPresent(Int.self, forKey: .retainedLogits)
        ?? Self().retainedLogits
      sharesPrefixes = try container.decodeIfPresent(Bool.self, forKey: .sharesPrefixes) ?? true
      samplingPrecision =
        try container.decodeIfPresent(WeightPrecision.self, forKey: .samplingPrecision)
        ?? .float32
      for (key, value) in [(CodingKeys.threads, threads), (.shards, shards)] where value < 1 {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container,
          debugDescription: "\(key.stringValue) is \(value); it must be at least 1")
      }
    }
  }

  struct State: Sendable {
    var weights: WeightVersion
    var reference: WeightVersion?
    var optimizer: AdamW
    /// None before the first way back after a step.
    var gradient: Tensor?
    /// Whether a pass goes backward and has taken the gradients along.
    var goesBackward = false
    /// Whether a step is under way and has taken the optimizer along.
    var isStepping = false
    var passes: [Int: RetainedPass] = [:]
    var nextPass = 0
    /// How often passes were dropped, so that one which began before keeps nothing.
    private(set) var drops = 0

    /// Forgets what passes kept and what they added up, which belongs to other weights.
    mutating func dropPasses() {
      gradient = nil
      passes.removeAll()
      drops += 1
    }

    /// Traps where something needs what a step has taken along.
    func waitsForNoStep(_ what: String) {
      precondition(!isStepping, "a step is under way: \(what) comes before or after it")
    }

    /// Traps where something needs or replaces what a pass backward adds to.
    func waitsForNoWayBack(_ what: String) {
      precondition(!goesBackward, "a pass goes backward: \(what) comes before or after it")
    }
  }

  /// Sizes and constants.
  public let configuration: DecoderConfiguration
  /// Text to ids and back.
  public let tokenizer: any Tokenizer
  /// How the work is cut up.
  public let execution: Execution
  let layout: DecoderLayout
  let engine: DecodingEngine
  let state: Mutex<State>

  /// A policy with fresh weights drawn from a stream.
  ///
  /// - Throws: ``ModelError`` if the configuration is impossible or smaller than the tokenizer.
  public convenience init(
    _ configuration: DecoderConfiguration, tokenizer: any Tokenizer, stream: RandomStream,
    hasValueHead: Bool = false, execution: Execution = Execution()
  ) throws {
    // Before numbers are drawn for sizes that can't be.
    try configuration.validate()
    let layout = DecoderLayout(configuration, hasValueHead: hasValueHead)
    try self.init(
      configuration, tokenizer: tokenizer, layout: layout,
      parameters: layout.initialParameters(stream: stream), execution: execution)
  }

  init(
    _ configuration: DecoderConfiguration, tokenizer: any Tokenizer, layout: DecoderLayout,
    parameters: Tensor, execution: Execution
  ) throws {
    try configuration.validate()
    guard tokenizer.vocabularyCount <= configuration.vocabularyCount else {
      throw ModelError.vocabulary(
        tokenizer: tokenizer.vocabularyCount, model: configuration.vocabularyCount)
    }
    self.configuration = configuration
    self.tokenizer = tokenizer
    self.execution = execution
    self.layout = layout
    engine = DecodingEngine(threads: execution.threads)
    let weights = WeightVersion(
      configuration, layout: layout, parameters: parameters, number: 0,
      rotary: DecoderWeights.rotaryTable(configuration),
      samplingPrecision: execution.samplingPrecision)
    state = Mutex(
      State(
        weights: weights, reference: weights, optimizer: AdamW(count: parameters.count)))
  }

  /// Opens an empty context on the current weights.
  public func makeContext() async throws -> TransformerContext {
    let version = state.withLock { $0.weights }
    let weights =
      if let ready = version.readySampling { ready } else {
        try await offPool { version.sampling }
      }
    return TransformerContext(
      weights: weights, precision: execution.samplingPrecision, engine: engine,
      tokenizer: tokenizer)
  }

  /// Entropies, and values where there is a value head.
  public var capabilities: PolicyCapabilities {
    layout.value == nil ? [.entropies] : [.entropies, .values]
  }

  /// The version of the current weights.
  public var weightVersion: Int { state.withLock { $0.weights.number } }

  /// How many parameters there are.
  public var parameterCount: Int { layout.parameters.count }

  /// Makes the current weights the reference that ``Policy/WeightReference/reference`` names.
  public func freezeReference() {
    state.withLock { $0.reference = $0.weights }
  }

  /// Lets the reference weights go, 4 bytes per parameter, and what is packed of them.
  ///
  /// For objectives that compare with no reference. A pass of ``Policy/WeightReference/reference``
  /// traps from then on, until weights are frozen again.
  public func releaseReference() {
    state.withLock { $0.reference = nil }
  }

  /// Sets the optimiser's constants, forgetting its moments; traps while a step is under way.
  public func resetOptimizer(
    firstDecay: Float = 0.9, secondDecay: Float = 0.999, epsilon: Float = 1e-8,
    weightDecay: Float = 0
  ) {
    let optimizer = AdamW(
      count: parameterCount, firstDecay: firstDecay, secondDecay: secondDecay, epsilon: epsilon,
      weightDecay: weightDecay)
    state.withLock { state in
      state.waitsForNoStep("a new optimizer")
      state.optimizer = optimizer
    }
  }

  /// Runs heavy work on a thread of its own, off the cooperative pool.
  func offPool<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Swift.Result { try body() })
      }
    }
  }
}
