public import Trajectories

/// How good a trajectory was.
///
/// Every reward is a ``GroupReward`` too, one that judges each member for itself.
public protocol Reward: GroupReward {
  /// What its component is called in logs, in lower camel case.
  var name: String { get }

  /// Judges one trajectory. What can't be judged is ``Trajectories/Score/missing(reason:)``, not 0
  /// and not an error.
  ///
  /// - Throws: Only what should stop the run, and `CancellationError`.
  func report(on trajectory: Trajectory) async throws -> RewardReport
}

/// A score with everything that explains it.
public struct RewardReport: Sendable, Hashable, Codable {
  /// The total.
  public var score: Score
  /// Named parts, before weights.
  public var components: [RewardComponent]
  /// Credit for parts of the trajectory, in the same unit as the score.
  public var credits: [SpanCredit]
  /// Remarks for people.
  public var notes: [String]

  /// A report.
  public init(
    score: Score, components: [RewardComponent] = [], credits: [SpanCredit] = [],
    notes: [String] = []
  ) {
    self.score = score
    self.components = components
    self.credits = credits
    self.notes = notes
  }

  /// The score of the first part of that name, or `nil`.
  public subscript(component name: String) -> Score? {
    components.first { $0.name == name }?.score
  }
}

/// A named part of a reward.
public struct RewardComponent: Sendable, Hashable, Codable {
  /// The part's name.
  public let name: String
  /// The part's score.
  public let score: Score

  /// A named score.
  public init(name: String, score: Score) {
    self.name = name
    self.score = score
  }
}

/// Credit for one span of a trajectory, or for some of its tokens.
public struct SpanCredit: Sendable, Hashable, Codable {
  /// Index into the trajectory's spans.
  public let span: Int
  /// Which of the span's tokens; all of them when `nil`.
  public let tokens: Range<Int>?
  /// How much.
  public let value: Double

  /// Credit for a span or for tokens of it.
  public init(span: Int, tokens: Range<Int>? = nil, value: Double) {
    self.span = span
    self.tokens = tokens
    self.value = value
  }

  /// The same place with its value times a factor.
  func scaled(by factor: Double) -> SpanCredit {
    SpanCredit(span: span, tokens: tokens, value: factor * value)
  }
}
