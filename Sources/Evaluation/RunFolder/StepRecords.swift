/// What one step of training measured: everything here depends on the seed and the configuration
/// alone, never on the clock.
public struct MetricsRecord: RunRecord, Hashable {
  /// The step, from 1.
  public let step: Int
  /// Numbers by name, any names; ``MetricName`` lists those that the report knows.
  public let values: [String: Double]

  /// The numbers of a step.
  public init(step: Int, values: [String: Double]) {
    self.step = step
    self.values = values
  }

  /// The number of that name, if the step has it.
  public subscript(name: MetricName) -> Double? { values[name.rawValue] }
}

/// How long one step of training took.
public struct TimingRecord: RunRecord, Hashable {
  /// The step, from 1.
  public let step: Int
  /// Seconds by phase (``rollout``, ``learning``, ``total``), and ``tokensPerSecond``.
  public let seconds: [String: Double]

  /// Making the step's rollouts.
  public static let rollout = "rollout"
  /// Learning from them.
  public static let learning = "learning"
  /// The whole step.
  public static let total = "total"
  /// Sampled tokens per second of the rollout phase: the one entry that is not in seconds.
  public static let tokensPerSecond = "tokensPerSecond"

  /// The times of a step.
  public init(step: Int, seconds: [String: Double]) {
    self.step = step
    self.seconds = seconds
  }
}

/// Names of metrics that the report draws or adds up.
public enum MetricName: String, Sendable, Hashable, CaseIterable {
  /// Mean reward of the step's rollouts.
  case reward
  /// Fraction of rollouts that answered exactly right, 0…1.
  case exactMatch
  /// Mean number of searches a rollout made.
  case searchesPerQuestion
  /// Mean entropy of the policy's next token, in nats.
  case entropy
  /// Mean divergence from the reference policy, in nats a token.
  case kl
  /// Norm of the gradient before clipping.
  case gradientNorm
  /// Value of the objective.
  case loss
  /// Mean sampled tokens a rollout.
  case responseTokens
  /// Mean absolute difference between the sampler's and the learner's log-probabilities of the same
  /// token, in nats. 0 when both compute the same numbers.
  case drift
  /// Fraction of sampled tokens whose ratio was clipped, 0…1.
  case clippedFraction
  /// Learning rate.
  case learningRate
  /// How many rollouts the step made.
  case rollouts
  /// How many tokens the step sampled.
  case sampledTokens
  /// How many optimiser updates the step made.
  case updates
}
