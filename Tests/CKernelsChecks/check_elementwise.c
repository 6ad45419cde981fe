#include <float.h>

#include "support.h"

static int elementwise_equals_reference(check *c) {
  for (size_t n = 0; n <= 70; n++) {
    for (int odd = 0; odd < 2; odd++) {
      float *a = odd ? special(c, n) : uniform(c, n), *b = odd ? special(c, n) : uniform(c, n);
      float *y = uniform(c, n), *out[2], *other[2];
      for (int i = 0; i < 2; i++) {
        out[i] = zeros(c, n);
        other[i] = zeros(c, n);
      }
      WITH_BOTH(c, pg_add(n, a, b, out[pass]));
      SAME(n, out[1], out[0], "add of %zu", n);
      WITH_BOTH(c, pg_multiply(n, a, b, out[pass]));
      SAME(n, out[1], out[0], "multiply of %zu", n);
      WITH_BOTH(c, pg_scale(n, -1.7f, a, out[pass]));
      SAME(n, out[1], out[0], "scale of %zu", n);
      WITH_BOTH(c, (memcpy(out[pass], y, n * sizeof(float)), pg_axpy(n, 0.3f, a, out[pass])));
      SAME(n, out[1], out[0], "axpy of %zu", n);
      WITH_BOTH(c, pg_exp(n, a, out[pass]));
      SAME(n, out[1], out[0], "exp of %zu", n);
      WITH_BOTH(c, pg_exp2(n, a, out[pass]));
      SAME(n, out[1], out[0], "exp2 of %zu", n);
      WITH_BOTH(c, pg_swiglu(n, a, b, out[pass]));
      SAME(n, out[1], out[0], "swiglu of %zu", n);
      WITH_BOTH(c, pg_swiglu_backward(n, a, b, y, out[pass], other[pass]));
      SAME(n, out[1], out[0], "gate gradient of %zu", n);
      SAME(n, other[1], other[0], "up gradient of %zu", n);
      RELEASE(0, "%zu elements", n);
    }
  }
  return 0;
}

static int reductions_equal_reference(check *c) {
  for (size_t n = 0; n <= 300; n += n < 70 ? 1 : 23) {
    for (int odd = 0; odd < 2; odd++) {
      float *a = odd ? special(c, n) : uniform(c, n), *b = uniform(c, n), s[2], d[2], m[2];
      double q[2];
      int finite[2];
      WITH_BOTH(c, {
        s[pass] = pg_sum(n, a);
        d[pass] = pg_dot(n, a, b);
        m[pass] = pg_max(n, a);
        q[pass] = pg_sum_of_squares(n, a);
        finite[pass] = pg_all_finite(n, a);
      });
      SAME((size_t)1, s + 1, s, "sum of %zu", n);
      SAME((size_t)1, d + 1, d, "dot of %zu", n);
      SAME((size_t)1, m + 1, m, "max of %zu", n);
      REQUIRE(memcmp(q, q + 1, sizeof q[0]) == 0 || (isnan(q[0]) && isnan(q[1])),
              "sum of squares of %zu: %a, not %a", n, q[1], q[0]);
      REQUIRE(finite[0] == finite[1], "all finite of %zu: %d, not %d", n, finite[1], finite[0]);
      RELEASE(0, "%zu elements", n);
    }
  }
  return 0;
}

static int reductions_handle_odd_numbers(check *c) {
  REQUIRE(pg_sum(0, NULL) == 0 && pg_dot(0, NULL, NULL) == 0, "empty sums are not 0");
  REQUIRE(pg_max(0, NULL) == -INFINITY, "the maximum of nothing is not -inf");
  REQUIRE(pg_all_finite(0, NULL) == 1, "nothing is not finite");
  const float odd[] = {NAN, INFINITY, -INFINITY};
  for (size_t n = 1; n < 40; n++) {
    float *x = uniform(c, n);
    x[0] = FLT_MAX;
    x[n - 1] = FLT_MAX;
    REQUIRE(pg_all_finite(n, x) == 1, "huge numbers of %zu are finite", n);
    for (size_t at = 0; at < n; at++) {
      float kept = x[at];
      for (size_t i = 0; i < 3; i++) {
        x[at] = odd[i];
        REQUIRE(pg_all_finite(n, x) == 0, "missed %g at %zu of %zu", (double)odd[i], at, n);
      }
      x[at] = NAN;
      REQUIRE(isnan(pg_max(n, x)), "the maximum lost NaN at %zu of %zu", at, n);
      x[at] = INFINITY;
      REQUIRE(pg_max(n, x) == INFINITY, "the maximum is not at %zu of %zu", at, n);
      x[at] = kept;
    }
    RELEASE(0, "%zu elements", n);
  }
  float *large = zeros(c, 100);
  for (size_t i = 0; i < 100; i++) large[i] = 1e30f;
  REQUIRE(fabs(pg_sum_of_squares(100, large) / 1e62 - 1) < 1e-6, "squares overflow");
  return 0;
}

