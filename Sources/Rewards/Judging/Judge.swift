public import RandomStreams

/// Something that replies to questions in text: a model behind a prompt, a script, a rule.
///
/// A judge is asked through a ``JudgeService``, which brings the deadline, the retries, the votes,
/// the cache and the limit of questions in flight. A judge itself only replies.
public protocol Judge: Sendable {
  /// Everything that makes one judge's replies differ from another's: the model, its version, its
  /// sampling settings.
  ///
  /// Part of the key under which replies are cached.
  var identity: String { get }

  /// The reply to a question, as it was written.
  ///
  /// - Parameters:
  ///   - question: What is asked; a judge that reads text needs its ``JudgeQuestion/prompt`` only.
  ///   - stream: Where a judge that samples takes its randomness from; it differs from vote to vote
  ///     and from try to try.
  /// - Throws: ``JudgeRefusal`` if asking again would not help; anything else is tried again.
  func reply(to question: some JudgeQuestion, stream: RandomStream) async throws -> String
}

/// A judge can't answer questions of that kind, now or later.
public struct JudgeRefusal: Error, Hashable, CustomStringConvertible {
  /// Why, in words that can stand in a score's reason.
  public let description: String

  /// A refusal.
  public init(_ description: String) { self.description = description }
}
