#include "support.h"

static int norm_equals_reference(check *c) {
  for (size_t width = 1; width <= 100; width += width < 36 ? 1 : 13) {
    const size_t rows = 3, n = rows * width;
    float *x = uniform(c, n), *weight = uniform(c, width), *above = uniform(c, n);
    float *y[2], *inverse[2], *d_x[2], *d_weight[2];
    for (int i = 0; i < 2; i++) {
      y[i] = zeros(c, n);
      inverse[i] = zeros(c, rows);
      d_x[i] = i ? copy(c, n, d_x[0]) : uniform(c, n);
      d_weight[i] = i ? copy(c, width, d_weight[0]) : uniform(c, width);
    }
    WITH_BOTH(c, {
      pg_rms_norm(rows, width, x, weight, 1e-6f, y[pass], inverse[pass]);
      pg_rms_norm_backward(rows, width, x, weight, inverse[pass], above, d_x[pass],
                           d_weight[pass]);
    });
    SAME(n, y[1], y[0], "width %zu", width);
    SAME(rows, inverse[1], inverse[0], "inverse of width %zu", width);
    SAME(n, d_x[1], d_x[0], "gradient of width %zu", width);
    SAME(width, d_weight[1], d_weight[0], "weight gradient of width %zu", width);
    pg_rms_norm(rows, width, x, weight, 1e-6f, y[1], NULL);
    SAME(n, y[1], y[0], "width %zu without inverse", width);
    RELEASE(0, "width %zu", width);
  }
  return 0;
}

// sum of above * rms_norm(x), in double, with x[at] moved by h.
static double norm_loss(size_t rows, size_t width, const float *x, const float *weight,
                        const float *above, size_t at, size_t weight_at, double h) {
  double loss = 0;
  for (size_t r = 0; r < rows; r++) {
    double squares = 0;
    for (size_t i = 0; i < width; i++) {
      double value = x[r * width + i] + (r * width + i == at ? h : 0);
      squares += value * value;
    }
    double inverse = 1 / sqrt(squares / (double)width + 1e-6);
    for (size_t i = 0; i < width; i++) {
      double value = x[r * width + i] + (r * width + i == at ? h : 0);
      loss += value * inverse * (weight[i] + (i == weight_at ? h : 0)) * above[r * width + i];
    }
  }
  return loss;
}

static int norm_gradient_is_its_slope(check *c) {
  const size_t rows = 3, width = 37, n = rows * width, none = (size_t)-1;
  float *x = uniform(c, n), *weight = uniform(c, width), *above = uniform(c, n);
  float *y = zeros(c, n), *inverse = zeros(c, rows), *d_x = zeros(c, n), *d_w = zeros(c, width);
  pg_rms_norm(rows, width, x, weight, 1e-6f, y, inverse);
  pg_rms_norm_backward(rows, width, x, weight, inverse, above, d_x, d_w);
  double loss = 0, h = 1e-5;
  for (size_t i = 0; i < n; i++) loss += (double)y[i] * above[i];
  REQUIRE(fabs(loss - norm_loss(rows, width, x, weight, above, none, none, 0)) < 1e-4,
          "the value is off: %g", loss);
  for (size_t i = 0; i < n; i++) {
    double slope = (norm_loss(rows, width, x, weight, above, i, none, h) -
                    norm_loss(rows, width, x, weight, above, i, none, -h)) /
                   (2 * h);
    REQUIRE(fabs(d_x[i] - slope) < 1e-5, "x[%zu]: %g, not %g", i, (double)d_x[i], slope);
  }
  for (size_t i = 0; i < width; i++) {
    double slope = (norm_loss(rows, width, x, weight, above, none, i, h) -
                    norm_loss(rows, width, x, weight, above, none, i, -h)) /
                   (2 * h);
    REQUIRE(fabs(d_w[i] - slope) < 1e-5, "weight[%zu]: %g, not %g", i, (double)d_w[i], slope);
  }
  return 0;
}

static int rotary_equals_reference_and_turns_back(check *c) {
  for (size_t head_dim = 2; head_dim <= 130; head_dim += head_dim < 70 ? 2 : 30) {
    const size_t rows = 4, heads = 3, ldx = heads * head_dim + 2, half = head_dim / 2, table = 9;
    const int32_t positions[] = {0, 8, 3, 3};
    float *cosines = zeros(c, table * half), *sines = zeros(c, table * half);
    for (size_t i = 0; i < table * half; i++) {
      cosines[i] = (float)cos(0.37 * (double)i);
      sines[i] = (float)sin(0.37 * (double)i);
    }
    float *x[2];
    x[0] = uniform(c, rows * ldx);
    x[1] = copy(c, rows * ldx, x[0]);
    float *before = copy(c, rows * ldx, x[0]);
    WITH_BOTH(c, pg_rotary(rows, heads, head_dim, positions, cosines, sines, 1, x[pass], ldx));
    SAME(rows * ldx, x[1], x[0], "head of %zu", head_dim);
    double a = before[ldx], b = before[ldx + half], angle = 0.37 * (double)(8 * half);
    REQUIRE(fabs(x[1][ldx] - (a * cos(angle) - b * sin(angle))) < 1e-6, "head of %zu: first",
            head_dim);
    REQUIRE(fabs(x[1][ldx + half] - (b * cos(angle) + a * sin(angle))) < 1e-6,
            "head of %zu: second", head_dim);
    WITH_BOTH(c, pg_rotary(rows, heads, head_dim, positions, cosines, sines, -1, x[pass], ldx));
    SAME(rows * ldx, x[1], x[0], "head of %zu, back", head_dim);
    for (size_t i = 0; i < rows * ldx; i++) {
      REQUIRE(fabsf(x[1][i] - before[i]) < 1e-6f, "head of %zu: did not turn back", head_dim);
    }
    RELEASE(0, "head of %zu", head_dim);
  }
  return 0;
}

const check_entry norm_checks[] = {
    {"the norm and its gradient equal their references bit for bit", norm_equals_reference},
    {"the norm's gradient is its slope", norm_gradient_is_its_slope},
    {"rotation equals its reference, and turns back", rotary_equals_reference_and_turns_back},
    {NULL, NULL},
};
