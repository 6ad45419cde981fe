public import RandomStreams
internal import Synchronization

/// A judge that says what a script says, for tests.
public final class ScriptedJudge: Judge {
  /// `scripted` unless told otherwise.
  public let identity: String
  private let script: @Sendable (_ prompt: String, _ call: Int) throws -> String
  private let calls = Mutex(0)

  /// A judge that gives replies in the order in which it is asked, the last one for ever.
  ///
  /// - Precondition: there is a reply.
  public convenience init(_ replies: [String], identity: String = "scripted") {
    precondition(!replies.isEmpty, "a scripted judge needs a reply")
    self.init(identity: identity) { _, call in replies[min(call, replies.count - 1)] }
  }

  /// A judge that computes each reply from the prompt and from how often it was asked before.
  public init(
    identity: String = "scripted",
    _ script: @escaping @Sendable (_ prompt: String, _ call: Int) throws -> String
  ) {
    self.identity = identity
    self.script = script
  }

  /// How often it was asked.
  public var callCount: Int { calls.withLock { $0 } }

  /// What the script says.
  public func reply(to question: some JudgeQuestion, stream: RandomStream) throws -> String {
    let call = calls.withLock { calls in
      defer { calls += 1 }
      return calls
    }
    return try script(question.prompt, call)
  }
}
