public import Trajectories

/// More citations than a sentence needs.
///
///     severity = excess citations / citations
///
/// In excess are citations beyond `limitPerSentence` in one sentence, and repetitions of a source
/// within a sentence. Citations are read in the agent's last turn.
public struct CitationStuffing: BehaviorDetector {
  /// `citationStuffing`.
  public var name: String { "citationStuffing" }
  /// How many citations a sentence may have.
  public let limitPerSentence: Int
  private let reader: CitationReader

  /// A detector.
  ///
  /// - Precondition: `limitPerSentence` is at least 1.
  public init(limitPerSentence: Int = 3, reader: CitationReader = CitationReader()) {
    precondition(
      limitPerSentence >= 1, "limitPerSentence must be at least 1, got \(limitPerSentence)")
    self.limitPerSentence = limitPerSentence
    self.reader = reader
  }

  /// Counts sentence by sentence.
  public func detection(in trajectory: Trajectory) -> Detection {
    let citations = reader.citations(in: trajectory.conclusion)
    let sentences = Dictionary(grouping: citations, by: \.sentence)
    var excess = 0
    var findings: [String] = []
    for (sentence, citations) in sentences.sorted(by: { $0.key < $1.key }) {
      let sources = Set(citations.map(\.source)).count
      let surplus = citations.count - min(sources, limitPerSentence)
      excess += surplus
      if surplus > 0 {
        findings.append("sentence \(sentence + 1) has \(citations.count) citations")
      }
    }
    return Detection(excess, of: citations.count, findings: findings)
  }
}
