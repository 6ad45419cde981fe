#include "support.h"

static const size_t widths[] = {0,  1,   2,    15,   16,   17,   64,   79,    100,
                                512, 4095, 4096, 4097, 4112, 8191, 8192, 12345, 16384};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Rows whose largest elements stand anywhere, so that the maximum grows from block to block or not.
static float *rising(check *c, size_t n, float slope) {
  float *x = uniform(c, n);
  for (size_t i = 0; i < n; i++) x[i] = 4 * x[i] + slope * (float)i / (float)(n + 1);
  return x;
}

static float *rows_of_kind(check *c, size_t n, size_t kind) {
  if (kind == 3) return special(c, n);
  float *x = rising(c, n, kind == 0 ? 0 : kind == 1 ? 30 : -30);
  // Impossible ones in front: a whole block of them when there is room for it.
  if (kind == 1 && n > 4) {
    for (size_t i = 0; i < (n > 9000 ? 5000 : n / 3); i++) x[i] = -INFINITY;
  }
  return x;
}

static int softmax_equals_reference(check *c) {
  enum { rows = 3 };
  for (size_t i = 0; i < COUNT(widths); i++) {
    for (size_t kind = 0; kind < 4; kind++) {
      const size_t width = widths[i], ldx = width + 3, ldo = width + 5;
      float *x = rows_of_kind(c, rows * ldx, kind), *p[2], *log_p[2];
      WITH_BOTH(c, {
        p[pass] = zeros(c, rows * ldo);
        log_p[pass] = zeros(c, rows * ldo);
        pg_softmax(rows, width, x, ldx, p[pass], ldo);
        pg_log_softmax(rows, width, x, ldx, log_p[pass], ldo);
      });
      SAME(rows * ldo, p[1], p[0], "width %zu, kind %zu", width, kind);
      SAME(rows * ldo, log_p[1], log_p[0], "logarithm, width %zu, kind %zu", width, kind);
      float *in_place = copy(c, rows * ldx, x), *log_in_place = copy(c, rows * ldx, x);
      pg_softmax(rows, width, in_place, ldx, in_place, ldx);
      pg_log_softmax(rows, width, log_in_place, ldx, log_in_place, ldx);
      for (size_t r = 0; r < rows; r++) {
        SAME(width, in_place + r * ldx, p[0] + r * ldo, "in place, width %zu", width);
        SAME(width, log_in_place + r * ldx, log_p[0] + r * ldo, "in place, width %zu", width);
      }
      RELEASE(0, "width %zu", width);
    }
  }
  return 0;
}

