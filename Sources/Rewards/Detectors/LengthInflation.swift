public import Trajectories

/// Saying more than there is to say.
///
///     severity  = the larger of excess and echo
///     excess    = max(0, 1 − allowedWords / words)
///     echo      = share of four-word sequences that occurred before, less `allowedEcho`
///
/// Read in the agent's last turn. `allowedWords` can depend on the task.
public struct LengthInflation: BehaviorDetector {
  /// `lengthInflation`.
  public var name: String { "lengthInflation" }
  /// The share of repeated sequences that is normal, in 0…1.
  public let allowedEcho: Double
  private let allowedWords: @Sendable (AgentTask) -> Int

  /// A detector.
  ///
  /// - Parameters:
  ///   - allowedEcho: The share of repeated sequences that is normal.
  ///   - allowedWords: How many words a conclusion may have.
  /// - Precondition: `allowedEcho` is in 0…1.
  public init(
    allowedEcho: Double = 0.2, allowedWords: @escaping @Sendable (AgentTask) -> Int = { _ in 500 }
  ) {
    precondition((0...1).contains(allowedEcho), "allowedEcho must be in 0...1, got \(allowedEcho)")
    self.allowedEcho = allowedEcho
    self.allowedWords = allowedWords
  }

  /// Counts words and sequences of the conclusion.
  public func detection(in trajectory: Trajectory) -> Detection {
    let rules = AnswerNormalization(removesArticles: false)
    let words = rules.comparable(trajectory.conclusion.string).words
    let allowed = max(0, allowedWords(trajectory.task))
    var findings: [String] = []
    let excess = words.count > allowed ? 1 - Double(allowed) / Double(words.count) : 0
    if excess > 0 { findings.append("\(words.count) words where \(allowed) are allowed") }

    var echo = 0.0
    if words.count >= 4 {
      var seen = Set<[ArraySlice<UInt8>]>()
      let sequences = words.count - 3
      let repeated = (0..<sequences).count { !seen.insert(Array(words[$0..<($0 + 4)])).inserted }
      echo = Double(repeated) / Double(sequences) - allowedEcho
      if echo > 0 { findings.append("\(repeated) of \(sequences) sequences repeat earlier ones") }
    }
    return Detection(severity: .value(max(excess, echo, 0)), findings: findings)
  }
}
