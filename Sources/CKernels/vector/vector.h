// The virtual vector of PG_LANES floats that all vector kernels are written in. The compiler maps
// it to one, two or four registers.
#include "../internal/kernel_table.h"
#include "../internal/scalar.h"

// Vectors only pass between functions that are inlined, so no calling convention is at stake.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float v16 __attribute__((ext_vector_type(16)));
typedef double d16 __attribute__((ext_vector_type(16)));
typedef int64_t l16 __attribute__((ext_vector_type(16)));
typedef int32_t i16 __attribute__((ext_vector_type(16)));
typedef uint32_t u16 __attribute__((ext_vector_type(16)));
typedef int8_t c16 __attribute__((ext_vector_type(16)));

#define PG_UNROLL _Pragma("clang loop unroll(full)")

PG_INLINE v16 load(const float *p) {
  v16 v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
PG_INLINE void store(float *p, v16 v) { __builtin_memcpy(p, &v, sizeof v); }

// Not inlined, so that the rare last vector takes little code.
static __attribute__((noinline)) void copy_some(float *to, const float *from, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = from[i];
}
PG_INLINE v16 splat(float x) { return (v16)x; }

// The first `count` < PG_LANES elements, the others `rest`.
PG_INLINE v16 load_part(const float *p, size_t count, float rest) {
  float buffer[PG_LANES];
  store(buffer, splat(rest));
  copy_some(buffer, p, count);
  return load(buffer);
}
PG_INLINE void store_part(float *p, v16 v, size_t count) {
  float buffer[PG_LANES];
  store(buffer, v);
  copy_some(p, buffer, count);
}

// True in the first `count` lanes.
PG_INLINE i16 first_lanes(size_t count) {
  return (i16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} < (i16)(int32_t)count;
}
PG_INLINE v16 fused(v16 a, v16 b, v16 c) { return __builtin_elementwise_fma(a, b, c); }
PG_INLINE v16 root(v16 a) { return __builtin_elementwise_sqrt(a); }
PG_INLINE float fused1(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

// The fixed tree that joins the lanes.
PG_INLINE float sum_lanes(v16 v) {
  __typeof__(v.lo) eight = v.lo + v.hi;
  __typeof__(eight.lo) four = eight.lo + eight.hi;
  __typeof__(four.lo) two = four.lo + four.hi;
  return two.x + two.y;
}
PG_INLINE double sum_lanes_double(d16 v) {
  __typeof__(v.lo) eight = v.lo + v.hi;
  __typeof__(eight.lo) four = eight.lo + eight.hi;
  __typeof__(four.lo) two = four.lo + four.hi;
  return two.x + two.y;
}

// The largest of x * factor, NaN left out; -inf when there is none. Four chains hide the latency;
// no order of comparing can change the outcome but for the sign of a zero.
PG_INLINE v16 larger(v16 best, v16 x) { return x > best ? x : best; }
PG_INLINE float largest_lane(v16 v) {
  __typeof__(v.lo) eight = v.lo > v.hi ? v.lo : v.hi;
  __typeof__(eight.lo) four = eight.lo > eight.hi ? eight.lo : eight.hi;
  __typeof__(four.lo) two = four.lo > four.hi ? four.lo : four.hi;
  return two.x > two.y ? two.x : two.y;
}
PG_INLINE float largest_product(size_t n, const float *x, float factor) {
  v16 best[4] = {splat(-INFINITY), splat(-INFINITY), splat(-INFINITY), splat(-INFINITY)};
  size_t i = 0;
  for (; i + 4 * PG_LANES <= n; i += 4 * PG_LANES) {
    PG_UNROLL for (size_t v = 0; v < 4; v++) {
      best[v] = larger(best[v], load(x + i + v * PG_LANES) * splat(factor));
    }
  }
  for (; i + PG_LANES <= n; i += PG_LANES) best[0] = larger(best[0], load(x + i) * splat(factor));
  // The last lanes repeat one element, which changes nothing.
  if (i < n) best[1] = larger(best[1], load_part(x + i, n - i, x[i]) * splat(factor));
  return largest_lane(larger(larger(best[0], best[1]), larger(best[2], best[3])));
}

#if defined(PG_CONVERTS)
// The integers that x holds, 0x80000000 for what is none.
PG_INLINE u16 integers(v16 x) {
  const __m256i half[2] = {_mm256_cvtps_epi32(x.lo), _mm256_cvtps_epi32(x.hi)};
  u16 y;
  __builtin_memcpy(&y, half, sizeof y);
  return y;
}

// Keeps the compiler from finishing one of two vectors before it begins the other.
PG_INLINE void side_by_side(const int count, v16 *x) {
  if (count < 2) return;
  __m256 parts[] = {x[0].lo, x[0].hi, x[1].lo, x[1].hi};
  __asm__("" : "+x"(parts[0]), "+x"(parts[1]), "+x"(parts[2]), "+x"(parts[3]));
  __builtin_memcpy(x, parts, sizeof parts);
}
#else
PG_INLINE void side_by_side(const int count, v16 *x) { (void)count, (void)x; }
#endif

// Of one or two vectors step by step, so that they wait while the other is worked on.
#define PG_EACH PG_UNROLL for (int v = 0; v < count; v++)

// e^r = 2^-n e^x for the integer n nearest to x / ln 2; `shifted` has it in its low bits.
PG_INLINE void reduce_exponentials(const int count, const v16 *x, v16 *power, v16 *n,
                                   v16 *shifted) {
  v16 r[2], q[2];
  PG_EACH shifted[v] = fused(x[v], splat(PG_EXP_LOG2_E), splat(PG_EXP_SHIFT));
  PG_EACH n[v] = shifted[v] - splat(PG_EXP_SHIFT);
  PG_EACH r[v] = fused(n[v], splat(-PG_EXP_LN2_HIGH), x[v]);
  PG_EACH r[v] = fused(n[v], splat(-PG_EXP_LN2_LOW), r[v]);
  PG_EACH q[v] = fused(splat(PG_EXP_Q4), r[v], splat(PG_EXP_Q3));
  side_by_side(count, q);
  PG_EACH q[v] = fused(q[v], r[v], splat(PG_EXP_Q2));
  side_by_side(count, q);
  PG_EACH q[v] = fused(q[v], r[v], splat(PG_EXP_Q1));
  side_by_side(count, q);
  PG_EACH q[v] = fused(q[v], r[v], splat(PG_EXP_Q0));
  side_by_side(count, q);
  PG_EACH power[v] = fused(r[v] * r[v], q[v], r[v]) + splat(1);
}

// y = e^x for x that is at most PG_EXP_HIGHEST or NaN, which is what a softmax needs.
PG_INLINE void exponentials_below(const int count, const v16 *x, v16 *y) {
  v16 power[2], n[2], shifted[2];
  reduce_exponentials(count, x, power, n, shifted);
#if defined(PG_HAS_SCALEF)
  PG_EACH {
    const __mmask16 counts = _mm512_cmp_ps_mask(x[v], splat(PG_EXP_LOWEST), _CMP_NLT_UQ);
    y[v] = _mm512_maskz_scalef_ps(counts, power[v], n[v]);
  }
#else
  PG_EACH {
    u16 bits, exponent;
    __builtin_memcpy(&bits, &power[v], sizeof bits);
#if defined(PG_CONVERTS)
    // NaN leaves 0 in the exponent, so that it stays what it is.
    exponent = integers(n[v]);
    bits = (bits + (exponent << 23)) & (u16)~(x[v] < splat(PG_EXP_LOWEST));
    __builtin_memcpy(&y[v], &bits, sizeof bits);
#else
    __builtin_memcpy(&exponent, &shifted[v], sizeof exponent);
    bits += exponent << 23;
    __builtin_memcpy(&y[v], &bits, sizeof bits);
    y[v] = x[v] >= splat(PG_EXP_LOWEST) ? y[v] : splat(0);
    y[v] = x[v] <= splat(PG_EXP_HIGHEST) ? y[v] : x[v] + splat(INFINITY);
#endif
  }
#endif
}
PG_INLINE v16 exponential_below(v16 x) {
  v16 y;
  exponentials_below(1, &x, &y);
  return y;
}

PG_INLINE void exponentials_of(const int count, const v16 *x, v16 *y) {
  exponentials_below(count, x, y);
#if defined(PG_HAS_SCALEF) || defined(PG_CONVERTS)
  PG_EACH y[v] = x[v] > splat(PG_EXP_HIGHEST) ? splat(INFINITY) : y[v];
#endif
}
PG_INLINE v16 exponential(v16 x) {
  v16 y;
  exponentials_of(1, &x, &y);
  return y;
}
PG_INLINE float exponential1(float x) { return exponential(splat(x)).x; }

// y = 2^x for x that is below PG_EXP2_END or NaN. As above, of one or two vectors step by step.
PG_INLINE void binary_exponentials_below(const int count, const v16 *x, v16 *y) {
  v16 n[2], f[2], p[2];
#if defined(PG_CONVERTS)
  u16 exponent[2];
  PG_EACH exponent[v] = integers(x[v]);
  PG_EACH n[v] = __builtin_convertvector((i16)exponent[v], v16);
#else
  v16 shifted[2];
  PG_EACH shifted[v] = x[v] + splat(PG_EXP_SHIFT);
  PG_EACH n[v] = shifted[v] - splat(PG_EXP_SHIFT);
#endif
  PG_EACH f[v] = x[v] - n[v];
  PG_EACH p[v] = fused(splat(PG_EXP2_P5), f[v], splat(PG_EXP2_P4));
  side_by_side(count, p);
  PG_EACH p[v] = fused(p[v], f[v], splat(PG_EXP2_P3));
  side_by_side(count, p);
  PG_EACH p[v] = fused(p[v], f[v], splat(PG_EXP2_P2));
  side_by_side(count, p);
  PG_EACH p[v] = fused(p[v], f[v], splat(PG_EXP2_P1));
  side_by_side(count, p);
  PG_EACH p[v] = fused(p[v], f[v], splat(PG_EXP2_P0));
  side_by_side(count, p);
  PG_EACH p[v] = fused(p[v], f[v], splat(1));
#if defined(PG_HAS_SCALEF)
  PG_EACH {
    const __mmask16 counts = _mm512_cmp_ps_mask(x[v], splat(PG_EXP2_LOWEST), _CMP_NLT_UQ);
    y[v] = _mm512_maskz_scalef_ps(counts, p[v], n[v]);
  }
#else
  PG_EACH {
    u16 bits;
    __builtin_memcpy(&bits, &p[v], sizeof bits);
#if defined(PG_CONVERTS)
    bits = (bits + (exponent[v] << 23)) & (u16)~(x[v] < splat(PG_EXP2_LOWEST));
    __builtin_memcpy(&y[v], &bits, sizeof bits);
#else
    u16 exponent;
    __builtin_memcpy(&exponent, &shifted[v], sizeof exponent);
    bits += exponent << 23;
    __builtin_memcpy(&y[v], &bits, sizeof bits);
    y[v] = x[v] >= splat(PG_EXP2_LOWEST) ? y[v] : splat(0);
    y[v] = x[v] < splat(PG_EXP2_END) ? y[v] : x[v] + splat(INFINITY);
#endif
  }
#endif
}
PG_INLINE v16 binary_exponential_below(v16 x) {
  v16 y;
  binary_exponentials_below(1, &x, &y);
  return y;
}

// y = 2^x for all x.
PG_INLINE void binary_exponentials_of(const int count, const v16 *x, v16 *y) {
  binary_exponentials_below(count, x, y);
#if defined(PG_HAS_SCALEF) || defined(PG_CONVERTS)
  PG_EACH y[v] = x[v] >= splat(PG_EXP2_END) ? splat(INFINITY) : y[v];
#endif
}
PG_INLINE v16 binary_exponential(v16 x) {
  v16 y;
  binary_exponentials_of(1, &x, &y);
  return y;
}

// natural_log of every lane, bit for bit.
PG_INLINE v16 natural_logs(v16 x) {
  d16 value = __builtin_convertvector(x, d16);
  l16 bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  // A number from single precision is normal in double, so this shift needs no care of the sign.
  l16 exponent = (bits - (l16)0x3fe6a09e667f3bcd) >> (l16)52;
  bits -= exponent << (l16)52;
  __builtin_memcpy(&value, &bits, sizeof value);
  d16 s = (value - (d16)1.0) / (value + (d16)1.0);
  d16 square = s * s;
  d16 series = (d16)(1.0 / 15);
  series = series * square + (d16)(1.0 / 13);
  series = series * square + (d16)(1.0 / 11);
  series = series * square + (d16)(1.0 / 9);
  series = series * square + (d16)(1.0 / 7);
  series = series * square + (d16)(1.0 / 5);
  series = series * square + (d16)(1.0 / 3);
  series = series * square + (d16)1.0;
  d16 power = __builtin_convertvector(__builtin_convertvector(exponent, i16), d16);
  d16 whole = power * (d16)0.693147180559945309417;
  v16 y = __builtin_convertvector(whole + (d16)2.0 * s * series, v16);
  y = x < splat(INFINITY) ? y : x;
  y = x > splat(0) ? y : splat(NAN);
  return x == splat(0) ? splat(-INFINITY) : y;
}

// Rows become columns: four times, the first and the second half interleave.
PG_INLINE void transpose(v16 rows[PG_LANES]) {
  PG_UNROLL for (int round = 0; round < 4; round++) {
    v16 next[PG_LANES];
    PG_UNROLL for (int i = 0; i < PG_LANES / 2; i++) {
      v16 a = rows[i], b = rows[i + PG_LANES / 2];
      next[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22,
                                            7, 23);
      next[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
                                                14, 30, 15, 31);
    }
    PG_UNROLL for (int i = 0; i < PG_LANES; i++) rows[i] = next[i];
  }
}

// As expect for the second cache; to be written.
PG_INLINE void expect_later(const float *p, size_t distance) {
  __builtin_prefetch((const void *)((uintptr_t)p + distance * sizeof(float)), 0, 2);
}
PG_INLINE void expect_write(const float *p, size_t distance) {
  __builtin_prefetch((const void *)((uintptr_t)p + distance * sizeof(float)), 1, 2);
}

// Writes past the caches; `to` is aligned to a whole vector. flush_streams comes before anybody
// else reads it.
PG_INLINE void stream(float *to, v16 v) {
  __builtin_nontemporal_store(v, (v16 *)(void *)to);
}
PG_INLINE void flush_streams(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}
