#include "support.h"

static const pg_surrogate_settings plain = {0.8f, 1.2f, INFINITY, INFINITY, 0.3f, 0.1f, INFINITY};
static const pg_surrogate_settings bounded = {0.9f, 1.5f, 4, 3, 0.3f, 0.1f, 10};
static const pg_surrogate_settings tight = {0.9f, 1.5f, 1.2f, 3, 0.3f, 0.1f, 10};

static int surrogate_equals_reference(check *c) {
  for (size_t n = 0; n <= 600; n += n < 40 ? 1 : 37) {
    for (int odd = 0; odd < 3; odd++) {
      float *current = odd == 2 ? special(c, n) : uniform(c, n), *old = uniform(c, n);
      float *advantage = odd == 2 ? special(c, n) : uniform(c, n), *reference = uniform(c, n);
      float *gradient[2] = {zeros(c, n), zeros(c, n)};
      for (size_t i = 0; i < n && odd == 1; i++) {
        current[i] *= 30;
        old[i] = i % 5 == 0 ? current[i] : old[i];
        reference[i] *= 30;
      }
      for (int with = 0; with < 2; with++) {
        const pg_surrogate_settings *settings = odd == 1 ? &bounded : odd ? &tight : &plain;
        pg_surrogate_sums sums[2];
        int finite[2];
        memset(sums, 0, sizeof sums);
        WITH_BOTH(c, finite[pass] = pg_clipped_surrogate(n, settings, current, old, advantage,
                                                         with ? reference : NULL, gradient[pass],
                                                         &sums[pass]));
        SAME(n, gradient[1], gradient[0], "gradient of %zu, kind %d", n, odd);
        REQUIRE(finite[0] == finite[1], "%zu, kind %d: finite is %d", n, odd, finite[1]);
        REQUIRE(!finite[0] || memcmp(&sums[0], &sums[1], sizeof sums[0]) == 0,
                "sums of %zu, kind %d differ", n, odd);
      }
      RELEASE(0, "%zu tokens", n);
    }
  }
  return 0;
}

static double clamped(double x, double lower, double upper) {
  return x < lower ? lower : x > upper ? upper : x;
}

static int follows(check *c, const pg_surrogate_settings *s) {
  enum { n = 4000 };
  float *current = uniform(c, n), *old = uniform(c, n), *advantage = uniform(c, n);
  float *reference = uniform(c, n), *gradient = zeros(c, n);
  // Distances of every size down to the spacing of floats.
  for (size_t i = 0; i < n; i++) {
    current[i] = 12 * current[i] - 12;
    old[i] = current[i] + 12 * old[i] * ldexpf(1, -(int)(i % 24));
    reference[i] = current[i] + 12 * reference[i] * ldexpf(1, -(int)(i / 24 % 24));
  }
  pg_surrogate_sums sums;
  REQUIRE(pg_clipped_surrogate(n, s, current, old, advantage, reference, gradient, &sums),
          "%s", "finite numbers were called infinite");
  double total[5] = {0}, scale[5] = {0};
  for (size_t i = 0; i < n; i++) {
    double d = (double)current[i] - old[i], x = (double)reference[i] - current[i];
    double ratio = exp(clamped(d, -20, 20)), a = advantage[i];
    double near = 4e-6 * ratio;
    if (fabs(ratio - s->lower) < near || fabs(ratio - s->upper) < near ||
        fabs(ratio - s->cap) < near || fabs(ratio - s->dual) < near) {
      advantage[i] = 0;
      a = 0;
    }
    double free = -a * fmin(ratio, s->cap), stopped = -a * clamped(ratio, s->lower, s->upper);
    double loss = fmax(free, stopped);
    int moves = stopped > free ? ratio > s->lower && ratio < s->upper : ratio <= s->cap;
    double slope = moves && fabs(d) <= 20 ? loss : 0;
    if (a < 0 && -a * s->dual < loss) {
      loss = -a * s->dual;
      slope = 0;
    }
    double excess = expm1(clamped(x, -20, 20)) - clamped(x, -20, 20);
    double pull = fabs(x) > 20 || excess > s->penalty_maximum ? 0 : -expm1(x);
    double penalty = fmin(excess, s->penalty_maximum);
    double want = s->surrogate_scale * slope + s->penalty_scale * pull;
    double size = s->surrogate_scale * fabs(a) * ratio + s->penalty_scale * fabs(expm1(x));
    if (advantage[i] != 0) {
      REQUIRE(fabs(gradient[i] - want) <= 4e-6 * size, "d = %g, x = %g: gradient %g, not %g", d, x,
              (double)gradient[i], want);
    }
    const double terms[5] = {loss, penalty, ratio - 1, -clamped(d, -20, 20),
                             expm1(clamped(d, -20, 20)) - clamped(d, -20, 20)};
    for (int k = 0; k < 5; k++) {
      total[k] += terms[k];
      scale[k] += fabs(terms[k]);
    }
  }
  REQUIRE(pg_clipped_surrogate(n, s, current, old, advantage, reference, gradient, &sums), "%s",
          "finite numbers were called infinite");
  const double got[5] = {sums.surrogate, sums.penalty, sums.ratio_minus_one, sums.k1, sums.k3};
  for (int k = 0; k < 5; k++) {
    REQUIRE(fabs(got[k] - total[k]) <= 4e-6 * scale[k], "sum %d is %g, not %g", k, got[k],
            total[k]);
  }
  return 0;
}

