public import Trajectories

/// Something that learns: per-token numbers out, per-token gradients in, one optimiser step.
///
/// Every policy-gradient loss is a function of the numbers in a ``PolicyPass``, so any engine that
/// can produce them and take their gradients can be trained by any objective.
public protocol LearningPolicy: Sendable {
  /// What the policy can compute beyond log-probabilities.
  var capabilities: PolicyCapabilities { get }

  /// The version of the current weights; each ``step(_:)`` that is not refused raises it by one.
  var weightVersion: Int { get }

  /// Computes per-token numbers at the batch's selected positions.
  ///
  /// Every distribution is over the whole vocabulary: top-k, top-p and min-p are the sampler's, so
  /// that a gradient reaches the tokens they left out. ``/Trajectories/SamplingRecord`` holds the
  /// numbers that belong beside these.
  ///
  /// - Differs: A trainer that cuts its own distribution like the sampler's would have to keep every
  ///   token's kept set; none of the frameworks compared here does.
  /// - Parameters:
  ///   - batch: Packed rows.
  ///   - weights: Which weights to use.
  ///   - outputs: Which numbers besides log-probabilities; must be among ``capabilities``.
  ///   - gradient: Whether ``backward(_:_:)`` will be called on the result.
  /// - Throws: ``PolicyError``.
  func forward(
    _ batch: PackedBatch, weights: WeightReference, outputs: PolicyCapabilities, gradient: Bool
  ) async throws -> PolicyPass

  /// Adds the gradient of the weights, given the gradient of each number, to what is accumulated.
  ///
  /// Gradients at the batch's ``/Trajectories/PackedBatch/rowsWithoutGradient`` are 0, so that a
  /// policy may leave those rows out; the accumulated gradient is the same either way.
  ///
  /// - Throws: ``PolicyError/nonFinite(_:)`` naming the first gradient that is not finite; nothing
  ///   is added then.
  func backward(_ pass: PolicyPass, _ gradients: PolicyGradients) async throws

  /// Clips the accumulated gradient, updates the weights, clears the gradient and publishes a new
  /// weight version. A non-finite gradient is refused: the weights stay as they are.
  func step(_ optimizer: OptimizerStep) async throws -> StepReport
}

extension LearningPolicy {
  /// Log-probabilities under the current weights, ready for ``backward(_:_:)``.
  public func forward(_ batch: PackedBatch) async throws -> PolicyPass {
    try await forward(batch, weights: .current, outputs: [], gradient: true)
  }
}

/// Numbers per token that a policy can offer besides log-probabilities.
public struct PolicyCapabilities: OptionSet, Sendable, Hashable {
  /// One bit per capability.
  public let rawValue: Int

  /// Capabilities from bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The entropy of the distribution each token was drawn from, in nats.
  public static let entropies = PolicyCapabilities(rawValue: 1 << 0)
  /// A value head's estimate before each token.
  public static let values = PolicyCapabilities(rawValue: 1 << 1)
}

/// Which weights a forward pass uses.
public enum WeightReference: Sendable, Hashable {
  /// The newest.
  case current
  /// The frozen copy taken when the policy was made or last asked to remember itself.
  case reference
}

/// Per-token numbers of a packed batch, `N` selected tokens.
public struct PolicyPass: Sendable {
  /// Which forward call this was, for the policy to find what it retained.
  public let id: Int
  /// The batch.
  public let batch: PackedBatch
  /// Natural-log probabilities of the selected tokens at their recorded temperature, among all
  /// tokens, whatever limits they were drawn under. `[N]`
  public let logProbabilities: [Float]
  /// Entropies in nats, where asked for. `[N]`
  public let entropies: [Float]?
  /// Values, where asked for. `[N]`
  public let values: [Float]?

  /// The result of a forward call.
  public init(
    id: Int, batch: PackedBatch, logProbabilities: [Float], entropies: [Float]? = nil,
    values: [Float]? = nil
  ) {
    precondition(
      logProbabilities.count == batch.selectedCount,
      "\(batch.selectedCount) selected tokens came with \(logProbabilities.count) log-probabilities"
    )
    self.id = id
    self.batch = batch
    self.logProbabilities = logProbabilities
    self.entropies = entropies
    self.values = values
  }
}

/// The gradient of a loss with respect to the numbers of a pass.
public struct PolicyGradients: Sendable {
  /// With respect to each log-probability. `[N]`
  public var logProbabilities: [Float]
  /// With respect to each entropy, where the loss has such a term. `[N]`
  public var entropies: [Float]?
  /// With respect to each value, where the loss has such a term. `[N]`
  public var values: [Float]?

  /// Gradients per token.
  public init(logProbabilities: [Float], entropies: [Float]? = nil, values: [Float]? = nil) {
    self.logProbabilities = logProbabilities
    self.entropies = entropies
    self.values = values
  }
}

/// How far and how carefully to move.
public struct OptimizerStep: Sendable, Hashable, Codable {
  /// Learning rate of this step, finite and not negative; 0 moves nothing but the moments.
  public var learningRate: Float {
    didSet { trap() }
  }
  /// The gradient is scaled down to this Euclidean norm, which is positive, if it is longer; `nil`
  /// leaves it.
  public var maximumGradientNorm: Float? {
    didSet { trap() }
  }

  /// Settings of one step.
  ///
  /// - Precondition: a legal rate and norm.
  public init(learningRate: Float, maximumGradientNorm: Float? = 1) {
    self.learningRate = learningRate
    self.maximumGradientNorm = maximumGradientNorm
    trap()
  }

  /// Reads settings.
  ///
  /// - Throws: `DecodingError` where the rate is missing, or either number is outside its range.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    learningRate = try container.decode(Float.self, forKey: .learningRate)
    maximumGradientNorm = try container.decodeIfPresent(Float.self, forKey: .maximumGradientNorm)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }

  /// What is wrong with the numbers.
  private var problem: String? {
    if !(learningRate >= 0 && learningRate.isFinite) {
      return "learningRate must be finite and not negative, got \(learningRate)"
    }
    guard let norm = maximumGradientNorm, !(norm > 0) else { return nil }
    return "maximumGradientNorm must be positive, got \(norm)"
  }

  private func trap() {
    if let problem { preconditionFailure(problem) }
  }
}

/// What a step did.
public struct StepReport: Sendable, Hashable, Codable {
  /// Euclidean norm of the gradient before clipping.
  public let gradientNorm: Double
  /// What the gradient was multiplied by, in `(0, 1]`.
  public let clipScale: Double
  /// Whether the weights moved; `false` when the gradient was not finite.
  public let applied: Bool
  /// The version of the weights after the step.
  public let weightVersion: Int

  /// A report.
  public init(gradientNorm: Double, clipScale: Double, applied: Bool, weightVersion: Int) {
    self.gradientNorm = gradientNorm
    self.clipScale = clipScale
    self.applied = applied
    self.weightVersion = weightVersion
  }
}
