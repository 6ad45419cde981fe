internal import Synchronization

/// An operation took longer than it was given.
package struct DeadlineExceeded: Error {}

/// Runs an operation for at most a duration; for as long as it takes when the limit is `nil`.
///
/// A late operation is cancelled and left behind: one that ignores its cancellation costs a task,
/// never the caller's time.
///
/// - Throws: ``DeadlineExceeded``, `CancellationError`, what the operation throws.
package func withDeadline<Value: Sendable>(
  _ limit: Duration?, clock: any Clock<Duration>,
  operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  guard let limit else { return try await operation() }
  let first = FirstResult<Value>()
  let work = Task {
    do { first.settle(.success(try await operation())) } catch { first.settle(.failure(error)) }
  }
  let timer = Task {
    do {
      try await clock.sleep(for: limit)
      first.settle(.failure(DeadlineExceeded()))
    } catch {
      // The work was done in time.
    }
  }
  defer {
    work.cancel()
    timer.cancel()
  }
  return try await withTaskCancellationHandler {
    try await first.value
  } onCancel: {
    first.settle(.failure(CancellationError()))
  }
}

/// A result that is settled once, by whoever comes first, and awaited once.
private final class FirstResult<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, any Error>)
    case settled(Result<Value, any Error>)
  }

  private let state = Mutex(State.open)

  func settle(_ result: Result<Value, any Error>) {
    let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
      switch state {
      case .open:
        state = .settled(result)
        return nil
      case .awaited(let continuation):
        state = .settled(result)
        return continuation
      case .settled: return nil
      }
    }
    continuation?.resume(with: result)
  }

  var value: Value {
    get async throws {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<Value, any Error>? in
          if case .settled(let result) = state { return result }
          state = .awaited(continuation)
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    }
  }
}
