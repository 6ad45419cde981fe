// An engine of one's own behind the three verbs of a learning policy: here one logit per token,
// whatever came before. Replace its arithmetic by calls into a framework or to a server.
import Foundation
import Policy
import PeregrineTesting
import Synchronization
import Trajectories

final class UnigramPolicy: LearningPolicy {
  private struct State {
    var logits: [Double]
    var gradient: [Double]
    var version = 0
    var passes = 0
  }

  private let reference: [Double]
  private let state: Mutex<State>

  init(vocabularyCount: Int) {
    reference = Array(repeating: 0, count: vocabularyCount)
    state = Mutex(State(logits: reference, gradient: reference))
  }

  let capabilities: PolicyCapabilities = []
  var weightVersion: Int { state.withLock { $0.version } }

  func forward(
    _ batch: PackedBatch, weights: WeightReference, outputs: PolicyCapabilities, gradient: Bool
  ) throws -> PolicyPass {
    guard outputs.isEmpty else { throw PolicyError.missingCapability("more than probabilities") }
    let (logits, id) = state.withLock { state in
      state.passes += 1
      return (weights == .current ? state.logits : reference, state.passes)
    }
    if let id = batch.tokens.first(where: { !logits.indices.contains(Int($0)) }) {
      throw PolicyError.unknownToken(id: id, vocabularyCount: logits.count)
    }
    let logProbabilities = zip(batch.targets, batch.temperatures).map { target, temperature in
      Float(log(probabilities(logits, temperature)[Int(target)]))
    }
    return PolicyPass(id: id, batch: batch, logProbabilities: logProbabilities)
  }

  func backward(_ pass: PolicyPass, _ gradients: PolicyGradients) throws {
    guard gradients.logProbabilities.allSatisfy(\.isFinite) else {
      throw PolicyError.nonFinite("a gradient of a log-probability")
    }
    state.withLock { state in
      for (index, target) in pass.batch.targets.enumerated() {
        let temperature = pass.batch.temperatures[index]
        let pull = Double(gradients.logProbabilities[index]) / Double(temperature)
        for (id, probability) in probabilities(state.logits, temperature).enumerated() {
          state.gradient[id] += pull * ((id == Int(target) ? 1 : 0) - probability)
        }
      }
    }
  }

  func step(_ optimizer: OptimizerStep) -> StepReport {
    state.withLock { state in
      let norm = sqrt(state.gradient.reduce(0) { $0 + $1 * $1 })
      let limit = optimizer.maximumGradientNorm.map(Double.init) ?? .infinity
      let scale = norm > limit ? limit / norm : 1
      if norm.isFinite {
        for id in state.logits.indices {
          state.logits[id] -= Double(optimizer.learningRate) * scale * state.gradient[id]
        }
        state.version += 1
      }
      state.gradient = reference.map { _ in 0 }
      return StepReport(
        gradientNorm: norm, clipScale: scale, applied: norm.isFinite, weightVersion: state.version)
    }
  }

  private func probabilities(_ logits: [Double], _ temperature: Float) -> [Double] {
    let peak = logits.max() ?? 0
    let powers = logits.map { exp(($0 - peak) / Double(temperature)) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

let batch = PackedBatch(rows: [[1, 2, 3], [1, 3, 3, 0]], selections: [[1, 2], [2, 3]])
for violation in await checkLearningPolicy(UnigramPolicy(vocabularyCount: 5), batch: batch) {
  print(violation)
}
