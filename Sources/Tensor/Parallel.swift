internal import Dispatch
internal import Synchronization

/// Calls a closure once for every index below `count`, on at most `threads` threads at a time.
///
/// Which thread takes which index is not defined, so the closure must give the same result
/// whichever it is. With one thread the indices come in order on the caller's.
public func parallelFor(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  guard count > 1, threads > 1 else {
    for index in 0..<count { body(index) }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      body(index)
    }
  }
}

/// The results of a closure for every index below `count`, computed on at most `threads` threads.
///
/// The results stand in the order of their index whichever thread made them.
public func parallelMap<Result: Sendable>(
  _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
  let slots = (0..<count).map { _ in Handoff<Result>() }
  parallelFor(count, threads: threads) { index in slots[index].put(body(index)) }
  return slots.compactMap { $0.take() }
}

/// A place where one thread leaves a value for another to take.
package final class Handoff<Value: Sendable>: Sendable {
  private let value: Mutex<Value?>

  package init(_ value: Value? = nil) {
    self.value = Mutex(value)
  }

  package func put(_ new: Value) {
    value.withLock { $0 = new }
  }

  /// The value, which is then gone.
  package func take() -> Value? {
    value.withLock { value in
      defer { value = nil }
      return value
    }
  }
}
