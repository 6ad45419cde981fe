internal import CKernels
internal import Dispatch
internal import Synchronization

/// Threads that do one thing after the other together, and look out for the next before they sleep.
///
/// Waking a thread takes as long as a product of a few million operations. A helper that has run out
/// of work therefore looks out for more for 50 to 200 microseconds, longer than the serial work
/// between two products takes, and only then gives its thread back. A team that has nothing to do
/// costs nothing.
///
/// ``parallelFor(_:threads:_:)`` is for pieces that take milliseconds; it wakes threads for each call.
public final class ThreadTeam: Sendable {
  /// How many threads work at most, the caller's included.
  public let threads: Int
  private let helpers: [Helper]

  /// A team; its helpers start when they are first needed.
  ///
  /// - Precondition: `threads` is positive.
  public init(threads: Int) {
    precondition(threads > 0, "a team needs a thread, got \(threads)")
    self.threads = threads
    helpers = (1..<threads).map { Helper(index: $0) }
  }

  /// Calls a closure once for every index below `count` and returns when all calls have.
  ///
  /// Which thread takes which index is not defined, so the closure must give the same result
  /// whichever it is. The caller takes part: a helper that comes late, because it slept or still
  /// helps another caller, finds nothing left to do, so `body` may not wait for another piece.
  ///
  /// - Parameters:
  ///   - count: How many pieces there are; without any, nothing happens.
  ///   - body: One piece. Pieces of some ten microseconds and more are worth a second thread.
  public func perform(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    guard count > 1, !helpers.isEmpty else {
      for index in 0..<count { body(index) }
      return
    }
    let work = SharedWork(count, body)
    for helper in helpers.prefix(count - 1) { helper.offer(work) }
    work.takePart()
    work.wait()
  }
}

/// Pieces of work that threads take one by one.
private final class SharedWork: Sendable {
  private let count: Int
  private let body: @Sendable (Int) -> Void
  private let taken = Atomic<Int>(0)
  private let finished = Atomic<Int>(0)

  init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    (self.count, self.body) = (count, body)
  }

  /// Works until all pieces are taken.
  func takePart() {
    while true {
      let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      body(index)
      finished.wrappingAdd(1, ordering: .releasing)
    }
  }

  /// Waits for the pieces that others took.
  func wait() {
    var looks = 0
    while finished.load(ordering: .acquiring) < count {
      // A thread that was interrupted in the middle of a piece needs a processor more than we do.
      if looks > 2000 { pg_yield() } else { pg_pause() }
      looks += 1
    }
  }
}

/// One thread of a team beside the caller's.
private final class Helper: Sendable {
  private struct State {
    var work: SharedWork?
    var isAwake = false
  }

  /// How often a helper looks for more work before it sleeps: 50 to 200 µs.
  private static let looks = 3000

  private let state = Mutex(State())
  /// Counts offers, so that looking for one takes no lock.
  private let offers = Atomic<Int>(0)
  private let queue: DispatchQueue

  init(index: Int) {
    queue = DispatchQueue(label: "peregrine.team.\(index)")
  }

  /// Hands over work; what was offered before and not begun is forgotten, its caller does it.
  func offer(_ work: SharedWork) {
    let sleeps = state.withLock { state in
      state.work = work
      defer { state.isAwake = true }
      return !state.isAwake
    }
    offers.wrappingAdd(1, ordering: .releasing)
    if sleeps { queue.async { self.run() } }
  }

  private func run() {
    while true {
      let seen = offers.load(ordering: .acquiring)
      if let work = take() {
        work.takePart()
      } else if !sees(offerAfter: seen), fallsAsleep() {
        return
      }
    }
  }

  private func take() -> SharedWork? {
    state.withLock { state in
      defer { state.work = nil }
      return state.work
    }
  }

  private func sees(offerAfter seen: Int) -> Bool {
    for _ in 0..<Self.looks {
      if offers.load(ordering: .acquiring) != seen { return true }
      pg_pause()
    }
    return false
  }

  /// Unless something came at the last moment.
  private func fallsAsleep() -> Bool {
    state.withLock { state in
      guard state.work == nil else { return false }
      state.isAwake = false
      return true
    }
  }
}
