/// How a Search-R1 episode runs.
public struct SearchR1Settings: Sendable, Hashable {
  /// What the agent reads first.
  public var prompt: SearchR1Prompt
  /// Turns in which a search is answered.
  ///
  /// One more follows, in which only an answer counts.
  public var searchTurns: Int
  /// Most passages per search.
  public var passageLimit: Int
  /// Most Unicode scalars of passages per observation.
  ///
  /// Longer ones are cut at the right, inside the information tags. `nil` leaves them whole. Limits
  /// in tokens are the agent loop's business.
  public var observationLimit: Int?
  /// How long a search may take; `nil` waits for ever.
  public var deadline: Duration?
  /// The episode ends as looped when one query is made this often.
  ///
  /// That last search is not run. Queries are compared without regard to case and blanks.
  /// `nil` lets the agent repeat itself.
  public var repetitionLimit: Int?
  /// What the agent reads after a turn that is neither a search nor an answer.
  public var correction: String

  /// Settings; the defaults are those of Search-R1's later runs, without limits of time and length.
  ///
  /// - Precondition: `searchTurns` is not negative, `passageLimit` is at least 1,
  ///   `observationLimit` is not negative, `deadline` is positive, `repetitionLimit` is at least 2.
  public init(
    prompt: SearchR1Prompt = .full, searchTurns: Int = 4, passageLimit: Int = 3,
    observationLimit: Int? = nil, deadline: Duration? = nil, repetitionLimit: Int? = nil,
    correction: String = SearchR1Settings.correction
  ) {
    precondition(searchTurns >= 0, "searchTurns must not be negative, got \(searchTurns)")
    precondition(passageLimit >= 1, "passageLimit must be at least 1, got \(passageLimit)")
    precondition(
      observationLimit.map { $0 >= 0 } ?? true,
      "observationLimit must not be negative, got \(observationLimit ?? 0)")
    precondition(
      deadline.map { $0 > .zero } ?? true, "deadline must be positive, got \(deadline ?? .zero)")
    precondition(
      repetitionLimit.map { $0 >= 2 } ?? true,
      "repetitionLimit must be at least 2, got \(repetitionLimit ?? 0)")
    self.prompt = prompt
    self.searchTurns = searchTurns
    self.passageLimit = passageLimit
    self.observationLimit = observationLimit
    self.deadline = deadline
    self.repetitionLimit = repetitionLimit
    self.correction = correction
  }

  /// The sentence that answers an invalid turn.
  public static let correction =
    "\nThis was neither a search nor an answer. A search is a query between <search> and "
    + "</search>, an answer stands between <answer> and </answer>. Try again.\n"
}

/// What the agent of a Search-R1 episode reads first.
public enum SearchR1Prompt: String, Sendable, Hashable, Codable, CaseIterable {
  /// The protocol in words, then the question.
  case full
  /// Only the question, for a policy that knows the protocol: `Question: …` and a line feed.
  case bare

  /// The prompt for a question.
  public func text(for question: String) -> String {
    switch self {
    case .full:
      """
      Find the answer to a question. Whenever you have read something new, first reason about it \
      between <think> and </think>. If you then need to know more, write one query between \
      <search> and </search>: the passages that match it best will follow between <information> \
      and </information>. You can search several times. Once you know enough, write the answer \
      alone, without explanation, between <answer> and </answer>.
      Question: \(question)

      """
    case .bare: "Question: \(question)\n"
    }
  }
}
