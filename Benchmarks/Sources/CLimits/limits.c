#include "CLimits.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Twelve chains hide the latency of two units of four or five cycles.
#define CHAINS 12

#define MULTIPLY_ADD(name, vector, lanes, attributes, constraint, instruction)                  \
  attributes static double name(long rounds, float *sink) {                                     \
    vector x, y, chain[CHAINS];                                                                 \
    for (int lane = 0; lane < lanes; lane++) {                                                  \
      x[lane] = 0.999999f;                                                                      \
      y[lane] = 1e-9f;                                                                          \
      for (int i = 0; i < CHAINS; i++) chain[i][lane] = (float)i;                               \
    }                                                                                           \
    for (long round = 0; round < rounds; round++) {                                             \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {                     \
        __asm__ volatile(instruction : "+" constraint(chain[i]) : constraint(x), constraint(y)); \
      }                                                                                         \
    }                                                                                           \
    for (int i = 0; i < CHAINS; i++) *sink += chain[i][0];                                      \
    return 2.0 * CHAINS * lanes * (double)rounds;                                               \
  }

typedef float float16 __attribute__((vector_size(64)));
typedef float float8 __attribute__((vector_size(32)));
typedef float float4 __attribute__((vector_size(16)));

#if defined(__x86_64__)
MULTIPLY_ADD(with_avx512, float16, 16, __attribute__((target("avx512f"))), "v",
             "vfmadd213ps %2, %1, %0")
MULTIPLY_ADD(with_avx2, float8, 8, __attribute__((target("avx2,fma"))), "x",
             "vfmadd213ps %2, %1, %0")
#elif defined(__aarch64__)
MULTIPLY_ADD(with_neon, float4, 4, , "w", "fmla %0.4s, %1.4s, %2.4s")
#endif

double limits_multiply_add(long rounds, float *sink) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return with_avx512(rounds, sink);
  if (__builtin_cpu_supports("fma")) return with_avx2(rounds, sink);
  return 0;
#elif defined(__aarch64__)
  return with_neon(rounds, sink);
#else
  return 0;
#endif
}

int limits_has_avx512(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return 0;
#endif
}

int limits_has_avx2(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return 0;
#endif
}

// Stretches that are read side by side, and floats that each is asked for ahead: one alone waits for
// memory at every page.
#define STRETCHES 8
#define AHEAD 256

void limits_read(const float *from, size_t count, float *sink) {
  float16 sums[STRETCHES] = {0};
  const size_t stretch = count / STRETCHES / 16 * 16;
  for (size_t i = 0; i < stretch; i += 16) {
    for (int j = 0; j < STRETCHES; j++) {
      const float *at = from + j * stretch + i;
      // Asking for what does not exist does no harm.
      __builtin_prefetch((const void *)((uintptr_t)at + AHEAD * sizeof(float)));
      float16 v;
      memcpy(&v, at, sizeof v);
      sums[j] += v;
    }
  }
  for (int j = 0; j < STRETCHES; j++) *sink += sums[j][0] + sums[j][8];
}

#if defined(__x86_64__)
static void copy_lines(const float *from, float *to, size_t count) {
  for (size_t i = 0; i + 64 <= count; i += 64) {
    for (int j = 0; j < 64; j += 4) _mm_stream_ps(to + i + j, _mm_loadu_ps(from + i + j));
  }
  _mm_sfence();
}
#endif

void limits_copy(const float *from, float *to, size_t count) {
#if defined(__x86_64__)
  // Stores past the caches pay only for what no cache would hold anyway.
  if (count > (size_t)64 << 20 && ((size_t)to & 15) == 0) {
    copy_lines(from, to, count);
    return;
  }
#endif
  memcpy(to, from, count * sizeof *from);
}
