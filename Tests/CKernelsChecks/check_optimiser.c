#include "support.h"

static int adamw_equals_reference(check *c) {
  for (size_t n = 0; n <= 50; n++) {
    float *gradient = n % 2 ? uniform(c, n) : special(c, n), *start = uniform(c, n);
    float *w[2], *m[2], *v[2];
    for (int i = 0; i < 2; i++) {
      w[i] = copy(c, n, start);
      m[i] = zeros(c, n);
      v[i] = zeros(c, n);
    }
    WITH_BOTH(c, for (int step = 1; step <= 3; step++) {
      pg_adamw(n, w[pass], gradient, m[pass], v[pass], 0.01f, 0.9f, 0.99f, 1e-8f, 0.1f,
               1 - powf(0.9f, (float)step), 1 - powf(0.99f, (float)step), 0.5f, w[pass]);
    });
    SAME(n, w[1], w[0], "weights of %zu", n);
    // A step more, in the gradient's place and in their own.
    float *replaced = copy(c, n, gradient), *first = copy(c, n, m[0]), *second = copy(c, n, v[0]);
    pg_adamw(n, w[0], replaced, first, second, 0.01f, 0.9f, 0.99f, 1e-8f, 0.1f, 0.5f, 0.25f, 0.5f,
             replaced);
    pg_adamw(n, w[0], gradient, m[0], v[0], 0.01f, 0.9f, 0.99f, 1e-8f, 0.1f, 0.5f, 0.25f, 0.5f,
             w[0]);
    pg_adamw(n, w[1], gradient, m[1], v[1], 0.01f, 0.9f, 0.99f, 1e-8f, 0.1f, 0.5f, 0.25f, 0.5f,
             w[1]);
    SAME(n, replaced, w[0], "weights of %zu in place of the gradient", n);
    SAME(n, m[1], m[0], "first moments of %zu", n);
    SAME(n, v[1], v[0], "second moments of %zu", n);
    RELEASE(0, "%zu weights", n);
  }
  return 0;
}

static int adamw_is_adamw(check *c) {
  enum { n = 37 };
  float *w = uniform(c, n), *m = zeros(c, n), *v = zeros(c, n);
  double weight[n], first[n] = {0}, second[n] = {0};
  for (size_t i = 0; i < n; i++) weight[i] = w[i];
  for (int step = 1; step <= 20; step++) {
    size_t mark = c->block_count;
    float *gradient = uniform(c, n);
    double correction1 = 1 - pow(0.9, step), correction2 = 1 - pow(0.99, step);
    pg_adamw(n, w, gradient, m, v, 0.01f, 0.9f, 0.99f, 1e-8f, 0.1f, (float)correction1,
             (float)correction2, 0.5f, w);
    for (size_t i = 0; i < n; i++) {
      double g = 0.5 * gradient[i];
      first[i] = 0.9 * first[i] + 0.1 * g;
      second[i] = 0.99 * second[i] + 0.01 * g * g;
      weight[i] -= 0.01 * (first[i] / correction1 / (sqrt(second[i] / correction2) + 1e-8) +
                           0.1 * weight[i]);
      REQUIRE(fabs(w[i] - weight[i]) < 1e-5, "step %d, weight %zu: %g not %g", step, i,
              (double)w[i], weight[i]);
    }
    RELEASE(mark, "step %d", step);
  }
  return 0;
}

static int tables_gather_and_scatter(check *c) {
  const int32_t ids[] = {3, 0, 3, 6, 3};
  for (size_t width = 1; width <= 40; width++) {
    float *table = uniform(c, 7 * width), *out = zeros(c, 5 * width), *d[2];
    pg_gather(5, width, table, ids, out);
    for (size_t r = 0; r < 5; r++) {
      SAME(width, out + r * width, table + (size_t)ids[r] * width, "width %zu, row %zu", width, r);
    }
    d[0] = zeros(c, 7 * width);
    d[1] = zeros(c, 7 * width);
    WITH_BOTH(c, pg_scatter_add(5, width, out, ids, d[pass]));
    SAME(7 * width, d[1], d[0], "width %zu", width);
    for (size_t i = 0; i < width; i++) {
      float once = table[3 * width + i];
      REQUIRE(d[1][3 * width + i] == once + once + once, "width %zu: not three times", width);
      REQUIRE(d[1][width + i] == 0, "width %zu: an absent id was touched", width);
    }
    RELEASE(0, "width %zu", width);
  }
  return 0;
}

const check_entry optimiser_checks[] = {
    {"an AdamW step equals its reference bit for bit", adamw_equals_reference},
    {"AdamW steps follow the formula", adamw_is_adamw},
    {"rows are looked up, and their gradients added up", tables_gather_and_scatter},
    {NULL, NULL},
};
