/// How long, how often and how many at once a judge is asked.
public struct JudgeSettings: Sendable, Hashable, Codable {
  /// The longest that one try may take, from the moment its turn comes; `nil` for as long as it
  /// takes.
  public var deadline: Duration?
  /// How often a question is tried until a reply can be read, at least 1, for each vote.
  public var tries: Int
  /// How long is waited before the second try, when the judge failed or was late; each further wait
  /// is twice as long.
  ///
  /// A wait is shortened at random by up to half, so that questions that failed together
  /// don't come back together. An unusable reply is asked for again at once.
  public var firstWait: Duration
  /// The longest wait.
  public var longestWait: Duration
  /// How many answers are asked for and combined, at least 1.
  public var votes: Int
  /// With fewer readable answers the verdict is missing; more than half of the votes unless told
  /// otherwise.
  public var quorum: Int
  /// The most questions that are with the judge at any time, at least 1.
  public var concurrentQuestions: Int
  /// The most replies that are kept; 0 keeps none.
  public var cachedReplies: Int

  /// Settings.
  ///
  /// - Precondition: `tries`, `votes` and `concurrentQuestions` are at least 1, `quorum` is in
  ///   1…votes, no duration is negative, `cachedReplies` is not negative.
  public init(
    deadline: Duration? = .seconds(60), tries: Int = 3, firstWait: Duration = .milliseconds(500),
    longestWait: Duration = .seconds(30), votes: Int = 1, quorum: Int? = nil,
    concurrentQuestions: Int = 32, cachedReplies: Int = 100_000
  ) {
    let quorum = quorum ?? votes / 2 + 1
    precondition(tries >= 1, "tries must be at least 1, got \(tries)")
    precondition(votes >= 1, "votes must be at least 1, got \(votes)")
    precondition((1...votes).contains(quorum), "quorum must be in 1…\(votes), got \(quorum)")
    precondition(
      concurrentQuestions >= 1, "concurrentQuestions must be at least 1, got \(concurrentQuestions)"
    )
    precondition(cachedReplies >= 0, "cachedReplies must not be negative, got \(cachedReplies)")
    precondition(
      [deadline ?? .zero, firstWait, longestWait].allSatisfy { $0 >= .zero },
      "durations must not be negative")
    self.deadline = deadline
    self.tries = tries
    self.firstWait = firstWait
    self.longestWait = longestWait
    self.votes = votes
    self.quorum = quorum
    self.concurrentQuestions = concurrentQuestions
    self.cachedReplies = cachedReplies
  }

  /// The wait before a try, numbered from 0, shortened by a share of its half in 0…1.
  func wait(beforeTry number: Int, jitter: Double) -> Duration {
    guard number > 0 else { return .zero }
    let doublings = min(number - 1, 30)
    let full = min(firstWait * (1 << doublings), longestWait)
    return full * (1 - jitter / 2)
  }
}
