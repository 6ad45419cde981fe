internal import Trajectories

/// Variational sequence-level soft policy optimisation: the policy gradient, each sequence weighed
/// by a gamma-shaped function of its importance weight.
///
///     log w = sum over the row of (current - old), held within ln 1e-8 ... 20
///     φ(w)  = w^k exp(λ (1 - w))
///     l     = -sg(φ) A current
///
/// with one pair k, λ where `A >= 0` and another where `A < 0`. `φ(1) = 1`; it fades both for
/// sequences that have become much likelier and for those that have become much rarer. A correction
/// for the sampler multiplies w instead of the loss. A sequence is a row: the branches of a rollout
/// have weights of their own.
///
/// No gradient flows through the weight, so the gradient is not the derivative of the loss.
///
/// Diagnostics: those of ``TokenwiseObjective``, where `meanRatio` and `maximumRatio` are of w;
/// nothing is clipped.
///
/// - Source: arXiv 2602.10693; checked against TRL's `loss_type="vespo"`.
public struct VESPO: PolicyObjective, Hashable, Codable {
  /// The shape of a weight: `w^power · exp(decay · (1 - w))`.
  public struct Shape: Sendable, Hashable, Codable {
    /// k: how fast rare sequences fade.
    public var power: Double
    /// λ: how fast frequent sequences fade.
    public var decay: Double

    /// A shape.
    ///
    /// - Precondition: the power is not negative and the decay is positive.
    public init(power: Double, decay: Double) {
      precondition(
        power >= 0 && decay > 0,
        "the power can't be negative and the decay must be positive, got \(power) and \(decay)")
      self.power = power
      self.decay = decay
    }

    /// The weight of a sequence of this importance.
    func weight(logImportance: Double) -> Double {
      let exponent = decay + power * logImportance - decay * exponential(logImportance)
      return exponential(min(exponent, logRatioRange.upperBound))
    }
  }

  /// The shape where the advantage is positive or 0.
  public var positive: Shape
  /// The shape where the advantage is negative.
  public var negative: Shape
  /// How tokens are weighed that another policy than `old` drew.
  public var correction: SamplerCorrection

  /// Shapes of power 2 and decay 3 for positive, power 3 and decay 2 for negative advantages, and
  /// no correction, unless told otherwise.
  public init(
    positive: Shape = Shape(power: 2, decay: 3), negative: Shape = Shape(power: 3, decay: 2),
    correction: SamplerCorrection = .none
  ) {
    self.positive = positive
    self.negative = negative
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
    let bounds = logarithm(1e-8)...logRatioRange.upperBound
    var seen = SurrogateTotals()
    input.forEachRow { row, weight in
      let range = input.current.range(ofRow: row)
      var logImportance = 0.0
      for index in range {
        let difference = input.current.values[index] - old.values[index]
        logImportance += difference.clamped(to: logRatioRange)
        if let corrections {
          logImportance += logarithm(corrections.factors.values[index]).clamped(to: bounds)
        }
      }
      logImportance = logImportance.clamped(to: bounds)
      let up = positive.weight(logImportance: logImportance)
      let down = negative.weight(logImportance: logImportance)
      for index in range {
        let token = TokenNumbers(
          current: input.current.values[index], old: old.values[index],
          advantage: advantages.values[index])
        let pull = -(token.advantage >= 0 ? up : down) * token.advantage
        let term = TokenTerm(loss: pull * token.current, slope: pull)
        result.loss += weight * term.loss
        result.gradients.logProbabilities[index] = weight * term.slope
        seen.add(
          token, term, correction: corrections?.factors.values[index] ?? 1,
          isLimited: corrections?.limited[index] ?? false,
          sequenceRatio: exponential(logImportance))
      }
    }
    result.diagnostics = seen.diagnostics(
      loss: result.loss, for: input, correction: correction)
    return result
  }
}
