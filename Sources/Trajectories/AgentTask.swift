/// What an agent is asked to do, and how anyone can tell whether it did.
public struct AgentTask: Sendable, Hashable, Codable, Identifiable {
  /// A name unique within its set of tasks.
  public let id: String
  /// The question, in the words the agent reads.
  public let question: String
  /// Every answer that counts as right, the preferred one first.
  ///
  /// Empty when only a judge can tell.
  public let answers: [String]
  /// Facts about the task that reports group by (`"type": "bridge"`, `"pages": "2"`).
  ///
  /// The agent
  /// never sees them.
  public let labels: [String: String]

  /// A task with its accepted answers and the labels reports group by.
  public init(id: String, question: String, answers: [String], labels: [String: String] = [:]) {
    self.id = id
    self.question = question
    self.answers = answers
    self.labels = labels
  }
}
