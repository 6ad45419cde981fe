internal import Trajectories

/// Group sequence policy optimisation: one ratio for a whole sequence.
///
///     s = exp(mean over the row of (current - old))
///     l = max(-A s, -A clip(s, 1 - lower, 1 + upper))     of every token
///
/// The logarithm of `s` is held at 10 from above, with gradient 0 beyond. A sequence is a row: the
/// branches of a rollout have ratios of their own.
///
/// Each token's advantage may differ. Where it doesn't, both kinds of ``Gradient`` are equal.
/// With `.token` the gradient is not the derivative of the loss.
///
/// It belongs with ``LossAggregation/sequenceMeanTokenMean``. With
/// ``LossAggregation/sequenceMeanTokenSum`` and `.sequence` it is LUSPO, which weighs each
/// sequence's loss by its length so that long answers are not held back.
///
/// Diagnostics: those of ``TokenwiseObjective``, where `meanRatio` and `maximumRatio` are of `s`.
///
/// - Source: arXiv 2507.18071; LUSPO (arXiv 2602.05261); checked against verl
///   `compute_policy_loss_gspo` (token) and TRL's `importance_sampling_level="sequence"` (sequence).
/// - Differs: OpenRLHF and TRL do not hold `s`.
public struct GSPO: PolicyObjective, Hashable, Codable {
  /// Through what the gradient flows.
  public enum Gradient: String, Sendable, Hashable, Codable, CaseIterable {
    /// Through each token's own log-probability only: GSPO-token, `sg(s) current / sg(current)`.
    case token
    /// Through the mean, to every token of the row.
    case sequence
  }

  /// How far below 1 the ratio may go.
  public var lower: Double
  /// How far above 1 the ratio may go.
  public var upper: Double
  /// Through what the gradient flows.
  public var gradient: Gradient
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// A surrogate with the range `1 - 3e-4 ... 1 + 4e-4`, the sequence's gradient and no correction
  /// unless told otherwise.
  ///
  /// - Precondition: `lower` lies in `0...1`, `upper` is not negative.
  public init(
    lower: Double = 3e-4, upper: Double = 4e-4, gradient: Gradient = .sequence,
    correction: SamplerCorrection = .none
  ) {
    precondition((0...1).contains(lower), "the lower clip must lie in 0...1, got \(lower)")
    precondition(upper >= 0, "the upper clip can't be negative, got \(upper)")
    self.lower = lower
    self.upper = upper
    self.gradient = gradient
    self.correction = correction
  }

  /// Old log-probabilities and advantages, and the sampler's log-probabilities for a correction.
  public var needs: ObjectiveNeeds {
    correction == .none ? [.old, .advantages] : [.old, .advantages, .sampler]
  }

  /// `true`: a row's pull is a sum of multiples of its advantages.
  public var vanishesWithoutAdvantage: Bool { true }

  /// The loss, its gradient, and what can be seen.
  ///
  /// - Complexity: O(N).
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let old = input.old, let advantages = input.advantages else { return result }
    let corrections = input.corrections(correction)
    let range = (1 - lower)...(1 + upper)
    var seen = SurrogateTotals()
    input.forEachRow { row, weight in
      let logRatio = meanDifference(input.current[row: row], old[row: row])
      let ratio = exponential(logRatio.clamped(to: -Double.greatestFiniteMagnitude...10))
      let slope = logRatio <= 10 ? ratio : 0
      let tokens = input.current.range(ofRow: row)
      var shared = 0.0
      for index in tokens {
        let token = TokenNumbers(
          current: input.current.values[index], old: old.values[index],
          advantage: advantages.values[index])
        let (free, held) = (-token.advantage * ratio, -token.advantage * ratio.clamped(to: range))
        let term = TokenTerm(
          loss: max(free, held), slope: held > free ? 0 : -token.advantage * slope,
          isClipped: held > free)
        let factor = corrections?.factors.values[index] ?? 1
        result.loss += weight * factor * term.loss
        result.gradients.logProbabilities[index] = weight * factor * term.slope
        shared += weight * factor * term.slope
        seen.add(
          token, term, correction: factor, isLimited: corrections?.limited[index] ?? false,
          sequenceRatio: ratio)
      }
      if gradient == .sequence {
        for index in tokens {
          result.gradients.logProbabilities[index] = shared / Double(tokens.count)
        }
      }
    }
    result.diagnostics = seen.diagnostics(
      loss: result.loss, for: input, correction: correction)
    return result
  }
}

/// The mean of the differences of two rows of the same length, at least 1.
func meanDifference(_ left: ArraySlice<Double>, _ right: ArraySlice<Double>) -> Double {
  zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) } / Double(left.count)
}
