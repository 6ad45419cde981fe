internal import Trajectories

/// What prime-rl does that no one else does.
///
/// - Source: prime-rl 0.8.0 `trainer/rl/loss.py`.
public enum PrimeRL {
  /// A policy gradient through the importance ratio, inside a region of trust over probabilities,
  /// with a quadratic pull back to the sampler.
  ///
  ///     d = current - sampler
  ///     l = -keep A exp(d) + pull d²
  ///
  /// `keep` is 0 where the probability `exp(current)` has left the region around `exp(sampler)`,
  /// else 1; the gradient flows through the ratio. There is no clip and no separate old policy: the
  /// sampler is the anchor. The log-ratio is held within ±20 inside the exponential, with gradient 0
  /// outside.
  ///
  /// The original sums over tokens and divides by the number of tokens of the whole batch:
  /// ``LossAggregation/tokenMean``.
  ///
  /// Diagnostics: `surrogateLoss`, `outsideFraction`, `outsideLowFraction`, `outsideHighFraction`,
  /// `outsideDrift`, `insideDrift`, and with ``Signal/reference`` `teacherLead`.
  ///
  /// - Source: arXiv 2602.04879 for the region, arXiv 2602.02276 for the quadratic term.
  /// - Differs: The original doesn't hold the log-ratio. Its `ipo_loss_fn` has nothing to do with
  ///   the preference loss of that name.
  public struct TrustRegionLoss: PolicyObjective, Hashable, Codable {
    /// Where the gradient stops.
    public enum Region: Sendable, Hashable, Codable {
      /// A token pushed up stops when its probability rose by more than `upper`, any other when it
      /// fell by more than `lower`: `default_loss_fn`.
      case towardsAdvantage(lower: Double, upper: Double)
      /// Any token stops when its probability moved by more than this: `ipo_loss_fn`.
      case symmetric(Double)
      /// Any token stops when its probability fell by more than this: `ref_kl_loss_fn`.
      case falling(Double)
    }

    /// What pulls on a token.
    public enum Signal: String, Sendable, Hashable, Codable, CaseIterable {
      /// Its advantage.
      case advantages
      /// How much likelier a teacher finds it, `reference - current`, as a constant: on-policy
      /// distillation.
      case reference
    }

    /// Where the gradient stops.
    public var region: Region
    /// What pulls on a token.
    public var signal: Signal
    /// The coefficient of the squared log-ratio.
    public var pull: Double

    /// A loss with the region 0.2 and the pull 0.001 of prime-rl, unless told otherwise.
    ///
    /// - Precondition: bounds of the region and the pull are not negative.
    public init(
      region: Region = .towardsAdvantage(lower: 0.2, upper: 0.2), signal: Signal = .advantages,
      pull: Double = 1e-3
    ) {
      let bounds =
        switch region {
        case .towardsAdvantage(let lower, let upper): [lower, upper]
        case .symmetric(let bound), .falling(let bound): [bound]
        }
      precondition(
        pull >= 0 && bounds.allSatisfy { $0 >= 0 },
        "a region of trust and its pull can't be negative, got \(region) and \(pull)")
      self.region = region
      self.signal = signal
      self.pull = pull
    }

    /// The sampler's log-probabilities, and advantages or the teacher's log-probabilities.
    public var needs: ObjectiveNeeds {
      signal == .advantages ? [.sampler, .advantages] : [.sampler, .reference]
    }

