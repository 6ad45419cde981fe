// Drawing from the likeliest ids only, without sorting the vocabulary: few ids lie near the largest
// logit, and where the limit lies among them is found digit by digit.
#include "../internal/scalar_truncation.h"

// Ids, ascending, of the elements with x * factor >= least. Returns how many.
PG_INLINE size_t at_least(size_t n, const float *x, float factor, float least, int32_t *ids) {
  size_t count = 0, i = 0;
  for (; i + 4 * PG_LANES <= n; i += 4 * PG_LANES) {
    i16 found = (i16)(0);
    PG_UNROLL for (size_t v = 0; v < 4; v++) {
      found |= load(x + i + v * PG_LANES) * splat(factor) >= splat(least);
    }
    if (!__builtin_reduce_or(found)) continue;
    for (size_t j = i; j < i + 4 * PG_LANES; j++) {
      ids[count] = (int32_t)j;
      count += x[j] * factor >= least;
    }
  }
  for (; i < n; i++) {
    if (x[i] * factor >= least) ids[count++] = (int32_t)i;
  }
  return count;
}

PG_INLINE uint64_t mass_of_all(size_t n, const float *weights) {
  l16 sum = (l16)(0);
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    d16 shifted = __builtin_convertvector(load(weights + i), d16) + (d16)PG_MASS_SHIFT;
    l16 bits;
    __builtin_memcpy(&bits, &shifted, sizeof bits);
    sum += bits - (l16)(int64_t)mass_bits(PG_MASS_SHIFT);
  }
  uint64_t mass = (uint64_t)__builtin_reduce_add(sum);
  for (; i < n; i++) mass += mass_of(weights[i]);
  return mass;
}

PG_INLINE uint64_t mass_of_listed(const float *weights, const int32_t *ids, size_t count) {
  uint64_t mass = 0;
  for (size_t i = 0; i < count; i++) mass += mass_of(weights[ids[i]]);
  return mass;
}

// A number that is the larger the larger the logit, both zeros alike.
PG_INLINE uint32_t order_key(float logit) {
  const float x = logit + 0.0f;
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

// What an id counts towards a limit: its weight's mass, or 1.
PG_INLINE uint64_t amount_of(const float *weights, int32_t id) {
  return weights ? mass_of(weights[id]) : 1;
}

// Keeps, of a list of ascending ids, the shortest beginning of their order (the larger logit first,
// then the lower id) whose amounts reach `enough`, which all of them do. The logit at which it is
// reached is found from its first 11 bits to its last 10; integer sums make every order the same.
static __attribute__((noinline)) size_t keep_first(const float *logits, const float *weights,
                                                   uint64_t enough, int32_t *ids, size_t count) {
  static const struct {
    unsigned shift, bits;
  } digits[3] = {{21, 11}, {10, 11}, {0, 10}};
  uint64_t amounts[1 << 11], before = 0;
  uint32_t found = 0;
  for (int digit = 0; digit < 3; digit++) {
    const unsigned shift = digits[digit].shift, bits = digits[digit].bits;
    const uint32_t last = (1u << bits) - 1;
    memset(amounts, 0, sizeof amounts);
    for (size_t i = 0; i < count; i++) {
      const uint32_t key = order_key(logits[ids[i]]);
      if (digit > 0 && key >> (shift + bits) != found) continue;
      amounts[key >> shift & last] += amount_of(weights, ids[i]);
    }
    uint32_t value = last;
    while (value > 0 && before + amounts[value] < enough) before += amounts[value--];
    found = found << bits | value;
  }
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t key = order_key(logits[ids[i]]);
    if (key < found) continue;
    if (key == found) {
      if (before >= enough) continue;
      before += amount_of(weights, ids[i]);
    }
    ids[kept++] = ids[i];
  }
  return kept;
}

// The shortest beginning of all ids' order whose amounts reach `enough`. The distance from the
// largest u in which candidates are looked for grows until there are enough; from PG_FARTHEST on,
// where next to nothing is left, all ids are candidates.
#define PG_FARTHEST 24.0f
PG_INLINE size_t first_of_all(size_t n, const float *logits, float inverse_temperature,
                              float largest, const float *weights, uint64_t enough, int32_t *ids) {
  size_t count = 0;
  for (float distance = 2;; distance += 2) {
    const float least = distance < PG_FARTHEST ? largest - distance : -INFINITY;
    count = at_least(n, logits, inverse_temperature, least, ids);
    if (distance >= PG_FARTHEST) break;
    if ((weights ? mass_of_listed(weights, ids, count) : count) >= enough) break;
  }
  return keep_first(logits, weights, enough, ids, count);
}

static int32_t draw_truncated(size_t vocabulary, const float *logits, const pg_truncation *limits,
                              float uniform, float *log_probability, float *truncated,
                              float *scratch, int32_t *ids) {
  const float inverse_temperature = 1 / limits->temperature;
  const softmax_sums s = weighed(vocabulary, logits, inverse_temperature, scratch);
  if (!(s.total >= 1)) return -1;

  size_t kept;
  if (limits_count(limits, vocabulary)) {
    kept = first_of_all(vocabulary, logits, inverse_temperature, s.largest, NULL,
                        limits->top_k, ids);
    if (limits_mass(limits)) {
      const uint64_t mass = mass_of_listed(scratch, ids, kept);
      kept = keep_first(logits, scratch, mass_share(limits->top_p, mass), ids, kept);
    }
  } else if (limits_mass(limits)) {
    const uint64_t mass = mass_of_all(vocabulary, scratch);
    kept = first_of_all(vocabulary, logits, inverse_temperature, s.largest, scratch,
                        mass_share(limits->top_p, mass), ids);
  } else {
    kept = at_least(vocabulary, scratch, 1, limits->min_p, ids);
  }
  if (limits_weight(limits)) {
    size_t heavy = 0;
    for (size_t i = 0; i < kept; i++) {
      if (scratch[ids[i]] >= limits->min_p) ids[heavy++] = ids[i];
    }
    kept = heavy;
  }
  return draw_from_kept(vocabulary, logits, inverse_temperature, s.largest, s.total, scratch, ids,
                        kept, mass_of_listed(scratch, ids, kept), uniform, log_probability,
                        truncated);
}
