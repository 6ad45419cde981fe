// Drawing from the likeliest ids only.
#include "../internal/scalar_truncation.h"

static int32_t draw_truncated(size_t vocabulary, const float *logits, const pg_truncation *limits,
                              float uniform, float *log_probability, float *truncated,
                              float *scratch, int32_t *ids) {
  const float inverse_temperature = 1 / limits->temperature;
  const softmax_sums s = softmax_of(vocabulary, logits, inverse_temperature);
  float *weights = scratch, *ordered = scratch + vocabulary;
  for (size_t i = 0; i < vocabulary; i++) {
    weights[i] = exponential(logits[i] * inverse_temperature - s.largest);
  }
  if (!(s.total >= 1)) return -1;

  // All ids, the likeliest first; what is kept of them is a beginning.
  put_in_order(first_elements(vocabulary, logits, ordered, ids));
  size_t kept = smaller(limits->top_k, vocabulary);
  if (limits_mass(limits)) {
    uint64_t mass = 0;
    for (size_t i = 0; i < kept; i++) mass += mass_of(weights[ids[i]]);
    const uint64_t enough = mass_share(limits->top_p, mass);
    const size_t candidates = kept;
    mass = 0;
    for (kept = 0; kept < candidates && mass < enough; kept++) mass += mass_of(weights[ids[kept]]);
  }

  // Those of them that are heavy enough, by ascending id; `ordered` has served and marks them.
  for (size_t i = 0; i < vocabulary; i++) ordered[i] = 0;
  for (size_t i = 0; i < kept; i++) {
    ordered[ids[i]] = !limits_weight(limits) || weights[ids[i]] >= limits->min_p;
  }
  size_t count = 0;
  uint64_t mass = 0;
  for (size_t i = 0; i < vocabulary; i++) {
    if (ordered[i] == 0) continue;
    ids[count++] = (int32_t)i;
    mass += mass_of(weights[i]);
  }
  return draw_from_kept(vocabulary, logits, inverse_temperature, s.largest, s.total, weights, ids,
                        count, mass, uniform, log_probability, truncated);
}
