// Lets the thread sanitizer see Swift's Mutex on Linux.
//
// The fast path of a lock is compiled into whoever locks, and so instrumented. The slow path, taken when
// the lock is held, asks the kernel from within libswiftSynchronization, which is not: the sanitizer
// sees no order between the two owners and reports whatever the lock protects. This library is loaded
// in front of that one. It waits by trying again, with the sanitizer's own compare and exchange, so
// that the order is seen. The bit that says that somebody waits is then never set, and an unlock
// never has to wake anybody.
//
// The state is 0 or the owner's thread number, as in Synchronization's LinuxImpl.swift.
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

// In programs under the sanitizer only; others that inherit the library wait without it.
__attribute__((weak)) int __tsan_atomic32_compare_exchange_strong(
    volatile uint32_t *state, uint32_t *expected, uint32_t desired, int order, int failureOrder);

#define SLOW_PATH(name) __attribute__((swiftcall)) name
#define SELF __attribute__((swift_context)) volatile uint32_t *state

// _MutexHandle._lockSlow(_: UInt32)
SLOW_PATH(void) mutexLock(uint32_t thread, SELF)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
// _MutexHandle._tryLockSlow() -> Bool
SLOW_PATH(bool) mutexTryLock(SELF) __asm__("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF");
// _MutexHandle._unlockSlow()
SLOW_PATH(void) mutexUnlock(SELF) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

static bool take(volatile uint32_t *state, uint32_t thread) {
  uint32_t expected = 0;
  if (__tsan_atomic32_compare_exchange_strong != NULL) {
    return __tsan_atomic32_compare_exchange_strong(
        state, &expected, thread, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
  }
  return __atomic_compare_exchange_n(
      state, &expected, thread, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

SLOW_PATH(void) mutexLock(uint32_t thread, SELF) {
  // A thread that locks twice would wait for itself.
  if (__atomic_load_n(state, __ATOMIC_RELAXED) == thread) abort();
  while (!take(state, thread)) sched_yield();
}

SLOW_PATH(bool) mutexTryLock(SELF) {
  (void)state;
  return false;
}

// Nobody sets the bit that leads here.
SLOW_PATH(void) mutexUnlock(SELF) {
  (void)state;
  abort();
}
