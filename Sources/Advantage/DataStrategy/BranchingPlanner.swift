/// Decides where a rollout forks: after tool results that left the policy unsure.
///
/// A group starts with `initial` rollouts and may grow to `total`. After each turn, every rollout
/// that goes on may fork up to `beam - 1` times:
///
///     u - weight * (entropy now - entropy of its first turn), held in 0...1, is at most probability
///
/// with `u` uniform in `0..<1`. When no rollout of the group goes on and places are left, one fresh
/// rollout starts from the prompt.
///
/// The planner is a pure function of entropies and random numbers; it knows no policy.
///
/// - Source: ARPO (arXiv 2507.19849); checked against its `vllm_rollout_with_tools.py`.
public struct BranchingPlanner: Sendable, Hashable, Codable {
  /// How many rollouts a group may have.
  public var total: Int
  /// How many it starts with.
  public var initial: Int
  /// Into how many a rollout may split at once, itself included.
  public var beam: Int
  /// How likely a fork is where the entropy has not changed.
  public var probability: Double
  /// By how much a rise of the normalised entropy by 1 makes a fork likelier.
  public var entropyWeight: Double

  /// A planner with the paper's numbers unless told otherwise.
  ///
  /// - Precondition: `0 < initial <= total`, `beam` is positive, the probability lies in `0...1`.
  public init(
    total: Int = 16, initial: Int = 8, beam: Int = 2, probability: Double = 0.5,
    entropyWeight: Double = 0.2
  ) {
    precondition(
      initial > 0 && initial <= total, "\(initial) rollouts don't fit a group of \(total)")
    precondition(beam > 0, "a rollout splits into at least itself, got \(beam)")
    precondition(
      (0...1).contains(probability) && entropyWeight.isFinite,
      "the probability must lie in 0...1 and the weight be finite, got \(probability), \(entropyWeight)"
    )
    self.total = total
    self.initial = initial
    self.beam = beam
    self.probability = probability
    self.entropyWeight = entropyWeight
  }

  /// A rollout that goes on after a turn.
  public struct Candidate: Sendable, Hashable {
    /// The rollout.
    public var rollout: Int
    /// The normalised entropy at the start of its first turn.
    public var initialEntropy: Double
    /// The normalised entropy at the start of the turn just taken.
    public var entropy: Double

    /// A rollout that goes on.
    public init(rollout: Int, initialEntropy: Double, entropy: Double) {
      self.rollout = rollout
      self.initialEntropy = initialEntropy
      self.entropy = entropy
    }
  }

  /// What to do after a turn.
  public struct Plan: Sendable, Hashable {
    /// The rollouts to fork, one entry per fork, in the order of the candidates.
    public var forks: [Int]
    /// How many rollouts to start from the prompt.
    public var fresh: Int

    /// A plan.
    public init(forks: [Int], fresh: Int) {
      self.forks = forks
      self.fresh = fresh
    }
  }

  /// How likely a rollout forks, in `0...1`.
  ///
  /// An entropy that is not finite counts as unchanged.
  public func forkProbability(_ candidate: Candidate) -> Double {
    // Held in 0...1, u - weight * change never exceeds a probability of 1.
    if probability >= 1 { return 1 }
    return (probability + shift(of: candidate)).clamped(to: 0...1)
  }

  /// What to do after a turn of one group.
  ///
  /// - Parameters:
  ///   - candidates: The rollouts that go on, in a fixed order.
  ///   - rollouts: How many rollouts the group has, finished ones included.
  ///   - uniform: The next number in `0..<1`; called once per possible fork.
  public func plan(
    for candidates: [Candidate], rollouts: Int, uniform: () -> Double
  ) -> Plan {
    var free = total - rollouts
    if free <= 0 { return Plan(forks: [], fresh: 0) }
    if candidates.isEmpty { return Plan(forks: [], fresh: 1) }
    var forks: [Int] = []
    for candidate in candidates {
      for _ in 0..<min(beam - 1, free) {
        let draw = (uniform() - shift(of: candidate)).clamped(to: 0...1)
        guard draw <= probability else { continue }
        forks.append(candidate.rollout)
        free -= 1
      }
    }
    return Plan(forks: forks, fresh: 0)
  }

  private func shift(of candidate: Candidate) -> Double {
    let change = candidate.entropy - candidate.initialEntropy
    return change.isFinite ? entropyWeight * change : 0
  }

  /// The entropy of a turn's first tokens, over the entropy of a uniform vocabulary.
  ///
  ///     -Σ over tokens and their alternatives of p log p, divided by log V
  ///
  /// A sum over tokens, not a mean, as in the original: compare turns of equally many tokens.
  ///
  /// - Parameters:
  ///   - alternatives: For each of the first tokens (20 in the original) the log-probabilities of
  ///     the likeliest alternatives (10 in the original); -∞ adds nothing.
  ///   - vocabularySize: At least 2.
  /// - Returns: 0 without tokens.
  public static func normalisedEntropy(
    of alternatives: [[Double]], vocabularySize: Int
  ) -> Double {
    precondition(vocabularySize >= 2, "a vocabulary has at least two tokens")
    let total = alternatives.joined().reduce(0.0) { sum, logP in
      logP == -.infinity ? sum : sum - exponential(logP) * logP
    }
    return total / Logistic.logarithm(Double(vocabularySize))
  }
}
