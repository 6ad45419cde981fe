// Which instruction set runs.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "internal/dispatch.h"

static _Atomic(const pg_kernels *) current;

static const pg_kernels *kernels_of(pg_isa isa) {
  switch (isa) {
    case PG_ISA_REFERENCE: return &pg_kernels_reference;
    case PG_ISA_PORTABLE: return &pg_kernels_portable;
#if defined(__aarch64__)
    case PG_ISA_NEON: return &pg_kernels_neon;
#endif
#if defined(__x86_64__)
    // The compiler's check covers the operating system's support of the registers as well.
    case PG_ISA_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &pg_kernels_avx2
                                                                             : NULL;
    case PG_ISA_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("fma")
                 ? &pg_kernels_avx512
                 : NULL;
#endif
    default: return NULL;
  }
}

const char *pg_isa_name(pg_isa isa) {
  static const char *const names[] = {"reference", "portable", "neon", "avx2", "avx512"};
  return isa >= PG_ISA_REFERENCE && isa <= PG_ISA_AVX512 ? names[isa] : "unknown";
}

static const pg_kernels *choose(void) {
  const char *wanted = getenv("PEREGRINE_ISA");
  for (int isa = PG_ISA_AVX512; wanted && isa >= PG_ISA_REFERENCE; isa--) {
    if (strcmp(wanted, pg_isa_name((pg_isa)isa)) != 0) continue;
    const pg_kernels *named = kernels_of((pg_isa)isa);
    if (named) return named;
  }
  for (int isa = PG_ISA_AVX512; isa > PG_ISA_PORTABLE; isa--) {
    const pg_kernels *best = kernels_of((pg_isa)isa);
    if (best) return best;
  }
  return &pg_kernels_portable;
}

const pg_kernels *pg_current_kernels(void) {
  const pg_kernels *kernels = atomic_load_explicit(&current, memory_order_acquire);
  if (kernels) return kernels;
  // Threads that arrive together choose alike, and a set selected meanwhile stays.
  const pg_kernels *none = NULL;
  kernels = choose();
  return atomic_compare_exchange_strong(&current, &none, kernels) ? kernels : none;
}

pg_isa pg_current_isa(void) { return pg_current_kernels()->isa; }

int pg_isa_available(pg_isa isa) { return kernels_of(isa) != NULL; }

int pg_select_isa(pg_isa isa) {
  const pg_kernels *kernels = kernels_of(isa);
  if (!kernels) return -1;
  atomic_store_explicit(&current, kernels, memory_order_release);
  return 0;
}
