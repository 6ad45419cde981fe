public import RandomStreams

/// A judge from a function of your own: a policy that is sampled, a client of a server.
///
///     let judge = ClosureJudge(identity: "qwen2.5-7b, greedy, version 12") { prompt, stream in
///       try await model.complete(prompt, stream: stream)
///     }
public struct ClosureJudge: Judge {
  /// Everything that the replies depend on besides the prompt and the stream.
  public let identity: String
  private let write: @Sendable (_ prompt: String, _ stream: RandomStream) async throws -> String

  /// A judge that replies with what the function returns.
  public init(
    identity: String,
    _ reply: @escaping @Sendable (_ prompt: String, _ stream: RandomStream) async throws -> String
  ) {
    self.identity = identity
    write = reply
  }

  /// What the function says.
  public func reply(
    to question: some JudgeQuestion, stream: RandomStream
  ) async throws -> String {
    try await write(question.prompt, stream)
  }
}