static int surrogate_follows_its_formula(check *c) {
  const pg_surrogate_settings *const all[] = {&plain, &bounded, &tight};
  for (size_t i = 0; i < 3; i++) {
    int failed = follows(c, all[i]);
    if (failed) return failed;
    RELEASE(0, "settings %zu", i);
  }
  return 0;
}

static int small_distances_keep_their_digits(check *c) {
  float *current = zeros(c, 1), *old = zeros(c, 1), *advantage = zeros(c, 1);
  float *reference = zeros(c, 1), *gradient = zeros(c, 1);
  for (int e = 0; e < 100; e++) {
    reference[0] = old[0] = ldexpf(e % 2 ? -1.25f : 1.5f, -(e / 2));
    pg_surrogate_sums sums;
    pg_clipped_surrogate(1, &plain, current, old, advantage, reference, gradient, &sums);
    double want = expm1((double)reference[0]) - (double)reference[0];
    // Below 2^-20 the series says more than the difference.
    if (e / 2 > 20) want = (double)reference[0] * (double)reference[0] / 2;
    REQUIRE(fabs(sums.penalty / want - 1) < 3e-6, "k3 of %a is %g, not %g", (double)reference[0],
            sums.penalty, want);
    double pull = -0.1 * expm1((double)reference[0]);
    REQUIRE(fabs(gradient[0] / pull - 1) < 1e-6, "pull of %a is %g, not %g", (double)reference[0],
            (double)gradient[0], pull);
  }
  return 0;
}

static int what_is_not_finite_is_noticed(check *c) {
  const float odd[] = {NAN, INFINITY, -INFINITY};
  for (size_t n = 1; n < 40; n++) {
    float *numbers[4], *gradient = zeros(c, n);
    for (int k = 0; k < 4; k++) numbers[k] = uniform(c, n);
    pg_surrogate_sums sums;
    for (int k = 0; k < 4; k++) {
      for (size_t at = 0; at < n; at++) {
        float kept = numbers[k][at];
        for (size_t i = 0; i < 3; i++) {
          numbers[k][at] = odd[i];
          REQUIRE(!pg_clipped_surrogate(n, &plain, numbers[0], numbers[1], numbers[2], numbers[3],
                                        gradient, &sums),
                  "missed %g in input %d at %zu of %zu", (double)odd[i], k, at, n);
        }
        numbers[k][at] = kept;
      }
    }
    numbers[0][n - 1] = 30;
    for (int sign = -1; sign <= 1; sign += 2) {
      numbers[2][n - 1] = (float)sign * 3e38f;
      REQUIRE(!pg_clipped_surrogate(n, &plain, numbers[0], numbers[1], numbers[2], NULL, gradient,
                                    &sums),
              "missed an overflow at %zu", n);
    }
    RELEASE(0, "%zu tokens", n);
  }
  return 0;
}

const check_entry surrogate_checks[] = {
    {"the clipped surrogate equals its reference bit for bit", surrogate_equals_reference},
    {"the clipped surrogate follows its formula", surrogate_follows_its_formula},
    {"a small divergence keeps its digits", small_distances_keep_their_digits},
    {"a surrogate notices what is not finite", what_is_not_finite_is_noticed},
    {NULL, NULL},
};
