import Foundation
import Policy
import RandomStreams
import Synchronization
import Trajectories

/// A policy whose log-probability of a token depends on that token alone, and whose numbers at
/// tokens of the world can be changed without changing any other.
///
///     log p(t) = logits[t] / T − ln Σ exp(logits / T)  (+ disturbance, for a token of the world)
///
/// Tokens below ``worldTokens`` are the agent's, the others the world's. Gradients are in Double and
/// kept for the tests to look at.
final class UnigramPolicy: LearningPolicy {
  static let vocabularyCount = 16
  static let worldTokens: Int32 = 8

  private struct State {
    var logits: [Double]
    var gradient: [Double]
    var version = 0
    var lastGradient: [Double] = []
  }

  private let disturbance: Float
  private let reference: [Double]
  private let state: Mutex<State>

  init(disturbance: Float = 0) {
    self.disturbance = disturbance
    var stream = RandomStream(seed: 6)
    let logits = (0..<Self.vocabularyCount).map { _ in stream.normal() }
    reference = logits.map { _ in stream.normal() }
    state = Mutex(State(logits: logits, gradient: logits.map { _ in 0 }))
  }

  let capabilities: PolicyCapabilities = .entropies
  var weightVersion: Int { state.withLock(\.version) }

  /// The gradient that the last step was taken along.
  var lastGradient: [Double] { state.withLock(\.lastGradient) }

  /// What a sampler on these weights records for a token.
  func recorded(_ token: Int32) -> Float {
    Float(Self.distribution(state.withLock(\.logits))[Int(token)])
  }

  private static func distribution(_ logits: [Double], temperature: Float = 1) -> [Double] {
    let scaled = logits.map { $0 / Double(temperature) }
    let normalizer = log(scaled.reduce(0) { $0 + exp($1) })
    return scaled.map { $0 - normalizer }
  }

  func forward(
    _ batch: PackedBatch, weights: WeightReference, outputs: PolicyCapabilities, gradient: Bool
  ) async throws -> PolicyPass {
    let logits = weights == .current ? state.withLock(\.logits) : reference
    var logProbabilities: [Float] = []
    var entropies: [Float] = []
    for (token, temperature) in zip(batch.targets, batch.temperatures) {
      let logarithms = Self.distribution(logits, temperature: temperature)
      let off = token >= Self.worldTokens ? disturbance : 0
      logProbabilities.append(Float(logarithms[Int(token)]) + off)
      entropies.append(Float(-logarithms.reduce(0) { $0 + exp($1) * $1 }) + off)
    }
    return PolicyPass(
      id: 0, batch: batch, logProbabilities: logProbabilities,
      entropies: outputs.contains(.entropies) ? entropies : nil)
  }

  func backward(_ pass: PolicyPass, _ gradients: PolicyGradients) async throws {
    state.withLock { state in
      for (index, token) in pass.batch.targets.enumerated() {
        let temperature = pass.batch.temperatures[index]
        let logarithms = Self.distribution(state.logits, temperature: temperature)
        let slope = Double(gradients.logProbabilities[index]) / Double(temperature)
        for next in state.logits.indices {
          state.gradient[next] += slope * ((next == Int(token) ? 1 : 0) - exp(logarithms[next]))
        }
      }
    }
  }

  func step(_ optimizer: OptimizerStep) async throws -> StepReport {
    state.withLock { state in
      let norm = state.gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for index in state.logits.indices {
        state.logits[index] -= Double(optimizer.learningRate) * state.gradient[index]
      }
      state.version += 1
      state.lastGradient = state.gradient
      state.gradient = state.gradient.map { _ in 0 }
      return StepReport(
        gradientNorm: norm, clipScale: 1, applied: true, weightVersion: state.version)
    }
  }
}
