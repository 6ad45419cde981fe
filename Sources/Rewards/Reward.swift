public import Trajectories

/// How good a trajectory was.
public protocol Reward: Sendable {
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

/// Credit for one span of a trajectory.
public struct SpanCredit: Sendable, Hashable, Codable {
  /// Index into the trajectory's spans.
  public let span: Int
  /// How much.
  public let value: Double

  /// Credit for a span.
  public init(span: Int, value: Double) {
    self.span = span
    self.value = value
  }
}
