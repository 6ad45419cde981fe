// The building blocks of the reference: lanes, their tree, e^x and 2^x.
#include "../internal/kernel_table.h"
#include "../internal/scalar.h"

static float joined(const float *lanes) {
  float s[PG_LANES];
  memcpy(s, lanes, sizeof s);
  for (size_t width = PG_LANES / 2; width > 0; width /= 2) {
    for (size_t i = 0; i < width; i++) s[i] = s[i] + s[i + width];
  }
  return s[0];
}

static float exponential(float x) {
  if (x < PG_EXP_LOWEST) return 0;
  if (!(x <= PG_EXP_HIGHEST)) return x + INFINITY;
  float shifted = fmaf(x, PG_EXP_LOG2_E, PG_EXP_SHIFT);
  float n = shifted - PG_EXP_SHIFT;
  float r = fmaf(n, -PG_EXP_LN2_HIGH, x);
  r = fmaf(n, -PG_EXP_LN2_LOW, r);
  float q = fmaf(PG_EXP_Q4, r, PG_EXP_Q3);
  q = fmaf(q, r, PG_EXP_Q2);
  q = fmaf(q, r, PG_EXP_Q1);
  q = fmaf(q, r, PG_EXP_Q0);
  q = fmaf(r * r, q, r) + 1;
  uint32_t bits, exponent;
  memcpy(&bits, &q, sizeof bits);
  memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 23;
  memcpy(&q, &bits, sizeof q);
  return q;
}

static float binary_exponential(float x) {
  if (x < PG_EXP2_LOWEST) return 0;
  if (!(x < PG_EXP2_END)) return x + INFINITY;
  float shifted = x + PG_EXP_SHIFT, f = x - (shifted - PG_EXP_SHIFT);
  float p = fmaf(PG_EXP2_P5, f, PG_EXP2_P4);
  p = fmaf(p, f, PG_EXP2_P3);
  p = fmaf(p, f, PG_EXP2_P2);
  p = fmaf(p, f, PG_EXP2_P1);
  p = fmaf(p, f, PG_EXP2_P0);
  p = fmaf(p, f, 1);
  uint32_t bits, exponent;
  memcpy(&bits, &p, sizeof bits);
  memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 23;
  memcpy(&p, &bits, sizeof p);
  return p;
}

static float maximum(size_t n, const float *x) {
  float lanes[PG_LANES];
  for (size_t i = 0; i < PG_LANES; i++) lanes[i] = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    if (x[i] != x[i]) return NAN;
    if (x[i] > lanes[i % PG_LANES]) lanes[i % PG_LANES] = x[i];
  }
  for (size_t width = PG_LANES / 2; width > 0; width /= 2) {
    for (size_t i = 0; i < width; i++) {
      if (!(lanes[i] > lanes[i + width])) lanes[i] = lanes[i + width];
    }
  }
  return lanes[0];
}

static float sum(size_t n, const float *x) {
  float lanes[PG_LANES] = {0};
  for (size_t i = 0; i < n; i++) lanes[i % PG_LANES] += x[i];
  return joined(lanes);
}

static float dot(size_t n, const float *a, const float *b) {
  float lanes[PG_LANES] = {0};
  for (size_t i = 0; i < n; i++) lanes[i % PG_LANES] = fmaf(a[i], b[i], lanes[i % PG_LANES]);
  return joined(lanes);
}

static double sum_of_squares(size_t n, const float *x) {
  double s[PG_LANES] = {0};
  for (size_t i = 0; i < n; i++) s[i % PG_LANES] += (double)x[i] * (double)x[i];
  for (size_t width = PG_LANES / 2; width > 0; width /= 2) {
    for (size_t i = 0; i < width; i++) s[i] = s[i] + s[i + width];
  }
  return s[0];
}

static int all_finite(size_t n, const float *x) {
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(x[i])) return 0;
  }
  return 1;
}