static int exp_is_accurate(check *c) {
  enum { batch = 4096 };
  float *x = zeros(c, batch), *y = zeros(c, batch);
  double worst = 0;
  const double from = -87.3, to = 88.7;
  const size_t count = 1 << 20;
  for (size_t begin = 0; begin < count; begin += batch) {
    for (size_t i = 0; i < batch; i++) {
      x[i] = (float)(from + (to - from) * (double)(begin + i) / (double)(count - 1));
    }
    pg_exp(batch, x, y);
    for (size_t i = 0; i < batch; i++) {
      double want = exp((double)x[i]);
      double unit = ldexp(1, ilogb(want) - 23);
      double error = fabs(y[i] - want) / unit;
      if (!(error <= worst)) worst = error;
    }
  }
  REQUIRE(worst <= 1, "error of %g units in the last place", worst);
  // Tiny arguments, where rounding x itself would show.
  for (size_t i = 0; i < batch; i++) x[i] = ldexpf(i % 2 ? -1.25f : 1.5f, -(int)(i % 140));
  pg_exp(batch, x, y);
  for (size_t i = 0; i < batch; i++) {
    REQUIRE(fabs(y[i] - exp((double)x[i])) <= FLT_EPSILON * exp((double)x[i]), "e^%a is %a",
            (double)x[i], (double)y[i]);
  }
  return 0;
}

static int exp_handles_the_ends(check *c) {
  float x[] = {0,      -0.0f,     -87.3365402f, -87.33655f, -88,   -1e30f, -INFINITY,
               88.7f, 0x1.62e42ep+6f, 0x1.62e43p+6f, 1e30f, INFINITY, NAN};
  float y[sizeof x / sizeof x[0]];
  pg_exp(sizeof x / sizeof x[0], x, y);
  REQUIRE(y[0] == 1 && y[1] == 1, "e^0 is %g, %g", (double)y[0], (double)y[1]);
  REQUIRE(y[2] >= FLT_MIN && y[2] < 1.0001f * FLT_MIN, "the smallest is %a", (double)y[2]);
  for (int i = 3; i < 7; i++) REQUIRE(y[i] == 0, "e^%g is %g", (double)x[i], (double)y[i]);
  REQUIRE(isfinite(y[7]) && isfinite(y[8]) && y[8] > 3.4e38f, "the largest is %g", (double)y[8]);
  for (int i = 9; i < 12; i++) {
    REQUIRE(y[i] == INFINITY, "e^%g is %g", (double)x[i], (double)y[i]);
  }
  REQUIRE(isnan(y[12]), "e^NaN is %g", (double)y[12]);
  return 0;
}

static int exp2_is_accurate(check *c) {
  enum { batch = 4096 };
  float *x = zeros(c, batch), *y = zeros(c, batch);
  double worst = 0;
  const double from = -126, to = 127.99999;
  const size_t count = 1 << 20;
  for (size_t begin = 0; begin < count; begin += batch) {
    for (size_t i = 0; i < batch; i++) {
      x[i] = (float)(from + (to - from) * (double)(begin + i) / (double)(count - 1));
    }
    pg_exp2(batch, x, y);
    for (size_t i = 0; i < batch; i++) {
      double want = exp2((double)x[i]);
      double error = fabs(y[i] - want) / ldexp(1, ilogb(want) - 23);
      if (!(error <= worst)) worst = error;
    }
  }
  REQUIRE(worst <= 1, "error of %g units in the last place", worst);
  // Whole powers are exact; halfway between two of them, where either may be n, the error stays small.
  for (int n = -126; n < 128; n++) {
    const float ends[] = {(float)n, (float)n + 0.5f};
    pg_exp2(2, ends, y);
    REQUIRE(y[0] == ldexpf(1, n), "2^%d is %a", n, (double)y[0]);
    REQUIRE(fabs(y[1] / ldexp(sqrt(2), n) - 1) <= FLT_EPSILON, "2^%g is %a", (double)ends[1],
            (double)y[1]);
  }
  return 0;
}

