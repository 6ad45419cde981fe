// Four tasks that share a counter under a lock: nothing to report.
import Synchronization

final class Counter: Sendable { let value = Mutex(0) }

let counter = Counter()
await withTaskGroup(of: Void.self) { group in
  for _ in 0..<4 {
    group.addTask { for _ in 0..<20_000 { counter.value.withLock { $0 += 1 } } }
  }
}
precondition(counter.value.withLock { $0 } == 80_000, "the lock lets two threads in")
