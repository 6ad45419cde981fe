// Scores against the other scores of their group, in the order of sums that every instruction set
// keeps.
#ifndef PEREGRINE_SCALAR_GROUPS_H
#define PEREGRINE_SCALAR_GROUPS_H

#include "kernel_table.h"
#include "scalar.h"

// x0 + x1 + ... as a tree of neighbours; an odd one out moves up unchanged.
PG_INLINE float sum_of_neighbours(size_t n, const float *x, int squared, float mean) {
  float level[PG_GROUP_LIMIT];
  for (size_t i = 0; i < n; i++) {
    float d = x[i] - mean;
    level[i] = squared ? d * d : x[i];
  }
  while (n > 1) {
    for (size_t i = 0; i < n / 2; i++) level[i] = level[2 * i] + level[2 * i + 1];
    if (n % 2) level[n / 2] = level[n - 1];
    n = (n + 1) / 2;
  }
  return level[0];
}

PG_INLINE int one_group(size_t size, const pg_group_settings *s, const float *scores,
                      float *advantages) {
  float mean = sum_of_neighbours(size, scores, 0, 0) / (float)size;
  float squares = sum_of_neighbours(size, scores, 1, mean);
  float deviation = sqrtf(squares / s->divisor);
  float magnitude = mean < 0 ? -mean : mean;
  float factor = s->scaled ? s->multiplier / (deviation + s->epsilon) : s->multiplier;
  if (deviation <= s->tolerance * magnitude) factor = 0;
  for (size_t i = 0; i < size; i++) advantages[i] = (scores[i] - mean) * factor;
  return isfinite(deviation) != 0;
}

PG_INLINE int groups_one_by_one(size_t groups, size_t size, const pg_group_settings *settings,
                                const float *scores, float *advantages) {
  int finite = 1;
  for (size_t group = 0; group < groups; group++) {
    finite &= one_group(size, settings, scores + group * size, advantages + group * size);
    for (size_t i = 0; i < size; i++) finite &= isfinite(advantages[group * size + i]) != 0;
  }
  return finite;
}

#endif
