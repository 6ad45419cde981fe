internal import Advantage
internal import Trajectories

extension PolicyImprovement {
  /// Stops a run whose sampler isn't the policy that learns, or is too far from it.
  func refuse(_ drift: SamplerDrift, isNarrow: Bool, step: Int) throws(RunError) {
    if isNarrow {
      guard drift.effectiveSampleSize >= sampleSizeLimit else {
        throw .sampleSize(
          step: step + 1, share: drift.effectiveSampleSize, limit: sampleSizeLimit)
      }
    } else {
      guard drift.maximumAbsoluteDifference <= driftLimit else {
        throw .drift(step: step + 1, largest: drift.maximumAbsoluteDifference, limit: driftLimit)
      }
    }
  }

  /// Stops a run that has too few scores to learn from.
  func refuseMissing(_ batch: RolloutBatch, step: Int) throws(RunError) {
    let scores = batch.trajectories.map(\.score)
    let reasons = scores.compactMap { score in
      if case .missing(let reason) = score { reason } else { nil }
    }
    if let reason = reasons.first, Double(reasons.count) > missingLimit * Double(scores.count) {
      throw .rewardsMissing(
        step: step + 1, missing: reasons.count, of: scores.count, reason: reason)
    }
  }
}

extension Trajectory {
  /// Whether narrow weights drew any of its tokens.
  var isSampledNarrowly: Bool {
    spans.contains { $0.sampling.map { $0.precision != .float32 } ?? false }
  }
}
