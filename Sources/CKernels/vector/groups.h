// Scores against the other scores of their group.
//
// PG_LANES groups of 2, 4, 8 or 16 go side by side: sums of neighbours halve the number of vectors
// until each lane holds one group's, and what belongs to a group spreads back the same way. Groups
// of other sizes go one by one.
#include "../internal/scalar_groups.h"

PG_INLINE v16 pairs(v16 a, v16 b) {
  v16 even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  v16 odd = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  return even + odd;
}

// One sum per group of 2^levels lanes.
PG_INLINE v16 gathered(const int levels, const v16 *vectors) {
  v16 level[PG_LANES];
  PG_UNROLL for (int i = 0; i < 1 << levels; i++) level[i] = vectors[i];
  PG_UNROLL for (int step = levels; step > 0; step--) {
    PG_UNROLL for (int i = 0; i < 1 << (step - 1); i++) {
      level[i] = pairs(level[2 * i], level[2 * i + 1]);
    }
  }
  return level[0];
}

// Each lane's number in all lanes of its group.
PG_INLINE void spread(const int levels, v16 numbers, v16 *vectors) {
  vectors[0] = numbers;
  PG_UNROLL for (int step = 0; step < levels; step++) {
    PG_UNROLL for (int i = (1 << step) - 1; i >= 0; i--) {
      v16 v = vectors[i];
      vectors[2 * i + 1] = __builtin_shufflevector(v, v, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
                                                   14, 14, 15, 15);
      vectors[2 * i] = __builtin_shufflevector(v, v, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
    }
  }
}

PG_INLINE int sixteen_groups(const int levels, size_t batches, const pg_group_settings *s,
                             const float *scores, float *advantages) {
  const int count = 1 << levels;
  v16 unordered = splat(0);
  for (size_t batch = 0; batch < batches; batch++) {
    v16 x[PG_LANES], other[PG_LANES];
    PG_UNROLL for (int i = 0; i < count; i++) x[i] = load(scores + i * PG_LANES);
    v16 mean = gathered(levels, x) / splat((float)count);
    spread(levels, mean, other);
    PG_UNROLL for (int i = 0; i < count; i++) x[i] -= other[i];
    PG_UNROLL for (int i = 0; i < count; i++) other[i] = x[i] * x[i];
    v16 deviation = root(gathered(levels, other) / splat(s->divisor));
    unordered = fused(deviation, splat(0), unordered);
    v16 magnitude = mean < splat(0) ? -mean : mean;
    v16 factor = splat(s->multiplier);
    if (s->scaled) factor /= deviation + splat(s->epsilon);
    factor = deviation <= splat(s->tolerance) * magnitude ? splat(0) : factor;
    spread(levels, factor, other);
    PG_UNROLL for (int i = 0; i < count; i++) {
      v16 advantage = x[i] * other[i];
      unordered = fused(advantage, splat(0), unordered);
      store(advantages + i * PG_LANES, advantage);
    }
    scores += count * PG_LANES;
    advantages += count * PG_LANES;
  }
  return sum_lanes(unordered) == 0;
}

static int group_advantages(size_t groups, size_t size, const pg_group_settings *settings,
                            const float *scores, float *advantages) {
  const size_t batches = groups / PG_LANES;
  int finite = 1;
  size_t done = batches * PG_LANES;
  switch (size) {
  case 2: finite = sixteen_groups(1, batches, settings, scores, advantages); break;
  case 4: finite = sixteen_groups(2, batches, settings, scores, advantages); break;
  case 8: finite = sixteen_groups(3, batches, settings, scores, advantages); break;
  case 16: finite = sixteen_groups(4, batches, settings, scores, advantages); break;
  default: done = 0;
  }
  return finite & groups_one_by_one(groups - done, size, settings, scores + done * size,
                                    advantages + done * size);
}
