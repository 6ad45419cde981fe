public import Trajectories

/// What OpenRLHF does that no one else does.
///
/// - Source: OpenRLHF 0.11 `models/loss.py`.
public enum OpenRLHF {
  /// How tokens are weighed that the sampler drew with other probabilities than the trainer's.
  ///
  ///     w = exp(old - sampler)
  ///
  /// `vllm_is_correction_type`. The log-ratio is held within ±20.
  public enum SamplerWeighting: AdvantageWeighting, Hashable, Codable {
    /// Weights are moved into the range from both sides: `tis`. Everyone else truncates above only.
    case clamped(to: ClosedRange<Double>)
    /// Weights outside the range become 0: `icepop`.
    case masked(in: ClosedRange<Double>)
    /// Tokens keep their weights, however large; rows whose geometric mean of them is outside the
    /// range become 0: `seq-mask-tis`.
    case rowsMasked(in: ClosedRange<Double>)

    /// Old and the sampler's log-probabilities.
    public var needs: ObjectiveNeeds { [.old, .sampler] }

    /// One factor per token; 1 where a log-probability is not there.
    public func factors(for input: ObjectiveInput<Double>) -> Ragged<Double> {
      var factors = Array(repeating: 1.0, count: input.current.values.count)
      guard let old = input.old, let sampler = input.sampler else {
        return input.current.with(factors)
      }
      for row in 0..<input.current.rowCount {
        let tokens = input.current.range(ofRow: row)
        var sum = 0.0
        for token in tokens {
          let difference = old.values[token] - sampler.values[token]
          sum += difference
          factors[token] = limited(exponential(difference.clamped(to: logRatioRange)))
        }
        if case .rowsMasked(let range) = self {
          let mean = (sum / Double(max(tokens.count, 1))).clamped(to: logRatioRange)
          if !range.contains(exponential(mean)) { for token in tokens { factors[token] = 0 } }
        }
      }
      return input.current.with(factors)
    }

    private func limited(_ weight: Double) -> Double {
      switch self {
      case .clamped(let range): weight.clamped(to: range)
      case .masked(let range): range.contains(weight) ? weight : 0
      case .rowsMasked: weight
      }
    }
  }
}
