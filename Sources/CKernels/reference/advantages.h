// Generalised advantages.
#include "../internal/scalar_advantages.h"

// Answers whether all advantages are finite.
static int advantages_of_row(size_t n, float discount, const decay_powers *powers,
                             const float *rewards, const float *values, float *advantages,
                             float *returns) {
  float following = 0, carried = 0;
  int finite = 1;
  for (size_t end = n; end > 0;) {
    // A block ends where the next one starts; the first may have fewer tokens than lanes.
    const size_t count = smaller(end, PG_LANES), begin = end - count;
    float x[2 * PG_LANES] = {0};
    float *lanes = x + PG_LANES - count;
    for (size_t i = 0; i < count; i++) {
      float next = i + 1 < count ? values[begin + i + 1] : following;
      lanes[i] = rewards[begin + i] - values[begin + i] + discount * next;
    }
    for (size_t step = 0; step < 4; step++) {
      for (size_t lane = 0; lane < PG_LANES; lane++) {
        x[lane] += powers->neighbour[step] * x[lane + ((size_t)1 << step)];
      }
    }
    for (size_t i = 0; i < count; i++) {
      lanes[i] += powers->lane[PG_LANES - count + i] * carried;
      advantages[begin + i] = lanes[i];
      returns[begin + i] = lanes[i] + values[begin + i];
      finite &= isfinite(lanes[i]) != 0;
    }
    following = values[begin];
    carried = advantages[begin];
    end = begin;
  }
  return finite;
}

static void generalized_advantages(size_t rows, const ptrdiff_t *offsets, double discount,
                                   double decay, const float *rewards, const float *values,
                                   float *advantages, float *returns) {
  const decay_powers powers = powers_of(decay);
  for (size_t row = 0; row < rows; row++) {
    const ptrdiff_t at = offsets[row];
    const size_t n = (size_t)(offsets[row + 1] - at);
    if (!advantages_of_row(n, (float)discount, &powers, rewards + at, values + at, advantages + at,
                           returns + at)) {
      advantages_in_double(n, discount, decay, rewards + at, values + at, advantages + at,
                           returns + at);
    }
  }
}
