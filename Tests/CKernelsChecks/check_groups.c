#include "support.h"

static pg_group_settings settings_for(size_t size, int kind) {
  float divisor = size > 1 ? (float)(size - (size_t)(kind & 1)) : 1;
  return (pg_group_settings){divisor, kind == 2 ? 0.1f : 1e-6f, kind == 3 ? 1.5f : 1, 1e-6f,
                             kind != 3};
}

static int groups_equal_reference(check *c) {
  for (size_t size = 1; size <= 40; size += size < 18 ? 1 : 5) {
    for (size_t groups = 0; groups <= 50; groups += groups < 18 ? 1 : 8) {
      for (int kind = 0; kind < 5; kind++) {
        size_t n = groups * size;
        pg_group_settings settings = settings_for(size, kind);
        float *scores = kind == 4 ? special(c, n) : uniform(c, n);
        float *advantages[2] = {zeros(c, n), zeros(c, n)};
        int finite[2];
        // Some groups are all alike.
        for (size_t i = 0; i < n; i++) {
          if (i / size % 3 == 1) scores[i] = scores[i / size * size];
        }
        WITH_BOTH(c, finite[pass] = pg_group_advantages(groups, size, &settings, scores,
                                                        advantages[pass]));
        SAME(n, advantages[1], advantages[0], "%zu groups of %zu, kind %d", groups, size, kind);
        REQUIRE(finite[0] == finite[1], "%zu groups of %zu: finite is %d", groups, size, finite[1]);
        RELEASE(0, "%zu groups of %zu", groups, size);
      }
    }
  }
  return 0;
}

static int groups_follow_their_formula(check *c) {
  for (size_t size = 2; size <= 32; size++) {
    enum { groups = 40 };
    size_t n = groups * size;
    float *scores = uniform(c, n), *advantages = zeros(c, n);
    pg_group_settings settings = settings_for(size, 1);
    for (size_t i = 0; i < n; i++) {
      scores[i] = 5 + scores[i];
      if (i / size == 7) scores[i] = 0.1f;
    }
    REQUIRE(pg_group_advantages(groups, size, &settings, scores, advantages), "%zu: not finite",
            size);
    for (size_t g = 0; g < groups; g++) {
      const float *x = scores + g * size;
      double mean = 0, squares = 0;
      for (size_t i = 0; i < size; i++) mean += x[i] / (double)size;
      for (size_t i = 0; i < size; i++) squares += (x[i] - mean) * (x[i] - mean);
      double deviation = sqrt(squares / (double)(size - 1));
      for (size_t i = 0; i < size; i++) {
        double want = g == 7 ? 0 : (x[i] - mean) / (deviation + 1e-6), got = advantages[g * size + i];
        // A rounding of the mean, seen against the deviation.
        double bound = g == 7 ? 0 : 2e-6 * (1 + 6 / deviation) * (1 + fabs(want));
        REQUIRE(fabs(got - want) <= bound, "size %zu: %g, not %g", size, got, want);
      }
    }
    RELEASE(0, "groups of %zu", size);
  }
  return 0;
}

static int groups_notice_infinity(check *c) {
  for (size_t size = 3; size <= 8; size += 5) {
    size_t n = 20 * size;
    pg_group_settings settings = settings_for(size, 1);
    for (size_t place = 0; place < n; place += 7) {
      float *scores = uniform(c, n), *advantages = zeros(c, n);
      scores[place] = place % 2 ? NAN : 3e38f;
      scores[place / size * size + (place + 1) % size] = place % 2 ? 1 : 3e38f;
      REQUIRE(!pg_group_advantages(20, size, &settings, scores, advantages), "%zu unnoticed", place);
      RELEASE(0, "%zu", place);
    }
  }
  return 0;
}

const check_entry group_checks[] = {
    {"advantages of groups equal their reference bit for bit", groups_equal_reference},
    {"advantages of groups follow their formula", groups_follow_their_formula},
    {"a group notices what is not finite", groups_notice_infinity},
    {NULL, NULL},
};
