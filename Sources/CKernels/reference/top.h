// The largest elements.
#include "../internal/scalar_top.h"

static size_t top_k(size_t n, const float *x, size_t k, float *values, int32_t *ids) {
  const size_t count = smaller(k, n);
  for (size_t taken = 0; taken < count; taken++) {
    size_t best = n;
    for (size_t i = 0; i < n; i++) {
      // Only what goes after the one taken before.
      if (taken > 0 && !goes_before(values[taken - 1], ids[taken - 1], x[i], (int32_t)i)) continue;
      if (best == n || goes_before(x[i], (int32_t)i, x[best], (int32_t)best)) best = i;
    }
    values[taken] = x[best];
    ids[taken] = (int32_t)best;
  }
  return count;
}
