public import Trajectories

extension HighEntropyTokens {
  /// Which tokens TRL keeps. `[N]`
  ///
  /// It takes the quantile in single precision and compares the entropies themselves with it, so the
  /// token that is the quantile is dropped where rounding moved the threshold above it.
  ///
  /// - Source: TRL `trainer/grpo_trainer.py` (`get_high_entropy_mask`).
  public func keptLikeTRL(_ entropies: Ragged<Double>) -> Ragged<Bool> {
    let sorted = entropies.values.map { Float($0) }.sorted()
    guard let last = sorted.last else { return entropies.with([]) }
    let place = Float(1 - share) * Float(sorted.count - 1)
    let below = Int(place)
    var threshold = last
    if below + 1 < sorted.count {
      let (low, high) = (sorted[below], sorted[below + 1])
      let part = place - Float(below)
      threshold = part < 0.5 ? low + part * (high - low) : high - (high - low) * (1 - part)
    }
    return entropies.with(entropies.values.map { $0 >= Double(threshold) })
  }
}
