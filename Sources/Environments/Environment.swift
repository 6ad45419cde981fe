public import RandomStreams
public import Trajectories

/// A world that one agent acts in.
///
/// It speaks text, never tokens.
///
/// An environment value is one session: `reset` starts an episode and `step` answers one action.
/// After the end only `reset` begins anew; a `step` then changes nothing and repeats the end.
/// Copies are independent sessions.
public protocol Environment: Sendable {
  /// Starts an episode on a task and returns what the agent reads first.
  ///
  /// - Parameters:
  ///   - task: What the agent is asked to do.
  ///   - stream: The only source of randomness for this episode.
  mutating func reset(_ task: AgentTask, stream: RandomStream) async throws -> Observation

  /// Answers what the agent wrote in one turn.
  ///
  /// Nothing that an agent can write makes this throw: bad actions are answered in words and
  /// recorded as events. It throws only for what is not the agent's doing.
  ///
  /// - Throws: ``EnvironmentError/notStarted`` before the first reset, `CancellationError`.
  mutating func step(_ action: String) async throws -> EnvironmentStep

  /// Texts that end a turn: sampling stops after the first of them.
  var turnEnds: [String] { get }
}

/// What an agent reads.
public struct Observation: Sendable, Hashable {
  /// The words; may be empty.
  public let text: String
  /// Whose voice they are in.
  public let role: Role

  /// An observation.
  public init(_ text: String, role: Role = .tool) {
    self.text = text
    self.role = role
  }
}

/// How an environment answered.
public struct EnvironmentStep: Sendable, Hashable {
  /// What the agent reads next; ignored after the end.
  public let observation: Observation
  /// Whether the episode is over, and how; `nil` while it goes on.
  public let end: EpisodeEnd?
  /// Tool calls made on the way.
  public let events: [ToolEvent]

  /// An answer.
  public init(observation: Observation, end: EpisodeEnd? = nil, events: [ToolEvent] = []) {
    self.observation = observation
    self.end = end
    self.events = events
  }
}

/// How an episode ended.
public enum EpisodeEnd: Sendable, Hashable {
  /// The task reached an end of its own: what follows is worth nothing.
  case terminated
  /// Something ran out: what would have followed is unknown.
  case truncated(by: TruncationCause)
  /// The agent repeated itself.
  case looped
}

/// Why an environment could not be used.
public enum EnvironmentError: Error, Hashable, Sendable {
  /// An action came before the first reset.
  case notStarted
}

extension EnvironmentError: CustomStringConvertible {
  /// One sentence: what was found and what to do.
  public var description: String {
    switch self {
    case .notStarted: "an environment was stepped before it was reset; call reset with a task first"
    }
  }
}
