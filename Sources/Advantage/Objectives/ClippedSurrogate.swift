internal import Trajectories

/// Proximal policy optimisation's clipped surrogate.
///
///     R = exp(current - old)
///     l = max(-A R, -A clip(R, 1 - lower, 1 + upper))
///     l = min(l, -A dual)     where A < 0, if there is a dual clip
///
/// each times the weight that corrects for the sampler, if asked for.
///
/// A token pulled beyond the range in the direction of its advantage has gradient 0. The log-ratio
/// is held within ±20 before it is exponentiated, with gradient 0 outside.
///
/// Diagnostics: `surrogateLoss`, `meanRatio`, `maximumRatio`, `clipFraction`, `dualClipFraction`,
/// `approximateKL`, `approximateKL3`, `meanAdvantage`, and with a correction `meanCorrection` and
/// `correctedFraction`. Means are over the tokens that count.
///
/// - Source: arXiv 1707.06347; DAPO (arXiv 2503.14476) for a higher upper bound; arXiv 1912.09729
///   for the dual clip; checked against verl `trainer/ppo/core_algos.py`.
/// - Differs: The dual clip is off unless asked for; verl has it always on, at 3.
public struct ClippedSurrogate: PolicyObjective, Hashable, Codable {
  /// How far below 1 the ratio may go.
  public var lower: Double
  /// How far above 1 the ratio may go.
  public var upper: Double
  /// The most that a token of negative advantage may cost, in units of its advantage.
  public var dualClip: Double?
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// A surrogate with the range `0.8...1.2`, no dual clip and no correction unless told otherwise.
  ///
  /// - Parameters:
  ///   - lower: How far below 1 the ratio may go, in `0...1`.
  ///   - upper: How far above 1 the ratio may go, not negative.
  ///   - dualClip: The most that a token of negative advantage may cost, above 1; `nil` for no end.
  ///   - correction: How tokens are weighed that another policy than `old` drew.
  public init(
    lower: Double = 0.2, upper: Double = 0.2, dualClip: Double? = nil,
    correction: SamplerCorrection = .none
  ) {
    precondition((0...1).contains(lower), "the lower clip must lie in 0...1, got \(lower)")
    precondition(upper >= 0, "the upper clip can't be negative, got \(upper)")
    precondition(dualClip.map { $0 > 1 } ?? true, "the dual clip must exceed 1")
    self.lower = lower
    self.upper = upper
    self.dualClip = dualClip
    self.correction = correction
  }

  /// Old log-probabilities and advantages, and the sampler's log-probabilities for a correction.
  public var needs: ObjectiveNeeds {
    correction == .none ? [.old, .advantages] : [.old, .advantages, .sampler]
  }

  /// The loss, its gradient, and what can be seen.
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let old = input.old, let advantages = input.advantages else { return result }
    let sampler = correction == .none ? nil : input.sampler
    let corrections = sampler.map { correction.weights(trainer: old, sampler: $0) }
    let current = input.current.values
    let range = (1 - lower)...(1 + upper)
    var gradient = result.gradients.logProbabilities
    var loss = 0.0
    var seen = Totals()
    input.forEachToken { token, weight in
      let difference = current[token] - old.values[token]
      let advantage = advantages.values[token]
      let term = term(difference: difference, advantage: advantage, range: range)
      let correction = corrections?.factors.values[token] ?? 1
      loss += weight * correction * term.loss
      gradient[token] = weight * correction * term.gradient
      seen.add(term, advantage: advantage, difference: difference)
      if let corrections {
        seen.correction += correction
        if corrections.limited[token] { seen.limited += 1 }
      }
    }
    result.loss = loss
    result.gradients.logProbabilities = gradient
    result.diagnostics = seen.diagnostics(loss: loss, corrected: corrections != nil)
    return result
  }

  /// What one token adds.
  private struct Term {
    var loss: Double
    var gradient: Double
    var ratio: Double
    var clipped = false
    var dualClipped = false
  }

  private func term(
    difference: Double, advantage: Double, range: ClosedRange<Double>
  ) -> Term {
    let ratio = exponential(difference.clamped(to: logRatioRange))
    let free = -advantage * ratio
    let held = -advantage * ratio.clamped(to: range)
    var term = Term(
      loss: free, gradient: logRatioRange.contains(difference) ? free : 0, ratio: ratio)
    if held > free {
      term.loss = held
      term.gradient = 0
      term.clipped = true
    }
    if advantage < 0, let dualClip, -advantage * dualClip < term.loss {
      term.loss = -advantage * dualClip
      term.gradient = 0
      term.dualClipped = true
    }
    return term
  }

  /// Sums over tokens.
  private struct Totals {
    var count = 0.0
    var ratio = 0.0
    var maximumRatio = 0.0
    var clipped = 0.0
    var dualClipped = 0.0
    var k1 = 0.0
    var k3 = 0.0
    var advantage = 0.0
    var correction = 0.0
    var limited = 0.0

    mutating func add(_ term: Term, advantage: Double, difference: Double) {
      let logRatio = difference.clamped(to: logRatioRange)
      count += 1
      ratio += term.ratio
      maximumRatio = max(maximumRatio, term.ratio)
      clipped += term.clipped ? 1 : 0
      dualClipped += term.dualClipped ? 1 : 0
      k1 -= logRatio
      k3 += term.ratio - 1 - logRatio
      self.advantage += advantage
    }

    func diagnostics(loss: Double, corrected: Bool) -> Diagnostics {
      var result = Diagnostics()
      result.addSum(.surrogateLoss, loss)
      result.addMean(.meanRatio, total: ratio, count: count)
      result.addMaximum(.maximumRatio, maximumRatio)
      result.addMean(.clipFraction, total: clipped, count: count)
      result.addMean(.dualClipFraction, total: dualClipped, count: count)
      result.addMean(.approximateKL, total: k1, count: count)
      result.addMean(.approximateKL3, total: k3, count: count)
      result.addMean(.meanAdvantage, total: advantage, count: count)
      if corrected {
        result.addMean(.meanCorrection, total: correction, count: count)
        result.addMean(.correctedFraction, total: limited, count: count)
      }
      return result
    }
  }
}
