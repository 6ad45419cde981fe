internal import Synchronization

/// An operation took longer than it was given.
struct DeadlineExceeded: Error {}

/// Runs an operation for at most a duration; for as long as it takes when the limit is `nil`.
///
/// A late operation is cancelled and left behind, so one that ignores its cancellation costs a task
/// and never the caller's time.
///
/// - Throws: ``DeadlineExceeded``, `CancellationError`, what the operation throws.
func withDeadline<Value: Sendable>(
  _ limit: Duration?, clock: any Clock<Duration>,
  operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  guard let limit else { return try await operation() }
  let outcome = FirstOutcome<Value>()
  let work = Task {
    do { outcome.settle(.success(try await operation())) } catch { outcome.settle(.failure(error)) }
  }
  let timer = Task {
    guard (try? await clock.sleep(for: limit)) != nil else { return }
    outcome.settle(.failure(DeadlineExceeded()))
  }
  defer {
    work.cancel()
    timer.cancel()
  }
  return try await withTaskCancellationHandler {
    try await outcome.value
  } onCancel: {
    outcome.settle(.failure(CancellationError()))
  }
}

/// An outcome that is settled by whoever comes first, and awaited once.
private final class FirstOutcome<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, any Error>)
    case settled(Result<Value, any Error>)
  }

  private let state = Mutex(State.open)

  func settle(_ outcome: Result<Value, any Error>) {
    let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
      switch state {
      case .settled: return nil
      case .open:
        state = .settled(outcome)
        return nil
      case .awaited(let continuation):
        state = .settled(outcome)
        return continuation
      }
    }
    continuation?.resume(with: outcome)
  }

  var value: Value {
    get async throws {
      try await withCheckedThrowingContinuation { continuation in
        let outcome = state.withLock { state -> Result<Value, any Error>? in
          if case .settled(let outcome) = state { return outcome }
          state = .awaited(continuation)
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    }
  }
}
