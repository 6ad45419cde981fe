public import Trajectories

/// How the final answer is found in what an agent wrote.
///
///     tag("answer")   <answer> Ada Lovelace </answer>   →  Ada Lovelace
///     box             so it is \boxed{1815}.            →  1815
///     lastLine        I think so.\nAda Lovelace\n       →  Ada Lovelace
///
/// A pair of tags runs from an opening tag to the next closing one, over line breaks and over
/// further opening tags; tags are compared exactly. A box may hold balanced braces. A last line is
/// the last one that is not blank. Blanks at both ends are taken off, so an answer can be empty.
/// Takes time proportional to the text.
///
/// - Source: Search-R1, verl/utils/reward_score/qa_em.py.
/// - Differs: of a trajectory only the agent's own words are read, turn by turn, so that neither
///   the prompt's example nor a retrieved page can answer for the agent. One pair is enough then;
///   the original reads the prompt too and asks for two.
public struct AnswerExtraction: Sendable, Hashable, Codable {
  /// Where an answer stands.
  public enum Place: Sendable, Hashable, Codable {
    /// Between a pair of tags of this name.
    case tag(String)
    /// In a LaTeX box.
    case box
    /// On the last line that is not blank.
    case lastLine
  }

  /// Which of several answers counts.
  public enum Choice: String, Sendable, Hashable, Codable, CaseIterable {
    /// The first one.
    case first
    /// The last one.
    case last
  }

  /// Where the answer stands.
  public var place: Place
  /// Where it stands within what was found at `place`; `nil` for all of that.
  public var inner: Place?
  /// Which pair of tags counts; boxes and lines are always the last.
  public var choice: Choice
  /// With fewer pairs of tags there is no answer.
  public var minimumPairs: Int

  /// A rule.
  ///
  /// - Precondition: no tag is empty and `minimumPairs` is at least 1.
  public init(
    _ place: Place, then inner: Place? = nil, choice: Choice = .last, minimumPairs: Int = 1
  ) {
    precondition(
      place != .tag("") && inner != .tag(""), "the answer's tag can't be empty")
    precondition(minimumPairs >= 1, "minimumPairs must be at least 1, got \(minimumPairs)")
    self.place = place
    self.inner = inner
    self.choice = choice
    self.minimumPairs = minimumPairs
  }

  /// The last pair of tags, if there are enough.
  ///
  /// - Precondition: `tag` is not empty and `minimumPairs` is at least 1.
  public init(tag: String = "answer", minimumPairs: Int = 1) {
    self.init(.tag(tag), minimumPairs: minimumPairs)
  }

  /// The last box.
  public static let boxed = AnswerExtraction(.box)
  /// The last line that is not blank.
  public static let lastLine = AnswerExtraction(.lastLine)
  /// The last box within the last pair of answer tags.
  public static let boxedInTag = AnswerExtraction(.tag("answer"), then: .box)

  /// The answer in a text, or `nil`.
  public func answer(in text: String) -> String? {
    answer(in: [Array(text.utf8)[...]])?.trimmingBlanks.string
  }

  /// The answer of a trajectory's agent, or `nil`.
  public func answer(in trajectory: Trajectory) -> String? {
    answer(in: trajectory.agentTurns)?.trimmingBlanks.string
  }

  /// The answer in turns of text, with its blanks.
  func answer(in turns: [ArraySlice<UInt8>]) -> ArraySlice<UInt8>? {
    let found = turns.flatMap { Self.candidates(at: place, in: $0) }
    if case .tag = place, found.count < minimumPairs { return nil }
    guard let outer = choice == .last ? found.last : found.first else { return nil }
    guard let inner else { return outer }
    return Self.candidates(at: inner, in: outer).last
  }

  private static func candidates(
    at place: Place, in text: ArraySlice<UInt8>
  ) -> [ArraySlice<UInt8>] {
    switch place {
    case .tag(let tag): text.bodies(between: .opening(tag), and: .closing(tag))
    case .box: BoxedAnswer.last(in: text).map { [$0] } ?? []
    case .lastLine:
      text.split { $0 == 0x0A || $0 == 0x0D }.last { !$0.isBlank }.map { [$0] } ?? []
    }
  }
}
