// Scalar arithmetic that every instruction set shares, so that it gives the same bits in all.
#ifndef PEREGRINE_SCALAR_H
#define PEREGRINE_SCALAR_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang fp contract(off)

#define PG_INLINE static inline __attribute__((always_inline, unused))

// ---------------------------------------------------------------------------------------------
// e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln(2) / 2; n is found by adding 1.5 * 2^23,
// which leaves it in the low bits. ln 2 is taken off in two parts, the first with nine trailing
// zero bits so that n times it is exact. e^r = 1 + r + r^2 (q0 + ... + q4 r^4) by minimax fit,
// relative error 3.1e-9. Within the limits the exponent of the result stays normal, so 2^n is an
// integer added to the exponent's bits.
#define PG_EXP_LOWEST -87.33654f
#define PG_EXP_HIGHEST 0x1.62e42ep+6f
#define PG_EXP_LOG2_E 0x1.715476p+0f
#define PG_EXP_SHIFT 0x1.8p+23f
#define PG_EXP_LN2_HIGH 0x1.62e4p-1f
#define PG_EXP_LN2_LOW 0x1.7f7d1cp-20f
#define PG_EXP_Q0 0x1.fffffcp-2f
#define PG_EXP_Q1 0x1.555492p-3f
#define PG_EXP_Q2 0x1.5558f2p-5f
#define PG_EXP_Q3 0x1.123a2p-7f
#define PG_EXP_Q4 0x1.6a23dp-10f

// 2^x = 2^n 2^f with n the integer nearest to x, found as above, and f = x - n, which is exact.
// 2^f = 1 + f (p0 + ... + p5 f^5) by minimax fit, relative error 3.0e-9. Below the lowest the
// result is 0, from the end on infinity.
#define PG_EXP2_LOWEST -126.0f
#define PG_EXP2_END 128.0f
#define PG_EXP2_P0 0x1.62e43p-1f
#define PG_EXP2_P1 0x1.ebfbdcp-3f
#define PG_EXP2_P2 0x1.c6af7cp-5f
#define PG_EXP2_P3 0x1.3b2dep-7f
#define PG_EXP2_P4 0x1.5f082ep-10f
#define PG_EXP2_P5 0x1.416b5ep-13f

// Where the log-ratios of a policy gradient are held; e^x is a normal number inside.
#define PG_LOG_RATIO_LIMIT 20.0f

// Natural logarithm, rounded from a double computation with error below 1e-11: an error of 0.5001
// units in the last place. NaN below 0, -inf at 0.
PG_INLINE float natural_log(float x) {
  if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
  if (x == INFINITY) return x;
  double value = x;
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  // Split so that the mantissa lies in [sqrt(1/2), sqrt(2)).
  int64_t exponent = (int64_t)((bits - 0x3fe6a09e667f3bcdu) >> 52);
  if (exponent >= 2048) exponent -= 4096;
  bits -= (uint64_t)exponent << 52;
  memcpy(&value, &bits, sizeof value);
  // log m = 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.1716.
  double s = (value - 1) / (value + 1);
  double square = s * s;
  double series = 1.0 / 15;
  series = series * square + 1.0 / 13;
  series = series * square + 1.0 / 11;
  series = series * square + 1.0 / 9;
  series = series * square + 1.0 / 7;
  series = series * square + 1.0 / 5;
  series = series * square + 1.0 / 3;
  series = series * square + 1;
  return (float)((double)exponent * 0.693147180559945309417 + 2 * s * series);
}

PG_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
PG_INLINE size_t round_up(size_t n, size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

// ---------------------------------------------------------------------------------------------
// Rounding to narrow numbers.

// The magnitudes of floats are ordered like their bits, NaN beyond this.
#define PG_INFINITY_BITS 0x7f800000u

// bf16 in the upper half, to nearest, ties to even; anything in the lower.
PG_INLINE uint32_t rounded_to_bfloat16(uint32_t bits) {
  const uint32_t rounded = bits + 0x7fffu + (bits >> 16 & 1u);
  // A NaN whose payload lies in the lower half must not become an infinity.
  return (bits & 0x7fffffffu) > PG_INFINITY_BITS ? bits | 0x400000u : rounded;
}

// The same with a lower half of zeros, and zero below 2^-126.
PG_INLINE uint32_t normal_bfloat16(uint32_t bits) {
  const uint32_t rounded = rounded_to_bfloat16(bits);
  return rounded & ((rounded & PG_INFINITY_BITS) == 0 ? 0x80000000u : 0xffff0000u);
}

// What integers in -127...127 are multiples of, for the largest magnitude's bits.
PG_INLINE float scale_of_bits(int32_t largest) {
  if (largest >= (int32_t)PG_INFINITY_BITS) return NAN;
  float magnitude;
  memcpy(&magnitude, &largest, sizeof magnitude);
  const float scale = magnitude / 127;
  return scale > FLT_MIN ? scale : FLT_MIN;
}

// Floats from one rounded row to the next: up to one for each element and one for each 32; then a
// cache line, so that rows of a power of two don't meet in the first cache.
PG_INLINE size_t rounded_row_count(size_t k) {
  const size_t depth = round_up(k, 32);
  return round_up(depth + depth / 32, 16) + 16;
}

// Adding this leaves the nearest integer, ties to even, in a float's low bits.
#define PG_INTEGER_SHIFT 0x1.8p+23f
#define PG_INTEGER_SHIFT_BITS 0x4b400000

// ---------------------------------------------------------------------------------------------
// Choosing an id (pg_draw), after each element's e^(u - max) is known.

// First id whose cumulated weight times `inverse` exceeds `uniform`; the last one of nonzero
// weight when rounding leaves none; -1 when all are zero. The running sum is a double, so that a
// long vocabulary does not bias the draw.
PG_INLINE int32_t draw_from_weights(size_t vocabulary, const float *weights, float inverse,
                                    float uniform) {
  double cumulated = 0;
  int32_t last = -1;
  for (size_t i = 0; i < vocabulary; i++) {
    float probability = weights[i] * inverse;
    if (!(probability > 0)) continue;
    last = (int32_t)i;
    cumulated += (double)probability;
    if (cumulated > (double)uniform) return last;
  }
  return last;
}

// Lowest id that holds the largest logit.
PG_INLINE int32_t first_equal(size_t n, const float *x, float value) {
  for (size_t i = 0; i < n; i++) {
    if (x[i] == value) return (int32_t)i;
  }
  return -1;
}

// Asks for the line at p + distance, which need not exist, to come to the first cache.
PG_INLINE void expect_bytes(const void *p, size_t distance) {
  __builtin_prefetch((const void *)((uintptr_t)p + distance));
}
PG_INLINE void expect(const float *p, size_t distance) {
  expect_bytes(p, distance * sizeof(float));
}

// ---------------------------------------------------------------------------------------------
// Queries (rows times heads of a group) that attention handles together, and its backward pass.
#define PG_QUERIES 42
#define PG_QUERY_LANES 48
#define PG_GRADIENT_QUERIES 84
// Positions whose scores are taken at a time, whole panels of keys, and the distance of two queries'
// scores: not a power of two, so that a column of them spreads over the first-level cache.
#define PG_SCORES 128
#define PG_SCORE_STRIDE (PG_SCORES + PG_LANES)

// Rows and columns of B that a weight's gradient lays out at a time.
#define PG_OUTER_ROWS 256
#define PG_OUTER_COLUMNS 512

// Floats from which on an output is written past the caches: more than they can hold for anybody.
#define PG_STREAMING_COUNT ((size_t)4 << 20)

#endif
