internal import Advantage
internal import Policy
internal import Trajectories
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Numbers of one step, averaged over its updates by the tokens of each.
struct StepMetrics {
  private(set) var updates = 0
  var drift: SamplerDrift?
  /// Whether narrow weights drew, whose tokens are weighed.
  var isNarrow = false
  private var diagnostics = Diagnostics()
  private var signal = Diagnostics()
  private var loss = 0.0
  private var norm = 0.0
  private var rate = 0.0
  private var entropy = (sum: 0.0, count: 0)
  private var divergence = (sum: 0.0, count: 0)

  mutating func addSignal(_ rows: ScoredRows) {
    signal += GroupSignal(rows).diagnostics
  }

  mutating func add(_ weights: CorrectionWeights) {
    diagnostics += weights.diagnostics
  }

  mutating func add(
    _ result: ObjectiveResult<Float>, report: StepReport, pass: PolicyPass,
    reference: Ragged<Float>?, learningRate: Float
  ) {
    updates += 1
    diagnostics += result.diagnostics
    loss += result.loss
    norm += report.gradientNorm
    rate = Double(learningRate)
    if let entropies = pass.entropies {
      entropy.sum += entropies.reduce(0) { $0 + Double($1) }
      entropy.count += entropies.count
    }
    if let reference {
      for (current, reference) in zip(pass.logProbabilities, reference.values) {
        let x = min(max(Double(reference) - Double(current), -20), 20)
        divergence.sum += exp(x) - x - 1
      }
      divergence.count += pass.logProbabilities.count
    }
  }

  /// All of them, under the names that reports know.
  var all: [String: Double] {
    let count = Double(max(updates, 1))
    var result = Dictionary(
      (signal + diagnostics).all.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    result["updates"] = Double(updates)
    result["loss"] = loss / count
    result["gradientNorm"] = norm / count
    result["learningRate"] = rate
    result["clippedFraction"] = diagnostics[.clipFraction]
    if entropy.count > 0 { result["entropy"] = entropy.sum / Double(entropy.count) }
    if divergence.count > 0 { result["kl"] = divergence.sum / Double(divergence.count) }
    if let drift {
      result["drift"] = drift.meanAbsoluteDifference
      result["driftMaximum"] = drift.maximumAbsoluteDifference
      if isNarrow { result["effectiveSampleSize"] = drift.effectiveSampleSize }
    }
    return result
  }
}