static int exp2_handles_the_ends(check *c) {
  float x[] = {0,      -0.0f, -126, -126.00001f, -126.4f,   -127,     -1e30f, -INFINITY,
               127.99999f, 128, 128.4f, 1e30f,   INFINITY, NAN, -NAN};
  float y[sizeof x / sizeof x[0]];
  pg_exp2(sizeof x / sizeof x[0], x, y);
  REQUIRE(y[0] == 1 && y[1] == 1, "2^0 is %g, %g", (double)y[0], (double)y[1]);
  REQUIRE(y[2] == FLT_MIN, "the smallest is %a", (double)y[2]);
  for (int i = 3; i < 8; i++) REQUIRE(y[i] == 0, "2^%g is %g", (double)x[i], (double)y[i]);
  REQUIRE(isfinite(y[8]) && y[8] > 3.4e38f, "the largest is %g", (double)y[8]);
  for (int i = 9; i < 13; i++) {
    REQUIRE(y[i] == INFINITY, "2^%g is %g", (double)x[i], (double)y[i]);
  }
  REQUIRE(isnan(y[13]) && isnan(y[14]), "2^NaN is %g, %g", (double)y[13], (double)y[14]);
  return 0;
}

static double silu(double z) { return z / (1 + exp(-z)); }

static int swiglu_gradient_is_its_slope(check *c) {
  enum { n = 41 };
  float *gate = uniform(c, n), *up = uniform(c, n), *above = uniform(c, n);
  float *out = zeros(c, n), *d_gate = zeros(c, n), *d_up = zeros(c, n);
  for (size_t i = 0; i < n; i++) gate[i] *= 8;
  pg_swiglu(n, gate, up, out);
  pg_swiglu_backward(n, gate, up, above, d_gate, d_up);
  for (size_t i = 0; i < n; i++) {
    double z = gate[i], h = 1e-4;
    REQUIRE(fabs(out[i] - silu(z) * up[i]) < 2e-6, "silu(%g) %g = %g", z, (double)up[i],
            (double)out[i]);
    double slope = (silu(z + h) - silu(z - h)) / (2 * h) * up[i] * above[i];
    REQUIRE(fabs(d_gate[i] - slope) < 3e-6, "gate %g: %g, not %g", z, (double)d_gate[i], slope);
    REQUIRE(fabs(d_up[i] - silu(z) * above[i]) < 2e-6, "up: %g", (double)d_up[i]);
  }
  return 0;
}

static int in_place_equals_apart(check *c) {
  const size_t n = 53;
  float *a = special(c, n), *b = special(c, n), *want = zeros(c, n), *x = copy(c, n, a);
  pg_add(n, a, b, want);
  pg_add(n, x, b, x);
  SAME(n, x, want, "%s", "add");
  memcpy(x, b, n * sizeof(float));
  pg_multiply(n, a, b, want);
  pg_multiply(n, a, x, x);
  SAME(n, x, want, "%s", "multiply");
  memcpy(x, a, n * sizeof(float));
  pg_scale(n, 3, a, want);
  pg_scale(n, 3, x, x);
  SAME(n, x, want, "%s", "scale");
  memcpy(x, a, n * sizeof(float));
  pg_exp(n, a, want);
  pg_exp(n, x, x);
  SAME(n, x, want, "%s", "exp");
  memcpy(x, a, n * sizeof(float));
  pg_exp2(n, a, want);
  pg_exp2(n, x, x);
  SAME(n, x, want, "%s", "exp2");
  return 0;
}

static int sets_are_chosen_by_name(check *c) {
  REQUIRE(pg_isa_available(PG_ISA_REFERENCE) && pg_isa_available(PG_ISA_PORTABLE),
          "plain code is not available");
  REQUIRE(pg_current_isa() == c->isa, "%s was not selected", pg_isa_name(c->isa));
  for (int isa = 0; isa <= PG_ISA_LAST; isa++) {
    int selected = pg_select_isa((pg_isa)isa);
    REQUIRE((selected == 0) == (pg_isa_available((pg_isa)isa) != 0), "%s: selected %d",
            pg_isa_name((pg_isa)isa), selected);
  }
  REQUIRE(pg_select_isa((pg_isa)99) == -1, "an unknown set was selected");
  REQUIRE(strcmp(pg_isa_name(PG_ISA_AVX512), "avx512") == 0, "misnamed");
  REQUIRE(strcmp(pg_isa_name(PG_ISA_LAST), "neon-dotprod") == 0, "misnamed");
  return 0;
}

const check_entry elementwise_checks[] = {
    {"element-wise kernels equal their references bit for bit", elementwise_equals_reference},
    {"reductions equal their references bit for bit", reductions_equal_reference},
    {"reductions notice NaN and infinities wherever they stand", reductions_handle_odd_numbers},
    {"exp is right to a unit in the last place", exp_is_accurate},
    {"exp ends in 0 and infinity, and keeps NaN", exp_handles_the_ends},
    {"exp2 is right to a unit in the last place", exp2_is_accurate},
    {"exp2 ends in 0 and infinity, and keeps NaN", exp2_handles_the_ends},
    {"the gradient of a gated unit is its slope", swiglu_gradient_is_its_slope},
    {"working in place gives the same", in_place_equals_apart},
    {"instruction sets are selected only where they run", sets_are_chosen_by_name},
    {NULL, NULL},
};
