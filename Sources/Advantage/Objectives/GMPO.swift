internal import Trajectories

/// Geometric-mean policy optimisation: the ratio of a sequence is the geometric mean of its tokens'
/// ratios, each held on the side its advantage pulls to.
///
///     x = min(current - old, upper)     where A > 0
///         max(current - old, -lower)    where A < 0
///         0                             where A = 0
///     l = -mean(A) exp(mean(x))         of every token of the row
///
/// The bounds are of the log-ratio. The mean of x is held within ±20, with gradient 0 outside. A
/// sequence is a row: the branches of a rollout have ratios of their own. A correction for the
/// sampler enters as the geometric mean of the tokens' weights.
///
/// It belongs with ``LossAggregation/sequenceMeanTokenMean``, which makes the loss the mean over
/// rollouts.
///
/// Diagnostics: those of ``TokenwiseObjective``, where `meanRatio` and `maximumRatio` are of the
/// sequence; `clipFraction` counts tokens held on either side.
///
/// - Source: arXiv 2507.20673; checked against verl `compute_policy_loss_geo_mean`.
/// - Differs: verl averages over all rows, those without a selected token included: pass their
///   number as ``BatchCounts/sequences`` for that. It also counts tokens as clipped that lie
///   outside on the other side.
public struct GMPO: PolicyObjective, Hashable, Codable {
  /// How far below 0 a log-ratio may go.
  public var lower: Double
  /// How far above 0 a log-ratio may go.
  public var upper: Double
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// A surrogate with log-ratios in `-0.4...0.4` and no correction unless told otherwise.
  ///
  /// - Precondition: neither bound is negative.
  public init(
    lower: Double = 0.4, upper: Double = 0.4, correction: SamplerCorrection = .none
  ) {
    precondition(
      lower >= 0 && upper >= 0, "the bounds can't be negative, got \(lower) and \(upper)")
    self.lower = lower
    self.upper = upper
    self.correction = correction
  }

  /// Old log-probabilities and advantages, and the sampler's log-probabilities for a correction.
  public var needs: ObjectiveNeeds {
    correction == .none ? [.old, .advantages] : [.old, .advantages, .sampler]
  }

  /// The loss, its gradient, and what can be seen.
  ///
  /// - Complexity: O(N).
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let old = input.old, let advantages = input.advantages else { return result }
    let corrections = input.corrections(correction)
    var seen = SurrogateTotals()
    input.forEachRow { row, weight in
      let range = input.current.range(ofRow: row)
      let length = Double(range.count)
      let tokens = range.map {
        TokenNumbers(
          current: input.current.values[$0], old: old.values[$0], advantage: advantages.values[$0])
      }
      let logRatio = tokens.reduce(0) { $0 + held($1) } / length
      let ratio = exponential(logRatio.clamped(to: logRatioRange))
      let advantage = tokens.reduce(0) { $0 + $1.advantage } / length
      let factor = corrections.map { geometricMean($0.factors[row: row]) } ?? 1
      let loss = -advantage * ratio * factor
      let slope = logRatioRange.contains(logRatio) ? loss : 0
      result.loss += weight * length * loss
      for (index, token) in zip(range, tokens) {
        let isHeld = token.advantage == 0 || held(token) != token.logRatio
        // Every token of the row carries the row's loss, and a token has 1 / length of the mean.
        result.gradients.logProbabilities[index] = isHeld ? 0 : weight * slope
        seen.add(
          token, TokenTerm(loss: loss, slope: slope, isClipped: isHeld && token.advantage != 0),
          correction: factor, isLimited: corrections?.limited[index] ?? false,
          sequenceRatio: ratio)
      }
    }
    result.diagnostics = seen.diagnostics(
      loss: result.loss, for: input, correction: correction)
    return result
  }

  private func held(_ token: TokenNumbers) -> Double {
    if token.advantage == 0 { return 0 }
    return token.advantage > 0 ? min(token.logRatio, upper) : max(token.logRatio, -lower)
  }

  private func geometricMean(_ factors: ArraySlice<Double>) -> Double {
    exponential(factors.reduce(0) { $0 + logarithm($1) } / Double(factors.count))
  }
}
