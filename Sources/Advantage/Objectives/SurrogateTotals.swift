/// What every policy-gradient objective reports, summed over tokens.
struct SurrogateTotals {
  private var count = 0.0
  private var ratio = 0.0
  private var maximumRatio = 0.0
  private var clipped = 0.0
  private var dualClipped = 0.0
  private var k1 = 0.0
  private var k3 = 0.0
  private var advantage = 0.0
  private var correction = 0.0
  private var limited = 0.0
  private var chosen = 0.0

  /// Counts a token; `sequenceRatio` where the ratio is that of its row.
  mutating func add(
    _ token: TokenNumbers, _ term: TokenTerm, correction: Double, isLimited: Bool,
    sequenceRatio: Double? = nil
  ) {
    let logRatio = token.logRatio.clamped(to: logRatioRange)
    count += 1
    ratio += sequenceRatio ?? token.ratio
    maximumRatio = max(maximumRatio, sequenceRatio ?? token.ratio)
    clipped += term.isClipped ? 1 : 0
    dualClipped += term.isDualClipped ? 1 : 0
    k1 -= logRatio
    k3 += token.ratio - 1 - logRatio
    advantage += token.advantage
    self.correction += correction
    limited += isLimited ? 1 : 0
    chosen += token.isChosen ? 1 : 0
  }

  func diagnostics(
    loss: Double, for input: ObjectiveInput<Double>, correction: SamplerCorrection
  ) -> Diagnostics {
    var result = Diagnostics()
    result.addSum(.surrogateLoss, loss)
    if input.old != nil {
      result.addMean(.meanRatio, total: ratio, count: count)
      result.addMaximum(.maximumRatio, maximumRatio)
      result.addMean(.clipFraction, total: clipped, count: count)
      result.addMean(.dualClipFraction, total: dualClipped, count: count)
      result.addMean(.approximateKL, total: k1, count: count)
      result.addMean(.approximateKL3, total: k3, count: count)
    }
    result.addMean(.meanAdvantage, total: advantage, count: count)
    if correction != .none {
      result.addMean(.meanCorrection, total: self.correction, count: count)
      result.addMean(.correctedFraction, total: limited, count: count)
    }
    if input.chosen != nil { result.addMean(.chosenFraction, total: chosen, count: count) }
    return result
  }
}