    /// The loss, its gradient, and what can be seen.
    public func result(for input: ObjectiveInput<Double>) -> ObjectiveResult<Double> {
      var result = ObjectiveResult<Double>(unmoved: input)
      let signals = signal == .advantages ? input.advantages : input.reference
      guard let sampler = input.sampler, let signals else { return result }
      let current = input.current.values
      var gradient = result.gradients.logProbabilities
      var loss = 0.0
      var seen = Totals()
      input.forEachToken { token, weight in
        let difference = current[token] - sampler.values[token]
        let pulled =
          signal == .advantages ? signals.values[token] : signals.values[token] - current[token]
        let held = difference.clamped(to: logRatioRange)
        let ratio = exponential(held)
        let side = side(
          movedBy: exponential(current[token]) - exponential(sampler.values[token]), pulled: pulled)
        let surrogate = side == .inside ? -pulled * ratio : 0
        loss += weight * (surrogate + pull * difference * difference)
        gradient[token] =
          weight * ((held == difference ? surrogate : 0) + 2 * pull * difference)
        seen.add(side, drift: ratio - 1 - held, pulled: pulled)
      }
      result.loss = loss
      result.gradients.logProbabilities = gradient
      result.diagnostics = seen.diagnostics(loss: loss, signal: signal)
      return result
    }

    private enum Side { case inside, below, above }

    private func side(movedBy move: Double, pulled: Double) -> Side {
      switch region {
      case .towardsAdvantage(let lower, let upper):
        if pulled > 0 { return move > upper ? .above : .inside }
        return move < -lower ? .below : .inside
      case .symmetric(let bound):
        return move > bound ? .above : move < -bound ? .below : .inside
      case .falling(let bound):
        return move < -bound ? .below : .inside
      }
    }

    private struct Totals {
      var (count, outside, low, high) = (0.0, 0.0, 0.0, 0.0)
      var (insideDrift, outsideDrift, pulled) = (0.0, 0.0, 0.0)

      mutating func add(_ side: Side, drift: Double, pulled: Double) {
        count += 1
        self.pulled += pulled
        if side == .inside {
          insideDrift += drift
        } else {
          outside += 1
          outsideDrift += drift
          // Where nothing pulls, the region holds nothing back.
          low += side == .below && pulled != 0 ? 1 : 0
          high += side == .above ? 1 : 0
        }
      }

      func diagnostics(loss: Double, signal: Signal) -> Diagnostics {
        var result = Diagnostics()
        result.addSum(.surrogateLoss, loss)
        result.addMean(.outsideFraction, total: outside, count: count)
        result.addMean(.outsideLowFraction, total: low, count: count)
        result.addMean(.outsideHighFraction, total: high, count: count)
        result.addMean(.outsideDrift, total: outsideDrift, count: outside)
        result.addMean(.insideDrift, total: insideDrift, count: count - outside)
        if signal == .reference {
          result.addMean(.teacherLead, total: pulled, count: count)
        }
        return result
      }
    }
  }
}

extension Diagnostics.Name {
  /// Share of tokens whose probability left the region of trust.
  public static let outsideFraction: Self = "trust_region/outside_fraction"
  /// Share of tokens with something to pull on them whose probability fell out of the region.
  public static let outsideLowFraction: Self = "trust_region/outside_low_fraction"
  /// Share of tokens whose probability rose out of the region.
  public static let outsideHighFraction: Self = "trust_region/outside_high_fraction"
  /// Mean k3 between trainer and sampler over tokens outside the region.
  public static let outsideDrift: Self = "trust_region/outside_k3"
  /// Mean k3 between trainer and sampler over tokens inside the region.
  public static let insideDrift: Self = "trust_region/inside_k3"
  /// Mean of teacher minus current log-probability over tokens.
  public static let teacherLead: Self = "teacher/lead"
}

extension PolicyGradientRecipe {
  /// prime-rl's GRPO with its defaults.
  ///
  /// | choice | value |
  /// | --- | --- |
  /// | baseline, scale | mean of the group; unscaled |
  /// | lone member | 0 |
  /// | clip | none: a region of trust of 0.2 in probability around the sampler |
  /// | divergence | 0.001 times the squared log-ratio to the sampler |
  /// | average | all tokens |
  ///
  /// - Source: prime-rl 0.8 `orchestrator/algo/grpo.py`, `trainer/rl/loss.py`.
  public static var primeRL: PolicyGradientRecipe {
    PolicyGradientRecipe(
      "primeRL", source: "prime-rl 0.8", estimator: GroupRelative(scale: .none, tolerance: 0),
      surrogate: PrimeRL.TrustRegionLoss())
  }
}
