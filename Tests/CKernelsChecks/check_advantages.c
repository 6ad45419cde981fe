#include "support.h"

#include <float.h>
#include <stdlib.h>

static const double settings[][2] = {{1, 0.95}, {0.99, 0.99 * 0.9}, {1, 1}, {1, 0}, {0, 0},
                                     {0.5, 0.003}};
enum { setting_count = sizeof settings / sizeof settings[0] };

// Boundaries of rows of all small lengths, empty ones among them, and of some long ones.
static size_t ragged_rows(ptrdiff_t *offsets) {
  size_t rows = 0;
  offsets[0] = 0;
  for (ptrdiff_t length = 0; length <= 70; length++) {
    offsets[rows + 1] = offsets[rows] + length;
    rows++;
    if (length % 9 == 0) {
      offsets[rows + 1] = offsets[rows];
      rows++;
    }
  }
  const ptrdiff_t long_rows[] = {1, 511, 512, 513, 527, 528, 1024, 1039, 2048};
  for (size_t i = 0; i < sizeof long_rows / sizeof long_rows[0]; i++) {
    offsets[rows + 1] = offsets[rows] + long_rows[i];
    rows++;
  }
  return rows;
}

static int same_in_both(check *c, size_t rows, const ptrdiff_t *offsets, double discount,
                        double decay, const float *rewards, const float *values) {
  size_t n = (size_t)offsets[rows];
  float *advantages[2] = {zeros(c, n), zeros(c, n)}, *returns[2] = {zeros(c, n), zeros(c, n)};
  WITH_BOTH(c, pg_generalized_advantages(rows, offsets, discount, decay, rewards, values,
                                         advantages[pass], returns[pass]));
  SAME(n, advantages[1], advantages[0], "advantages by %g, %g", discount, decay);
  SAME(n, returns[1], returns[0], "returns by %g, %g", discount, decay);
  return 0;
}

static int advantages_equal_reference(check *c) {
  ptrdiff_t offsets[128];
  const size_t rows = ragged_rows(offsets), n = (size_t)offsets[rows];
  for (int kind = 0; kind < 3; kind++) {
    for (int k = 0; k < setting_count; k++) {
      float *rewards = kind == 0 ? uniform(c, n) : kind == 1 ? special(c, n) : zeros(c, n);
      float *values = kind == 0 ? uniform(c, n) : kind == 1 ? special(c, n) : zeros(c, n);
      // Zeros of both signs.
      for (size_t i = 0; kind == 2 && i < n; i++) rewards[i] = i % 3 ? -0.0f : 0.0f;
      for (size_t i = 0; kind == 2 && i < n; i++) values[i] = i % 5 ? -0.0f : 0.0f;
      if (same_in_both(c, rows, offsets, settings[k][0], settings[k][1], rewards, values)) return 1;
      RELEASE(0, "kind %d", kind);
    }
  }
  return 0;
}

// So many tokens that they are written past the caches, from any address on.
static int many_advantages_equal_reference(check *c) {
  const ptrdiff_t total = (1 << 20) + 5;
  for (ptrdiff_t shift = 0; shift < 16; shift += 5) {
    const ptrdiff_t offsets[] = {0, shift, shift + 3, 40001, 40002, 700000, 700016, total};
    const size_t rows = sizeof offsets / sizeof offsets[0] - 1;
    float *rewards = uniform(c, (size_t)total), *values = uniform(c, (size_t)total);
    rewards[123456] = NAN;
    rewards[700003] = INFINITY;
    if (same_in_both(c, rows, offsets, 1, 0.95, rewards, values)) return 1;
    RELEASE(0, "shift %td", shift);
  }
  return 0;
}

