public import RandomStreams
internal import Synchronization
internal import Trajectories

/// Asks a judge as a run needs it asked: in time, again after a failure, several times for a vote,
/// never twice the same, and not too much at once.
///
///     let judge = JudgeService(myJudge, settings: JudgeSettings(votes: 3))
///     let verdict = try await judge.ask(question)
///
/// A judge that is late, dead or unreadable after all tries makes the verdict missing with the
/// reason. A reply that could be read is kept under the judge's identity, the question's contract,
/// its prompt and what it tells beside it, and the number of the vote; failures are not kept.
///
/// Shared by everything that asks the same judge: the limit and the cache are its own.
public final class JudgeService: Sendable {
  private let judge: any Judge
  /// How it asks.
  public let settings: JudgeSettings
  private let clock: any Clock<Duration>
  private let stream: RandomStream
  private let cache: ReplyCache
  private let limit: ConcurrencyLimit
  private let counts = Mutex(JudgeStatistics())

  /// A service for a judge.
  ///
  /// - Parameters:
  ///   - judge: Who replies.
  ///   - settings: How it is asked.
  ///   - clock: What deadlines and waits are measured by.
  ///   - stream: Where the jitter of waits and a sampling judge's randomness come from: what a
  ///     question draws depends on its words, the vote and the try, not on who asked first.
  public init(
    _ judge: some Judge, settings: JudgeSettings = JudgeSettings(),
    clock: some Clock<Duration> = ContinuousClock(),
    stream: RandomStream = RandomStream(seed: 0)
  ) {
    self.judge = judge
    self.settings = settings
    self.clock = clock
    self.stream = stream
    cache = ReplyCache(limit: settings.cachedReplies)
    limit = ConcurrencyLimit(settings.concurrentQuestions)
  }

  /// What has come of all questions so far.
  public var statistics: JudgeStatistics { counts.withLock { $0 } }

  /// Asks a question and reads the answer.
  ///
  /// - Throws: `CancellationError` only.
  public func ask<Question: JudgeQuestion>(
    _ question: Question
  ) async throws -> Verdict<Question.Answer> {
    counts.withLock { $0.questions += 1 }
    let prompt = question.prompt
    let votes = try await concurrently(Array(0..<settings.votes)) { [self] vote in
      try await self.vote(vote, on: question, prompt: prompt)
    }
    let verdict = combined(votes, of: question)
    if verdict.answer == nil { counts.withLock { $0.missing += 1 } }
    return verdict
  }

  private func combined<Question: JudgeQuestion>(
    _ votes: [Verdict<Question.Answer>], of question: Question
  ) -> Verdict<Question.Answer> {
    if votes.count == 1 { return votes[0] }
    let answers = votes.compactMap(\.answer)
    if answers.count < settings.quorum {
      let reasons = votes.compactMap {
        if case .missing(let reason) = $0 { reason } else { nil }
      }
      return .missing(
        reason: "\(answers.count) of \(votes.count) votes could be read, \(settings.quorum) are "
          + "needed: \(reasons.first ?? "")")
    }
    guard let answer = question.consensus(of: answers) else {
      return .missing(reason: "the judge's \(answers.count) votes are split")
    }
    return .answered(answer)
  }

  private func vote<Question: JudgeQuestion>(
    _ vote: Int, on question: Question, prompt: String
  ) async throws -> Verdict<Question.Answer> {
    let key = ReplyCache.Key(
      [judge.identity, question.contract, prompt, question.unprompted], vote: vote)
    if let reply = cache[key], let answer = try? question.answer(in: reply) {
      counts.withLock { $0.cacheHits += 1 }
      return .answered(answer)
    }
    var stream = stream.child(question.contract).child(prompt, vote)
    var reason = ""
    var wait = Duration.zero
    for number in 0..<settings.tries {
      if wait > .zero { try await clock.sleep(for: wait) }
      wait = settings.wait(beforeTry: number + 1, jitter: Double(stream.uniform()))
      do {
        let reply = try await reply(to: question, stream: stream.child("try", number))
        do {
          let answer = try question.answer(in: reply)
          cache[key] = reply
          return .answered(answer)
        } catch {
          counts.withLock { $0.unusable += 1 }
          reason = "its reply can't be used: \(error)"
          wait = .zero
        }
      } catch  where Task.isCancelled {
        throw CancellationError()
      } catch is DeadlineExceeded {
        counts.withLock { $0.late += 1 }
        reason = "it did not reply within \(settings.deadline ?? .zero)"
      } catch let refusal as JudgeRefusal {
        counts.withLock { $0.failures += 1 }
        return .missing(reason: "the judge can't tell: \(refusal)")
      } catch {
        counts.withLock { $0.failures += 1 }
        reason = "it failed: \(error)"
      }
    }
    return .missing(
      reason: "the judge was asked \(settings.tries == 1 ? "once" : "\(settings.tries) times"); "
        + reason)
  }

  private func reply(
    to question: some JudgeQuestion, stream: RandomStream
  ) async throws -> String {
    try await limit.run {
      counts.withLock { $0.tries += 1 }
      return try await withDeadline(settings.deadline, clock: clock) { [judge] in
        try await judge.reply(to: question, stream: stream)
      }
    }
  }
}

/// What has come of a judge's questions.
public struct JudgeStatistics: Sendable, Hashable, Codable {
  /// Questions asked.
  public var questions = 0
  /// Votes answered from the cache.
  public var cacheHits = 0
  /// Times the judge itself was asked.
  public var tries = 0
  /// Replies that could not be read.
  public var unusable = 0
  /// Tries past their deadline.
  public var late = 0
  /// Tries that failed otherwise.
  public var failures = 0
  /// Questions without a verdict.
  public var missing = 0

  /// Nothing asked yet.
  public init() {}
}
