// What the truncated draws of all instruction sets share: sums that no order can change, and the
// draw from a list of ids.
#ifndef PEREGRINE_SCALAR_TRUNCATION_H
#define PEREGRINE_SCALAR_TRUNCATION_H

#include "scalar.h"

// A weight in [0, 1] as a whole number of units of 2^-42, ties to even. Sums of them are exact, so
// they depend on no order; 2^20 of them stay below 2^63. A double from 2^10 on has its last bit at
// 2^-42, so one addition rounds.
#define PG_MASS_SHIFT 0x1p10
#define PG_MASS_UNIT 0x1p-42
PG_INLINE uint64_t mass_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
PG_INLINE uint64_t mass_of(float weight) {
  return mass_bits((double)weight + PG_MASS_SHIFT) - mass_bits(PG_MASS_SHIFT);
}

// The least mass that is at least `share` of a mass; share is in (0, 1).
PG_INLINE uint64_t mass_share(float share, uint64_t mass) {
  const double product = (double)share * (double)mass;
  const uint64_t whole = (uint64_t)product;
  return (double)whole < product ? whole + 1 : whole;
}

// Whether there is anything to truncate by.
PG_INLINE int limits_count(const pg_truncation *t, size_t n) { return t->top_k < n; }
PG_INLINE int limits_mass(const pg_truncation *t) { return t->top_p < 1; }
PG_INLINE int limits_weight(const pg_truncation *t) { return t->min_p > 0; }

// Draws from the kept ids, ascending: what pg_draw does with all of them. `kept` of `n` ids hold
// `mass`; `total` is the sum of all weights and `largest` the largest u.
PG_INLINE int32_t draw_from_kept(size_t n, const float *logits, float inverse_temperature,
                                 float largest, float total, const float *weights,
                                 const int32_t *ids, size_t kept, uint64_t mass, float uniform,
                                 float *log_probability, float *truncated) {
  const float kept_total = kept < n ? (float)((double)mass * PG_MASS_UNIT) : total;
  const float inverse = 1 / kept_total;
  double cumulated = 0;
  int32_t id = -1;
  for (size_t i = 0; i < kept; i++) {
    float probability = weights[ids[i]] * inverse;
    if (!(probability > 0)) continue;
    id = ids[i];
    cumulated += (double)probability;
    if (cumulated > (double)uniform) break;
  }
  if (id < 0) return -1;
  const float u = logits[id] * inverse_temperature;
  *log_probability = u - (largest + natural_log(total));
  *truncated = kept < n ? (u - largest) - natural_log(kept_total) : *log_probability;
  return id;
}

#endif