static int advantages_follow_their_formula(check *c) {
  ptrdiff_t offsets[128];
  const size_t rows = ragged_rows(offsets), n = (size_t)offsets[rows];
  for (int k = 0; k < setting_count; k++) {
    const double discount = settings[k][0], decay = settings[k][1];
    float *rewards = uniform(c, n), *values = uniform(c, n);
    float *advantages = zeros(c, n), *returns = zeros(c, n);
    for (size_t i = 0; i < n; i++) values[i] = 3 + values[i];
    pg_generalized_advantages(rows, offsets, discount, decay, rewards, values, advantages, returns);
    for (size_t row = 0; row < rows; row++) {
      double following = 0, want = 0, magnitude = 0;
      for (ptrdiff_t t = offsets[row + 1] - 1; t >= offsets[row]; t--) {
        want = rewards[t] + discount * following - values[t] + decay * want;
        magnitude = fabs(rewards[t]) + discount * fabs(following) + fabs(values[t]) +
                    decay * magnitude;
        following = values[t];
        double bound = 0x1p-24 * (18 + (double)(offsets[row + 1] - t) / 5) * magnitude;
        REQUIRE(fabs(advantages[t] - want) <= bound, "%g, %g: %.9g, not %.9g, at %td of row %zu",
                discount, decay, advantages[t], want, t - offsets[row], row);
        REQUIRE(returns[t] == advantages[t] + values[t], "a return is not advantage plus value");
      }
    }
    RELEASE(0, "setting %d", k);
  }
  return 0;
}

static int rows_stand_alone(check *c) {
  enum { length = 100, rows = 3 };
  const ptrdiff_t offsets[] = {0, length, 2 * length, 3 * length};
  float *rewards = uniform(c, rows * length), *values = uniform(c, rows * length);
  float *want = zeros(c, rows * length), *got = zeros(c, rows * length);
  float *returns = zeros(c, rows * length);
  pg_generalized_advantages(rows, offsets, 1, 0.95, rewards, values, want, returns);
  const float odd[] = {NAN, INFINITY, -INFINITY};
  for (size_t k = 0; k < 3; k++) {
    for (size_t place = length; place < 2 * length; place += 7) {
      float kept = rewards[place];
      rewards[place] = odd[k];
      pg_generalized_advantages(rows, offsets, 1, 0.95, rewards, values, got, returns);
      rewards[place] = kept;
      SAME(length, got, want, "the row before %g at %zu", odd[k], place);
      SAME(length, got + 2 * length, want + 2 * length, "the row after %g at %zu", odd[k], place);
      for (size_t i = length; i < 2 * length; i++) {
        REQUIRE((isfinite(got[i]) != 0) == (i > place), "%g at %zu gives %g at %zu", odd[k], place,
                got[i], i);
      }
    }
  }
  return 0;
}

// What only passes the range of float on the way comes out right.
static int huge_sums_cancel(check *c) {
  enum { n = 50 };
  const ptrdiff_t offsets[] = {0, n};
  float *rewards = zeros(c, n), *values = zeros(c, n);
  float *advantages = zeros(c, n), *returns = zeros(c, n);
  // In the last block, neighbours add up to more than there is; in order they do not.
  rewards[n - 1] = -3e38f;
  rewards[n - 2] = 3e38f;
  rewards[n - 3] = 3e38f;
  rewards[n - 4] = -3e38f;
  rewards[n - 5] = -3e38f;
  pg_generalized_advantages(1, offsets, 1, 1, rewards, values, advantages, returns);
  for (size_t i = 0; i < n - 5; i++) {
    REQUIRE(advantages[i] == -3e38f, "%g at %zu", advantages[i], i);
  }
  REQUIRE(advantages[n - 2] == 0 && advantages[n - 3] == 3e38f && advantages[n - 4] == 0,
          "%g %g %g", advantages[n - 2], advantages[n - 3], advantages[n - 4]);
  return 0;
}

const check_entry advantage_checks[] = {
    {"generalised advantages equal their reference bit for bit", advantages_equal_reference},
    {"a million generalised advantages equal their reference", many_advantages_equal_reference},
    {"generalised advantages follow their formula", advantages_follow_their_formula},
    {"generalised advantages of one row leave the others alone", rows_stand_alone},
    {"generalised advantages bear huge sums that cancel", huge_sums_cancel},
    {NULL, NULL},
};
