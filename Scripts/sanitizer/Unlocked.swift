// Four tasks that share a counter beside a lock: a race, which the sanitizer has to report.
import Synchronization

final class Counter: @unchecked Sendable {
  let lock = Mutex(0)
  // No lock is held where this is counted up: the race that has to be seen.
  var value = 0
}

let counter = Counter()
await withTaskGroup(of: Void.self) { group in
  for _ in 0..<4 {
    group.addTask {
      for _ in 0..<20_000 {
        counter.lock.withLock { $0 += 1 }
        counter.value += 1
      }
    }
  }
}
