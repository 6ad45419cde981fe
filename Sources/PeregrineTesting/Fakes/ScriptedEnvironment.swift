public import Environments
public import RandomStreams
public import Trajectories

/// A world that answers from a script, whatever the agent does.
///
/// After the last scripted step the episode is over by ``Trajectories/TruncationCause/turns``.
public struct ScriptedEnvironment: Environment {
  /// Texts that end a turn.
  public let turnEnds: [String]
  private let script: [EnvironmentStep]
  private var position: Int?
  private var end: EpisodeEnd?

  /// A world with a script.
  ///
  /// - Parameters:
  ///   - script: The answer to each turn; an end in it ends the episode.
  ///   - turnEnds: Texts that end a turn.
  public init(_ script: [EnvironmentStep], turnEnds: [String] = []) {
    self.script = script
    self.turnEnds = turnEnds
  }

  /// Goes back to the start of the script and shows the task's question.
  public mutating func reset(_ task: AgentTask, stream: RandomStream) async throws -> Observation {
    position = 0
    end = nil
    return Observation(task.question, role: .user)
  }

  /// The next scripted answer.
  public mutating func step(_ action: String) async throws -> EnvironmentStep {
    guard let position else { throw EnvironmentError.notStarted }
    if let end { return EnvironmentStep(observation: Observation(""), end: end) }
    self.position = position + 1
    guard position < script.count else {
      end = .truncated(by: .turns)
      return EnvironmentStep(observation: Observation(""), end: end)
    }
    end = script[position].end
    return script[position]
  }
}
