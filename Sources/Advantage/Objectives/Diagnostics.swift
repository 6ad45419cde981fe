/// Named numbers about a loss.
///
/// Those of micro-batches add up to those of the batch.
public struct Diagnostics: Sendable, Hashable {
  /// The name of a number, as it appears in metrics.
  public struct Name: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
    /// The name.
    public let rawValue: String
    /// A name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A name.
    public init(stringLiteral value: String) { rawValue = value }
  }

  /// One number, kept so that it can be combined with the same number of other micro-batches.
  private enum Measure: Sendable, Hashable {
    case mean(total: Double, count: Double)
    case sum(Double)
    case maximum(Double)

    var value: Double? {
      switch self {
      case .mean(let total, let count): count > 0 ? total / count : nil
      case .sum(let value), .maximum(let value): value
      }
    }

    func combined(with other: Measure) -> Measure {
      switch (self, other) {
      case (.mean(let total, let count), .mean(let otherTotal, let otherCount)):
        .mean(total: total + otherTotal, count: count + otherCount)
      case (.sum(let value), .sum(let other)): .sum(value + other)
      case (.maximum(let value), .maximum(let other)): .maximum(max(value, other))
      default: preconditionFailure("a diagnostic can't be a mean in one place and not in another")
      }
    }
  }

  private var order: [Name] = []
  private var measures: [Name: Measure] = [:]

  /// No numbers.
  public init() {}

  /// The names, in the order they were added.
  public var names: [Name] { order }

  /// A number; `nil` when it was never added, or is a mean of nothing.
  public subscript(name: Name) -> Double? { measures[name]?.value }

  /// The numbers that have a value, in order.
  public var all: [(name: String, value: Double)] {
    order.compactMap { name in self[name].map { (name.rawValue, $0) } }
  }

  /// Adds to a mean: `total` over `count` tokens.
  public mutating func addMean(_ name: Name, total: Double, count: Double) {
    add(name, .mean(total: total, count: count))
  }

  /// Adds to a sum.
  public mutating func addSum(_ name: Name, _ value: Double) { add(name, .sum(value)) }

  /// Raises a maximum.
  public mutating func addMaximum(_ name: Name, _ value: Double) { add(name, .maximum(value)) }

  private mutating func add(_ name: Name, _ measure: Measure) {
    if let present = measures[name] {
      measures[name] = present.combined(with: measure)
    } else {
      order.append(name)
      measures[name] = measure
    }
  }

  /// Adds the numbers of another micro-batch.
  public static func += (left: inout Diagnostics, right: Diagnostics) {
    for name in right.order {
      if let measure = right.measures[name] { left.add(name, measure) }
    }
  }

  /// The numbers of two micro-batches together.
  public static func + (left: Diagnostics, right: Diagnostics) -> Diagnostics {
    var result = left
    result += right
    return result
  }
}

extension Diagnostics.Name {
  /// The surrogate's share of the loss, before any coefficient.
  public static let surrogateLoss: Self = "loss/surrogate"
  /// The divergence from the reference as the loss weighs tokens, before any coefficient.
  public static let klPenalty: Self = "loss/kl"
  /// The entropy as the loss weighs tokens, before any coefficient.
  public static let entropyBonus: Self = "loss/entropy"
  /// The critic's loss, before any coefficient.
  public static let valueLoss: Self = "loss/value"
  /// The negative log-likelihood of demonstrations, before any coefficient.
  public static let imitationLoss: Self = "loss/imitation"
  /// The negative log-likelihood of the environment's tokens, before any coefficient.
  public static let observationLoss: Self = "loss/observation"

  /// Mean of the probability ratio current / old over tokens.
  public static let meanRatio: Self = "ratio/mean"
  /// Largest probability ratio current / old.
  public static let maximumRatio: Self = "ratio/max"
  /// Share of tokens whose ratio the clip range stopped.
  public static let clipFraction: Self = "clip/fraction"
  /// Share of tokens that the dual clip stopped.
  public static let dualClipFraction: Self = "clip/dual_fraction"
  /// Mean of old - current over tokens: the k1 estimate of the divergence of old from current.
  public static let approximateKL: Self = "kl/old_k1"
  /// Mean of ratio - 1 - log ratio over tokens: the k3 estimate of the same.
  public static let approximateKL3: Self = "kl/old_k3"
  /// Share of tokens that were picked out of the batch.
  public static let chosenFraction: Self = "chosen/fraction"
  /// Mean advantage over tokens.
  public static let meanAdvantage: Self = "advantage/mean"
  /// Mean entropy over tokens, in nats.
  public static let entropy: Self = "entropy/mean"
  /// Mean weight that corrects for the sampler.
  public static let meanCorrection: Self = "sampler/mean_weight"
  /// Share of tokens whose correction was limited or dropped.
  public static let correctedFraction: Self = "sampler/limited_fraction"
  /// Share of tokens where the value's clip range held the critic back.
  public static let valueClipFraction: Self = "value/clip_fraction"
  /// Mean distance between value and return over tokens.
  public static let meanValueError: Self = "value/mean_absolute_error"

  /// Share of groups whose scores differ.
  public static let groupsWithSignal: Self = "groups/with_signal"
  /// Share of groups whose members are all right.
  public static let groupsAllRight: Self = "groups/all_right"
  /// Share of groups whose members are all wrong.
  public static let groupsAllWrong: Self = "groups/all_wrong"
  /// Share of groups whose members all have another equal score.
  public static let groupsAllAlike: Self = "groups/all_alike"
  /// Share of groups with fewer than two scores.
  public static let groupsWithTooFewScores: Self = "groups/too_few_scores"
  /// Share of rollouts without a score.
  public static let scoresMissing: Self = "scores/missing"
}
