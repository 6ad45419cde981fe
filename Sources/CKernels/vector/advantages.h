// Generalised advantages.
//
// Each token waits for the one after it, so a block of PG_LANES tokens first adds up by itself, in
// four steps that double how far a lane sees, and then waits once for what follows the block. Blocks
// are counted from a row's end, whatever the addresses: the bits do not hang on those.
#include "../internal/scalar_advantages.h"

// Tokens whose results are held back until they are written in one go.
#define PG_HELD_TOKENS 512
// From so many tokens on, results are written past the caches: they would not stay there, and a
// line that is written as a whole need not be read first.
#define PG_STREAMED_TOKENS ((size_t)1 << 20)

// Lane i holds lane i + distance of `v` followed by `after`.
#define PG_LATER(v, after, distance)                                                              \
  __builtin_shufflevector(v, after, distance, distance + 1, distance + 2, distance + 3,           \
                          distance + 4, distance + 5, distance + 6, distance + 7, distance + 8,   \
                          distance + 9, distance + 10, distance + 11, distance + 12,              \
                          distance + 13, distance + 14, distance + 15)

// The last `count` <= PG_LANES lanes; the others are 0.
PG_INLINE v16 load_last(const float *p, size_t count) {
  if (count == PG_LANES) return load(p);
  float buffer[PG_LANES];
  store(buffer, splat(0));
  copy_some(buffer + PG_LANES - count, p, count);
  return load(buffer);
}

PG_INLINE void write_results(float *to, const float *from, size_t n, int past_caches) {
  size_t i = 0;
  if (past_caches) {
    const size_t unaligned = (uintptr_t)to / sizeof(float) % PG_LANES;
    if (unaligned) copy_some(to, from, i = smaller(n, PG_LANES - unaligned));
    for (; i + PG_LANES <= n; i += PG_LANES) {
      __builtin_nontemporal_store(load(from + i), (v16 *)(void *)(to + i));
    }
  }
  for (; i + PG_LANES <= n; i += PG_LANES) store(to + i, load(from + i));
  if (i < n) copy_some(to + i, from + i, n - i);
}

// Answers whether all advantages are finite.
PG_INLINE int advantages_of_row(size_t n, float discount, const decay_powers *powers,
                                const float *rewards, const float *values, float *advantages,
                                float *returns, int past_caches) {
  const float *p = powers->neighbour;
  const v16 none = splat(0), carrying = load(powers->lane);
  v16 following = none, carried = none, unordered = none;
  float held_advantages[PG_HELD_TOKENS], held_returns[PG_HELD_TOKENS];
  for (size_t stop = n; stop > 0;) {
    const size_t start = stop - smaller(stop, PG_HELD_TOKENS);
    // Results stand at the end of what is held.
    float *a = held_advantages + PG_HELD_TOKENS, *g = held_returns + PG_HELD_TOKENS;
    for (size_t end = stop; end > start;) {
      const size_t count = smaller(end - start, PG_LANES), begin = end - count;
      v16 value = load_last(values + begin, count);
      v16 x = load_last(rewards + begin, count) - value;
      x += splat(discount) * PG_LATER(value, following, 1);
      x += splat(p[0]) * PG_LATER(x, none, 1);
      x += splat(p[1]) * PG_LATER(x, none, 2);
      x += splat(p[2]) * PG_LATER(x, none, 4);
      x += splat(p[3]) * PG_LATER(x, none, 8);
      x += carrying * carried;
      unordered += x * none;
      store(a -= PG_LANES, x);
      store(g -= PG_LANES, x + value);
      following = value;
      carried = __builtin_shufflevector(x, x, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      end = begin;
    }
    const size_t kept = PG_HELD_TOKENS - (stop - start);
    write_results(advantages + start, held_advantages + kept, stop - start, past_caches);
    write_results(returns + start, held_returns + kept, stop - start, past_caches);
    stop = start;
  }
  return sum_lanes(unordered) == 0;
}

static void generalized_advantages(size_t rows, const ptrdiff_t *offsets, double discount,
                                   double decay, const float *rewards, const float *values,
                                   float *advantages, float *returns) {
  const decay_powers powers = powers_of(decay);
  const int past_caches = (size_t)(offsets[rows] - offsets[0]) >= PG_STREAMED_TOKENS;
  for (size_t row = 0; row < rows; row++) {
    const ptrdiff_t at = offsets[row];
    const size_t n = (size_t)(offsets[row + 1] - at);
    if (!advantages_of_row(n, (float)discount, &powers, rewards + at, values + at, advantages + at,
                           returns + at, past_caches)) {
      advantages_in_double(n, discount, decay, rewards + at, values + at, advantages + at,
                           returns + at);
    }
  }
#if defined(__x86_64__)
  // Other threads see ordinary writes in order, those past the caches only after a fence.
  if (past_caches) __builtin_ia32_sfence();
#endif
}
