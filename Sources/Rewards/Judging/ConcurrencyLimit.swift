internal import Synchronization

/// Lets at most so many operations run at once; the others wait in the order in which they came.
final class ConcurrencyLimit: Sendable {
  private struct State {
    var free: Int
    var nextTicket = 0
    var waiting = WaitingLine<CheckedContinuation<Void, any Error>>()
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  init(_ count: Int) {
    state = Mutex(State(free: count))
  }

  /// Runs the operation when its turn comes.
  ///
  /// - Throws: `CancellationError` if cancelled while waiting, what the operation throws.
  func run<Value: Sendable>(_ operation: () async throws -> Value) async throws -> Value {
    try await enter()
    defer { leave() }
    return try await operation()
  }

  private func enter() async throws {
    try Task.checkCancellation()
    let ticket = state.withLock { state -> Int? in
      if state.free > 0 {
        state.free -= 1
        return nil
      }
      state.nextTicket += 1
      return state.nextTicket
    }
    guard let ticket else { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let answer = state.withLock { state -> Result<Void, any Error>? in
          if state.cancelled.remove(ticket) != nil { return .failure(CancellationError()) }
          if state.free > 0 {
            state.free -= 1
            return .success(())
          }
          state.waiting.append(continuation, ticket: ticket)
          return nil
        }
        if let answer { continuation.resume(with: answer) }
      }
    } onCancel: {
      let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
        if let continuation = state.waiting.remove(ticket) { return continuation }
        state.cancelled.insert(ticket)
        return nil
      }
      continuation?.resume(throwing: CancellationError())
    }
    // A ticket that was called and cancelled at once leaves nothing behind.
    state.withLock { _ = $0.cancelled.remove(ticket) }
  }

  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      if let next = state.waiting.popFirst() { return next }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}
