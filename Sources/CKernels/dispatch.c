// Which instruction set runs.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#include "internal/dispatch.h"

static _Atomic(const pg_kernels *) current;

#if defined(__aarch64__)
static int has_dotprod(void) {
#if defined(__ARM_FEATURE_DOTPROD)
  return 1;
#elif defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#else
  return 0;
#endif
}
#endif

#if defined(__x86_64__)
// The compiler's checks cover the operating system's support of the registers as well.
static int has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("fma");
}
static int has_vnni(void) { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
#endif

static const pg_kernels *kernels_of(pg_isa isa) {
  switch (isa) {
    case PG_ISA_REFERENCE: return &pg_kernels_reference;
    case PG_ISA_PORTABLE: return &pg_kernels_portable;
#if defined(__aarch64__)
    case PG_ISA_NEON: return &pg_kernels_neon;
    case PG_ISA_NEON_DOTPROD: return has_dotprod() ? &pg_kernels_neon_dotprod : NULL;
#endif
#if defined(__x86_64__)
    case PG_ISA_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &pg_kernels_avx2
                                                                             : NULL;
    case PG_ISA_AVX512: return has_avx512() ? &pg_kernels_avx512 : NULL;
    case PG_ISA_AVX512VNNI: return has_vnni() ? &pg_kernels_avx512vnni : NULL;
    case PG_ISA_AVX512BF16:
      return has_vnni() && __builtin_cpu_supports("avx512bf16") ? &pg_kernels_avx512bf16 : NULL;
#endif
    default: return NULL;
  }
}

const char *pg_isa_name(pg_isa isa) {
  static const char *const names[] = {"reference", "portable",   "neon",       "avx2",
                                      "avx512",    "avx512vnni", "avx512bf16", "neon-dotprod"};
  return isa >= PG_ISA_REFERENCE && isa <= PG_ISA_LAST ? names[isa] : "unknown";
}

static const pg_kernels *choose(void) {
  const char *wanted = getenv("PEREGRINE_ISA");
  for (int isa = PG_ISA_LAST; wanted && isa >= PG_ISA_REFERENCE; isa--) {
    if (strcmp(wanted, pg_isa_name((pg_isa)isa)) != 0) continue;
    const pg_kernels *named = kernels_of((pg_isa)isa);
    if (named) return named;
  }
  for (int isa = PG_ISA_LAST; isa > PG_ISA_PORTABLE; isa--) {
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
