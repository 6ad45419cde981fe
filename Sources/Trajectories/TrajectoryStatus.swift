/// How a trajectory ended.
///
/// The loss, the metrics and the reports all see which.
public enum TrajectoryStatus: Sendable, Hashable, Codable {
  /// The agent finished: it answered, or the world said that the task is over.
  case completed
  /// Something ran out before the agent finished.
  case truncated(by: TruncationCause)
  /// The agent repeated itself until the loop detector ended it.
  case looped
  /// Somebody cancelled it.
  case aborted
  /// It broke through no choice of the agent.
  case failed(FailureKind)

  /// Whether the agent came to an end of its own.
  public var isCompleted: Bool { self == .completed }
}

/// What ran out.
public enum TruncationCause: String, Sendable, Hashable, Codable, CaseIterable {
  /// The number of turns.
  case turns
  /// Tokens in one turn.
  case turnTokens
  /// Tokens in the context.
  case context
  /// Wall-clock time.
  case time
}

/// Whose fault a failed trajectory was: only infrastructure is worth another try.
public enum FailureKind: Sendable, Hashable, Codable {
  /// A server, a network, a disk.
  case infrastructure(String)
  /// The policy produced something unusable (non-finite numbers, unknown ids).
  case model(String)
  /// The environment's own logic.
  case environment(String)
}
