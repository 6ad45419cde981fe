public import Policy
public import RandomStreams
internal import Synchronization
public import Trajectories

/// The smallest policy that learns: a table of logits for each token after each token.
///
///     log p(next | last) = logits[last][next] / T − ln Σ exp(logits[last] / T)
///
/// It samples and learns by the same numbers, exactly, with plain gradient descent, so loops and
/// objectives can be tested in milliseconds. Entropies are offered, values are not.
///
/// A token takes time proportional to the vocabulary; the table holds its square.
public final class BigramPolicy: SamplingPolicy, LearningPolicy {
  /// How many tokens there are.
  public let vocabularyCount: Int
  /// How many tokens a context holds.
  public let contextLimit: Int
  private let reference: BigramTable
  private let state: Mutex<State>

  private struct State {
    var table: BigramTable
    var gradient: [Double]
    var version = 0
    var passes = 0
  }

  /// A policy with random logits from a normal distribution.
  ///
  /// - Precondition: `vocabularyCount` and `contextLimit` are positive.
  public init(
    vocabularyCount: Int, contextLimit: Int = 4096, deviation: Float = 1, stream: RandomStream
  ) {
    precondition(vocabularyCount > 0, "a vocabulary needs a token, got \(vocabularyCount)")
    precondition(contextLimit > 0, "a context needs room, got \(contextLimit)")
    self.vocabularyCount = vocabularyCount
    self.contextLimit = contextLimit
    var stream = stream
    let logits = (0..<(vocabularyCount * vocabularyCount)).map { _ in
      Double(deviation) * stream.normal()
    }
    reference = BigramTable(count: vocabularyCount, logits: logits)
    state = Mutex(State(table: reference, gradient: logits.map { _ in 0 }))
  }

  /// Opens an empty context over the weights of the moment of each generation.
  public func makeContext() async throws -> BigramContext {
    BigramContext(policy: self, tokens: [])
  }

  /// Entropies.
  public var capabilities: PolicyCapabilities { .entropies }

  /// How many steps were applied.
  public var weightVersion: Int { state.withLock { $0.version } }

  /// The weights of the moment and their version.
  var current: (table: BigramTable, version: Int) { state.withLock { ($0.table, $0.version) } }

  /// Computes log-probabilities and, where asked for, entropies.
  ///
  /// - Throws: ``Policy/PolicyError/missingCapability(_:)``,
  ///   ``Policy/PolicyError/unknownToken(id:vocabularyCount:)``.
  public func forward(
    _ batch: PackedBatch, weights: WeightReference, outputs: PolicyCapabilities, gradient: Bool
  ) async throws -> PolicyPass {
    guard capabilities.isSuperset(of: outputs) else {
      throw PolicyError.missingCapability("values")
    }
    try check(batch.tokens)
    let (table, id) = state.withLock { state in
      state.passes += 1
      return (weights == .current ? state.table : reference, state.passes)
    }
    var logProbabilities: [Float] = []
    var entropies: [Float] = []
    for (position, temperature) in zip(batch.selected, batch.temperatures) {
      let distribution = table.distribution(
        after: batch.tokens[position - 1], temperature: temperature)
      logProbabilities.append(distribution.logProbability(of: batch.tokens[position]))
      entropies.append(distribution.entropy)
    }
    return PolicyPass(
      id: id, batch: batch, logProbabilities: logProbabilities,
      entropies: outputs.contains(.entropies) ? entropies : nil)
  }

  /// Adds the gradient of the logits.
  ///
  ///     ∂ log p(t) / ∂ logits[j] = ([j = t] − p(j)) / T
  ///     ∂ entropy  / ∂ logits[j] = −p(j) · (ln p(j) + entropy) / T
  ///
  /// - Throws: ``Policy/PolicyError/nonFinite(_:)``.
  public func backward(_ pass: PolicyPass, _ gradients: PolicyGradients) async throws {
    let batch = pass.batch
    precondition(
      gradients.logProbabilities.count == batch.selectedCount,
      "\(batch.selectedCount) selected tokens came with "
        + "\(gradients.logProbabilities.count) gradients")
    let all = gradients.logProbabilities + (gradients.entropies ?? [])
    guard all.allSatisfy(\.isFinite) else { throw PolicyError.nonFinite("a gradient") }
    state.withLock { state in
      for (index, position) in batch.selected.enumerated() {
        let last = Int(batch.tokens[position - 1])
        let temperature = batch.temperatures[index]
        let distribution = state.table.distribution(after: Int32(last), temperature: temperature)
        let toLog = Double(gradients.logProbabilities[index]) / Double(temperature)
        let toEntropy = Double(gradients.entropies?[index] ?? 0) / Double(temperature)
        let entropy = Double(distribution.entropy)
        for (next, logarithm) in distribution.logProbabilities.enumerated() {
          let probability = exponential(logarithm)
          let isDrawn = next == Int(batch.tokens[position])
          state.gradient[last * vocabularyCount + next] +=
            toLog * ((isDrawn ? 1 : 0) - probability)
            - toEntropy * probability * (logarithm + entropy)
        }
      }
    }
  }

  /// Moves the logits against the accumulated gradient.
  public func step(_ optimizer: OptimizerStep) async throws -> StepReport {
    state.withLock { state in
      let norm = state.gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let limit = optimizer.maximumGradientNorm.map(Double.init) ?? .infinity
      let scale = norm > limit ? limit / norm : 1
      if norm.isFinite {
        for index in state.gradient.indices {
          state.table.logits[index] -=
            Double(optimizer.learningRate) * scale * state.gradient[index]
        }
        state.version += 1
      }
      state.gradient = state.gradient.map { _ in 0 }
      return StepReport(
        gradientNorm: norm, clipScale: scale, applied: norm.isFinite, weightVersion: state.version)
    }
  }

  func check(_ tokens: [Int32]) throws(PolicyError) {
    if let id = tokens.first(where: { $0 < 0 || $0 >= vocabularyCount }) {
      throw .unknownToken(id: id, vocabularyCount: vocabularyCount)
    }
  }
}
