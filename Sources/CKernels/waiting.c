// How a thread waits for another.
#include <sched.h>

#include "include/CKernels.h"

void pg_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#endif
}

void pg_yield(void) { sched_yield(); }
