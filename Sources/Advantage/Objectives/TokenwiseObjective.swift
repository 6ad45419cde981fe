internal import Trajectories

/// An objective whose loss is a weighted sum over tokens, each judged alone.
///
/// Conform by writing ``term(for:)``: the sum, the sampler's correction and the diagnostics come
/// with it.
///
///     loss = sum over rows, tokens of   row weight · correction · term(token).loss
///
/// Diagnostics: `surrogateLoss`, `meanAdvantage`; where old log-probabilities are there,
/// `meanRatio`, `maximumRatio`, `clipFraction`, `dualClipFraction`, `approximateKL`,
/// `approximateKL3`; with a correction `meanCorrection` and `correctedFraction`; where tokens were
/// chosen, `chosenFraction`. Means are over the tokens that count.
public protocol TokenwiseObjective: PolicyObjective {
  /// How tokens are weighed that another policy than `old` drew.
  var correction: SamplerCorrection { get }

  /// What one token costs, and how that changes with its current log-probability.
  func term(for token: TokenNumbers) -> TokenTerm
}

/// What a token-wise objective reads of one token.
public struct TokenNumbers: Sendable, Hashable {
  /// Its log-probability under the weights being trained.
  public let current: Double
  /// Its log-probability before the first update; `current` where there is none.
  public let old: Double
  /// What it deserves.
  public let advantage: Double
  /// `exp(current - old)`, with the difference held within ±20.
  public let ratio: Double
  /// Whether it is among the input's chosen tokens.
  public let isChosen: Bool

  /// The numbers of one token.
  public init(current: Double, old: Double, advantage: Double, isChosen: Bool = false) {
    self.current = current
    self.old = old
    self.advantage = advantage
    self.isChosen = isChosen
    ratio = exponential((current - old).clamped(to: logRatioRange))
  }

  /// Current minus old, in nats.
  public var logRatio: Double { current - old }

  /// The derivative of ``ratio`` by the current log-probability: the ratio, or 0 where the
  /// difference is held.
  public var ratioSlope: Double { logRatioRange.contains(logRatio) ? ratio : 0 }
}

/// What one token adds to a loss, before any weight.
public struct TokenTerm: Sendable, Hashable {
  /// What it costs.
  public var loss: Double
  /// What the current log-probability's gradient is.
  ///
  /// Where a stop-gradient is part of a definition this is not the derivative of `loss`.
  public var slope: Double
  /// Whether a trust region stopped it.
  public var isClipped: Bool
  /// Whether a bound on what a token of negative advantage may cost stopped it.
  public var isDualClipped: Bool

  /// A cost and its slope.
  public init(
    loss: Double, slope: Double, isClipped: Bool = false, isDualClipped: Bool = false
  ) {
    self.loss = loss
    self.slope = slope
    self.isClipped = isClipped
    self.isDualClipped = isDualClipped
  }

  /// No cost and no pull.
  static let nothing = TokenTerm(loss: 0, slope: 0)
}

extension TokenwiseObjective {
  /// Old log-probabilities and advantages, and the sampler's log-probabilities for a correction.
  public var needs: ObjectiveNeeds {
    correction == .none ? [.old, .advantages] : [.old, .advantages, .sampler]
  }

  /// The loss, its gradient, and what can be seen.
  ///
  /// - Complexity: O(N).
  public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
    var result = ObjectiveResult<Double>(unmoved: input)
    guard let advantages = input.advantages?.values else { return result }
    let current = input.current.values
    let old = input.old?.values
    let corrections = input.corrections(correction)
    var gradient = result.gradients.logProbabilities
    var seen = SurrogateTotals()
    var loss = 0.0
    input.forEachToken { index, weight in
      let token = TokenNumbers(
        current: current[index], old: old?[index] ?? current[index],
        advantage: advantages[index], isChosen: input.chosen?.contains(index) ?? false)
      let term = term(for: token)
      let factor = corrections?.factors.values[index] ?? 1
      loss += weight * factor * term.loss
      gradient[index] = weight * factor * term.slope
      seen.add(token, term, correction: factor, isLimited: corrections?.limited[index] ?? false)
    }
    result.loss = loss
    result.gradients.logProbabilities = gradient
    result.diagnostics = seen.diagnostics(loss: loss, for: input, correction: correction)
    return result
  }
}

extension ObjectiveInput where Number == Double {
  /// The weights that correct for the sampler, if any are asked for.
  func corrections(
    _ correction: SamplerCorrection
  ) -> (factors: Ragged<Double>, limited: [Bool])? {
    guard correction != .none, let old, let sampler else { return nil }
    return correction.weights(trainer: old, sampler: sampler)
  }
}
