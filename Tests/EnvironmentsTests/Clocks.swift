/// A clock whose sleeps are over at once: every deadline passes immediately.
struct HastyClock: Clock {
  var now: ContinuousClock.Instant { ContinuousClock().now }
  var minimumResolution: Duration { .zero }
  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {}
}

/// A clock whose sleeps never end by themselves: no deadline ever passes.
struct PatientClock: Clock {
  var now: ContinuousClock.Instant { ContinuousClock().now }
  var minimumResolution: Duration { .zero }
  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    try await waitForCancellation()
  }
}

/// Waits until the task is cancelled, and throws then.
func waitForCancellation() async throws {
  let (endless, continuation) = AsyncStream.makeStream(of: Never.self)
  for await _ in endless {}
  continuation.finish()
  throw CancellationError()
}