// Outputs that no cache holds are written past the caches.
static int large_softmax_equals_its_rows(check *c) {
  const size_t shapes[][2] = {{4200, 1001}, {520, 8195}};
  for (size_t i = 0; i < COUNT(shapes); i++) {
    const size_t rows = shapes[i][0], width = shapes[i][1];
    float *x = rising(c, rows * width, 5), *p = zeros(c, rows * width), *row = zeros(c, width);
    for (int logarithm = 0; logarithm < 2; logarithm++) {
      void (*kernel)(size_t, size_t, const float *, size_t, float *, size_t) =
          logarithm ? pg_log_softmax : pg_softmax;
      kernel(rows, width, x, width, p, width);
      for (size_t r = 0; r < rows; r += 41) {
        kernel(1, width, x + r * width, width, row, width);
        SAME(width, p + r * width, row, "row %zu of width %zu", r, width);
      }
    }
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

static int softmax_is_a_softmax(check *c) {
  for (size_t i = 1; i < COUNT(widths); i++) {
    for (size_t kind = 0; kind < 3; kind++) {
      const size_t width = widths[i];
      float *x = rows_of_kind(c, width, kind), *p = zeros(c, width), *log_p = zeros(c, width);
      pg_softmax(1, width, x, width, p, width);
      pg_log_softmax(1, width, x, width, log_p, width);
      double largest = -INFINITY, total = 0;
      for (size_t j = 0; j < width; j++) {
        if (x[j] > largest) largest = x[j];
      }
      for (size_t j = 0; j < width; j++) total += exp(x[j] - largest);
      for (size_t j = 0; j < width; j++) {
        const double below = largest - x[j], want = exp(-below) / total;
        const double error = (below + (double)width / PG_LANES + 32) * 0x1p-24;
        if (below < 87) {
          REQUIRE(fabs(p[j] - want) <= error * want, "width %zu: [%zu] is %g, not %g", width, j,
                  (double)p[j], want);
        } else {
          REQUIRE(p[j] <= 0x1p-125, "width %zu: [%zu] is %g", width, j, (double)p[j]);
        }
        const double log_want = (double)x[j] - largest - log(total);
        REQUIRE(isinf(x[j]) ? log_p[j] == -INFINITY
                            : fabs(log_p[j] - log_want) <= 4e-6 + 2e-7 * fabs((double)x[j]),
                "width %zu: logarithm [%zu] is %g, not %g", width, j, (double)log_p[j], log_want);
      }
      RELEASE(0, "width %zu", width);
    }
  }
  return 0;
}

static int softmax_agrees_with_the_head(check *c) {
  const float one = 1;
  for (size_t i = 1; i < COUNT(widths); i++) {
    const size_t width = widths[i];
    float *x = rows_of_kind(c, width, i % 3), *log_p = zeros(c, width), got, log_sum;
    pg_log_softmax(1, width, x, width, log_p, width);
    for (size_t j = 0; j < width; j += 1 + width / 7) {
      const int32_t target = (int32_t)j;
      pg_log_probabilities(1, width, x, width, &one, &target, &got, &log_sum, NULL);
      SAME((size_t)1, &got, log_p + j, "width %zu, id %zu", width, j);
    }
    RELEASE(0, "width %zu", width);
  }
  return 0;
}

static int softmax_at_the_edges(check *c) {
  enum { width = 9000 };
  float *x = zeros(c, width), *p = zeros(c, width);
  for (size_t at = 0; at < width; at += 2999) {
    for (size_t i = 0; i < width; i++) x[i] = -INFINITY;
    pg_log_softmax(1, width, x, width, p, width);
    REQUIRE(isnan(p[at]), "impossible ids became possible");
    x[at] = 3;
    pg_softmax(1, width, x, width, p, width);
    for (size_t i = 0; i < width; i++) {
      REQUIRE(p[i] == (i == at), "the only possible id %zu: [%zu] is %g", at, i, (double)p[i]);
    }
    x[at] = NAN;
    pg_softmax(1, width, x, width, p, width);
    for (size_t i = 0; i < width; i += 500) {
      REQUIRE(isnan(p[i]), "NaN at %zu does not reach %zu", at, i);
    }
    for (size_t i = 0; i < width; i++) x[i] = i == at ? INFINITY : (float)(i % 7);
    pg_softmax(1, width, x, width, p, width);
    REQUIRE(isnan(p[at]), "+inf at %zu became %g", at, (double)p[at]);
    for (size_t i = 0; i < width; i++) x[i] = i == at ? FLT_MAX : -FLT_MAX;
    pg_softmax(1, width, x, width, p, width);
    for (size_t i = 0; i < width; i++) REQUIRE(p[i] == (i == at), "a huge logit at %zu", at);
  }
  return 0;
}

static int top_equals_reference(check *c) {
  const size_t sizes[] = {0, 1, 5, 16, 63, 64, 65, 200, 1000, 5003};
  const size_t counts[] = {0, 1, 2, 7, 50, 64, 300};
  for (size_t i = 0; i < COUNT(sizes); i++) {
    for (size_t j = 0; j < COUNT(counts); j++) {
      for (size_t kind = 0; kind < 4; kind++) {
        const size_t n = sizes[i], k = counts[j], most = k < n ? k : n;
        float *x = kind == 0 ? special(c, n) : uniform(c, n), *values[2];
        int32_t ids[2][300];
        for (size_t at = 0; at < n; at++) {
          if (kind == 2) x[at] = roundf(4 * x[at]);                  // many ties
          if (kind == 3) x[at] = (float)at + x[at];                  // every one a new best
        }
        WITH_BOTH(c, {
          values[pass] = zeros(c, most);
          size_t count = pg_top_k(n, x, k, values[pass], ids[pass]);
          REQUIRE(count == most, "%zu of %zu gave %zu", k, n, count);
        });
        SAME(most, values[1], values[0], "%zu of %zu, kind %zu", k, n, kind);
        for (size_t at = 0; at < most; at++) {
          REQUIRE(ids[1][at] == ids[0][at], "%zu of %zu, kind %zu: place %zu is %d, not %d", k, n,
                  kind, at, (int)ids[1][at], (int)ids[0][at]);
          REQUIRE(first_difference(1, values[1] + at, x + ids[1][at]) == 1, "place %zu", at);
        }
        for (size_t at = 1; kind > 0 && at < most; at++) {
          REQUIRE(values[1][at - 1] > values[1][at] ||
                      (values[1][at - 1] == values[1][at] && ids[1][at - 1] < ids[1][at]),
                  "places %zu and %zu stand the wrong way round", at - 1, at);
        }
        if (kind > 0) {
          size_t larger = 0;
          for (size_t at = 0; most > 0 && at < n; at++) larger += x[at] > values[1][most - 1];
          REQUIRE(larger < most || most == 0, "%zu of %zu: one was missed", k, n);
        }
        RELEASE(0, "%zu of %zu", k, n);
      }
    }
  }
  return 0;
}

const check_entry softmax_checks[] = {
    {"a softmax equals its reference bit for bit, in place too", softmax_equals_reference},
    {"a softmax too large for the caches equals its rows alone", large_softmax_equals_its_rows},
    {"a softmax and its logarithm stay within their errors", softmax_is_a_softmax},
    {"a softmax's logarithm is the log-probability that learning computes",
     softmax_agrees_with_the_head},
    {"a softmax handles impossible ids, NaN and huge numbers", softmax_at_the_edges},
    {"the largest elements come in order, ties and NaN too", top_equals_reference},
    {NULL, NULL},
};
