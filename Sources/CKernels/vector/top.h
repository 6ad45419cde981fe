// The largest elements.
#include "../internal/scalar_top.h"

static size_t top_k(size_t n, const float *x, size_t k, float *values, int32_t *ids) {
  const size_t count = smaller(k, n);
  if (count == 0) return 0;
  top_heap heap = first_elements(count, x, values, ids);
  size_t i = count;
  for (; i + 4 * PG_LANES <= n; i += 4 * PG_LANES) {
    const v16 worst = splat(values[0]);
    i16 turned_away = (i16)(-1);
    PG_UNROLL for (size_t v = 0; v < 4; v++) turned_away &= load(x + i + v * PG_LANES) <= worst;
    if (__builtin_reduce_and(turned_away)) continue;
    for (size_t j = i; j < i + 4 * PG_LANES; j++) offer(&heap, x[j], (int32_t)j);
  }
  for (; i < n; i++) offer(&heap, x[i], (int32_t)i);
  put_in_order(heap);
  return count;
}
