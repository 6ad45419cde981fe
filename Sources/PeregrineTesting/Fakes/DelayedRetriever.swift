public import RandomStreams
public import Retrieval

/// A retriever that takes its time: each call waits before it asks another retriever.
///
/// How long is a pure function of the stream and the first query, so it doesn't depend on the order
/// in which calls arrive.
public struct DelayedRetriever: Retriever {
  private let base: any Retriever
  private let delays: ClosedRange<Double>
  private let stream: RandomStream
  private let sleep: @Sendable (Duration) async throws -> Void

  /// A slow retriever.
  ///
  /// - Parameters:
  ///   - base: Who answers after the wait.
  ///   - delays: Shortest and longest wait, in seconds; uniformly distributed in between.
  ///   - stream: Where the waits come from.
  ///   - sleep: What waiting is: `{ try await Task.sleep(for: $0) }`, or a test's own clock.
  public init(
    _ base: any Retriever, delays: ClosedRange<Double>, stream: RandomStream,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    precondition(delays.lowerBound >= 0, "a delay can't be negative, got \(delays.lowerBound) s")
    self.base = base
    self.delays = delays
    self.stream = stream
    self.sleep = sleep
  }

  /// Waits, then answers.
  public func retrieve(_ queries: [String], limit: Int) async throws -> [[SearchHit]] {
    let share = Double(stream.child(queries.first ?? "").uniform(at: 0))
    let seconds = delays.lowerBound + share * (delays.upperBound - delays.lowerBound)
    try await sleep(.seconds(seconds))
    return try await base.retrieve(queries, limit: limit)
  }
}
