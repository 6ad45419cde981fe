#include "support.h"

static const size_t widths[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 97, 128, 130, 257};
static const size_t depths[] = {0, 1, 2, 3, 16, 31, 32, 33, 64, 255, 256, 257, 513};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void *bytes(check *c, size_t n) { return zeros(c, (n + 3) / 4); }

static float flushed(float x) { return fabsf(x) < FLT_MIN ? copysignf(0, x) : x; }

static float as_bfloat16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
  memcpy(&x, &bits, sizeof x);
  return flushed(x);
}

// Weights packed for pairs or fours, and a product with them.
typedef struct {
  int is_int8;
  void *packed;
  float *scales;
} weights;

static weights pack(check *c, int is_int8, size_t k, size_t n, const float *b, ptrdiff_t down,
                    ptrdiff_t across) {
  weights w = {is_int8, NULL, zeros(c, n)};
  if (is_int8) {
    w.packed = bytes(c, pg_packed_fours_count(k, n));
    pg_pack_int8_fours(k, n, b, down, across, w.packed, w.scales);
  } else {
    w.packed = bytes(c, 2 * pg_packed_pairs_count(k, n));
    pg_pack_bfloat16_pairs(k, n, b, down, across, w.packed);
  }
  return w;
}

static void multiply(const weights *w, size_t m, size_t n, size_t k, const float *a, size_t lda,
                     float *rounded, const float *bias, float *out, size_t ldc, int accumulate) {
  if (w->is_int8) {
    pg_round_int8(m, k, a, lda, rounded);
    pg_matmul_int8_fours(m, n, k, rounded, w->packed, w->scales, bias, out, ldc, accumulate);
  } else {
    pg_round_bfloat16(m, k, a, lda, rounded);
    pg_matmul_bfloat16_pairs(m, n, k, rounded, w->packed, bias, out, ldc, accumulate);
  }
}

// mode & 1: with a bias; 2: onto C; 3: with unusual numbers.
static int rounded_case(check *c, size_t m, size_t n, size_t k, int mode, int is_int8) {
  const size_t lda = k + 3, ldc = n + 2;
  float *a = mode == 3 ? special(c, m * lda) : uniform(c, m * lda);
  float *b = mode == 3 ? special(c, k * n) : uniform(c, k * n), *bias = uniform(c, n);
  const weights w = pack(c, is_int8, k, n, b, (ptrdiff_t)n, 1);
  float *rounded = zeros(c, pg_rounded_count(m, k)), *results[2];
  results[0] = uniform(c, m * ldc);
  results[1] = copy(c, m * ldc, results[0]);
  WITH_BOTH(c, multiply(&w, m, n, k, a, lda, rounded, mode & 1 ? bias : NULL, results[pass], ldc,
                        mode == 2));
  // The one exception to equal bits.
  const int flushes = !is_int8 && c->isa == PG_ISA_AVX512BF16;
  for (size_t i = 0; flushes && i < 2 * m * ldc; i++) {
    results[i % 2][i / 2] = flushed(results[i % 2][i / 2]);
  }
  SAME(m * ldc, results[1], results[0], "m=%zu n=%zu k=%zu mode=%d", m, n, k, mode);
  RELEASE(0, "m=%zu n=%zu k=%zu", m, n, k);
  return 0;
}

static int equals_reference(check *c, int is_int8) {
  for (size_t m = 0; m <= 29; m++) {
    for (size_t i = 0; i < COUNT(widths); i++) {
      if (rounded_case(c, m, widths[i], 7 + m % 3, (int)((m + i) % 4), is_int8)) return 1;
    }
  }
  for (size_t m = 1; m <= 31; m += 5) {
    for (size_t i = 0; i < COUNT(depths); i++) {
      if (rounded_case(c, m, 49, depths[i], (int)((m + i) % 4), is_int8)) return 1;
    }
  }
  for (int mode = 0; mode < 3; mode++) {
    if (rounded_case(c, 128 + (size_t)mode, 70, 300, mode, is_int8)) return 1;
  }
  return 0;
}
static int pairs_equal_reference(check *c) { return equals_reference(c, 0); }
static int fours_equal_reference(check *c) { return equals_reference(c, 1); }

// With the steps of each pair of k exchanged, the chain of pg_matmul.
static int pairs_are_a_chain(check *c) {
  for (size_t m = 1; m <= 150; m += m < 15 ? 1 : 45) {
    const size_t n = 150, k = 301;
    float *a = uniform(c, m * k), *b = uniform(c, k * n), *bias = uniform(c, n);
    float *left = zeros(c, m * (k + 1)), *right = zeros(c, (k + 1) * n);
    for (size_t p = 0; p < k; p++) {
      for (size_t i = 0; i < m; i++) left[i * (k + 1) + (p ^ 1)] = as_bfloat16(a[i * k + p]);
      for (size_t j = 0; j < n; j++) right[(p ^ 1) * n + j] = as_bfloat16(b[p * n + j]);
    }
    float *packed = zeros(c, pg_packed_count(k + 1, n)), *rounded = zeros(c, pg_rounded_count(m, k));
    float *want = zeros(c, m * n), *got = zeros(c, m * n);
    pg_pack(k + 1, n, right, (ptrdiff_t)n, 1, packed);
    pg_matmul(m, n, k + 1, left, k + 1, packed, bias, want, n, 0);
    const weights w = pack(c, 0, k, n, b, (ptrdiff_t)n, 1);
    multiply(&w, m, n, k, a, k, rounded, bias, got, n, 0);
    SAME(m * n, got, want, "m=%zu", m);
    RELEASE(0, "m=%zu", m);
  }
  return 0;
}

// Small integers are their own rounding where 127 is the largest of each block and column.
static int fours_multiply_integers(check *c) {
  const size_t m = 23, n = 77, k = 96;
  float *a = zeros(c, m * k), *b = zeros(c, k * n), *got = zeros(c, m * n);
  for (size_t i = 0; i < m * k; i++) a[i] = i % 32 ? rintf(next_uniform(c) * 127) : -127;
  for (size_t i = 0; i < k * n; i++) b[i] = i < n ? 127 : rintf(next_uniform(c) * 127);
  const weights w = pack(c, 1, k, n, b, (ptrdiff_t)n, 1);
  multiply(&w, m, n, k, a, k, zeros(c, pg_rounded_count(m, k)), NULL, got, n, 0);
  for (size_t i = 0; i < m * n; i++) {
    int32_t want = 0;
    for (size_t p = 0; p < k; p++) {
      want += (int32_t)a[i / n * k + p] * (int32_t)b[p * n + i % n];
    }
    REQUIRE(got[i] == (float)want, "[%zu, %zu] is %g, not %d", i / n, i % n, (double)got[i], want);
  }
  return 0;
}

static int rounded_rows_do_not_meet(check *c) {
  const size_t m = 37, n = 150, k = 297;
  float *a = uniform(c, m * k), *b = uniform(c, k * n);
  float *rounded = zeros(c, pg_rounded_count(m, k)), *many = zeros(c, m * n), *one = zeros(c, n);
  for (int is_int8 = 0; is_int8 < 2; is_int8++) {
    const weights w = pack(c, is_int8, k, n, b, (ptrdiff_t)n, 1);
    for (size_t rows = 1; rows <= m; rows += 4) {
      multiply(&w, rows, n, k, a, k, rounded, NULL, many, n, 0);
      for (size_t r = 0; r < rows; r++) {
        multiply(&w, 1, n, k, a + r * k, k, rounded, NULL, one, n, 0);
        SAME(n, one, many + r * n, "kind %d, row %zu of %zu", is_int8, r, rows);
      }
    }
  }
  return 0;
}

// Parts of the columns are the product's columns, as threads share them.
static int rounded_columns_do_not_meet(check *c) {
  const size_t m = 9, n = 150, k = 297;
  float *a = uniform(c, m * k), *b = uniform(c, k * n), *bias = uniform(c, n);
  float *rounded = zeros(c, pg_rounded_count(m, k));
  float *whole = zeros(c, m * n), *parts = zeros(c, m * n);
  const weights pairs = pack(c, 0, k, n, b, (ptrdiff_t)n, 1);
  const weights fours = pack(c, 1, k, n, b, (ptrdiff_t)n, 1);
  multiply(&pairs, m, n, k, a, k, rounded, bias, whole, n, 0);
  for (size_t first = 0; first < n; first += 64) {
    pg_matmul_bfloat16_pairs(m, first + 64 < n ? 64 : n - first, k, rounded,
                             (uint16_t *)pairs.packed + pg_packed_pairs_count(k, first),
                             bias + first, parts + first, n, 0);
  }
  SAME(m * n, parts, whole, "%s", "bf16");
  multiply(&fours, m, n, k, a, k, rounded, bias, whole, n, 0);
  for (size_t first = 0; first < n; first += 64) {
    pg_matmul_int8_fours(m, first + 64 < n ? 64 : n - first, k, rounded,
                         (uint8_t *)fours.packed + pg_packed_fours_count(k, first),
                         fours.scales + first, bias + first, parts + first, n, 0);
  }
  SAME(m * n, parts, whole, "%s", "int8");
  return 0;
}

// Rows that one set rounded and another's turn to multiply: the first one does.
static int rounded_rows_remember_their_set(check *c) {
  const size_t m = 9, n = 70, k = 297;
  float *a = uniform(c, m * k), *b = uniform(c, k * n);
  float *rounded = zeros(c, pg_rounded_count(m, k)), *want = zeros(c, m * n), *got = zeros(c, m * n);
  for (int is_int8 = 0; is_int8 < 2; is_int8++) {
    const weights w = pack(c, is_int8, k, n, b, (ptrdiff_t)n, 1);
    multiply(&w, m, n, k, a, k, rounded, NULL, want, n, 0);
    for (int isa = PG_ISA_REFERENCE; isa <= PG_ISA_LAST; isa++) {
      if (pg_select_isa((pg_isa)isa) != 0) continue;
      if (is_int8) {
        pg_matmul_int8_fours(m, n, k, rounded, w.packed, w.scales, NULL, got, n, 0);
      } else {
        pg_matmul_bfloat16_pairs(m, n, k, rounded, w.packed, NULL, got, n, 0);
      }
      SAME(m * n, got, want, "kind %d, set %d", is_int8, isa);
    }
    pg_select_isa(c->isa);
  }
  return 0;
}

// Within what both roundings and the sums may be off.
static int rounded_products_keep_their_bounds(check *c) {
  const size_t m = 9, n = 70, k = 500;
  float *a = uniform(c, m * k), *b = uniform(c, k * n), *bias = uniform(c, n);
  float *rounded = zeros(c, pg_rounded_count(m, k));
  float *half = zeros(c, m * n), *eighth = zeros(c, m * n);
  for (size_t i = 0; i < m * k; i++) a[i] *= i % k / 32 % 2 ? 1e-3f : 1e3f;
  const weights pairs = pack(c, 0, k, n, b, (ptrdiff_t)n, 1);
  const weights fours = pack(c, 1, k, n, b, (ptrdiff_t)n, 1);
  multiply(&pairs, m, n, k, a, k, rounded, bias, half, n, 0);
  multiply(&fours, m, n, k, a, k, rounded, bias, eighth, n, 0);
  for (size_t i = 0; i < m; i++) {
    float steps[16] = {0};
    for (size_t p = 0; p < k; p++) {
      steps[p / 32] = fmaxf(steps[p / 32], fabsf(a[i * k + p]) / 127);
    }
    for (size_t j = 0; j < n; j++) {
      double want = bias[j], magnitudes = fabs(want), off_by = 0;
      for (size_t p = 0; p < k; p++) {
        const double x = (double)a[i * k + p], w = (double)b[p * n + j];
        want += x * w;
        magnitudes += fabs(x * w);
        // Half a step of either factor, and a little for how steps are found.
        const double dx = 0.5001 * (double)steps[p / 32], dw = 0.5001 * (double)fours.scales[j];
        off_by += dx * fabs(w) + dw * fabs(x) + dx * dw;
      }
      const double sums = (double)(k + 2) * 0x1p-24 * 1.1 * magnitudes;
      const double off = fabs((double)half[i * n + j] - want);
      const double off8 = fabs((double)eighth[i * n + j] - want);
      REQUIRE(off <= 0x1.01p-7 * magnitudes + sums, "bf16 [%zu, %zu] is off by %g", i, j, off);
      REQUIRE(off8 <= off_by + sums, "int8 [%zu, %zu] is off by %g of %g", i, j, off8, off_by);
    }
  }
  return 0;
}

static int broken_inputs_stay_in_their_row(check *c) {
  const float broken[] = {NAN, INFINITY, -INFINITY};
  const size_t m = 5, n = 40, k = 70;
  for (size_t i = 0; i < 2 * COUNT(broken); i++) {
    float *b = uniform(c, k * n), *a = uniform(c, m * k), *out = zeros(c, m * n);
    a[3 * k + 37] = broken[i / 2];
    const weights w = pack(c, (int)i % 2, k, n, b, (ptrdiff_t)n, 1);
    multiply(&w, m, n, k, a, k, zeros(c, pg_rounded_count(m, k)), NULL, out, n, 0);
    for (size_t j = 0; j < m * n; j++) {
      REQUIRE(isfinite(out[j]) == (j / n != 3), "%g in row 3 made row %zu %g",
              (double)broken[i / 2], j / n, (double)out[j]);
      REQUIRE(j / n != 3 || i % 2 == 0 || isnan(out[j]), "int8 made %g", (double)out[j]);
    }
    RELEASE(0, "%g", (double)broken[i / 2]);
  }
  return 0;
}

// Inputs keep half a step of their own 32: products with the unit matrix show them.
static int rounding_inputs_keeps_half_a_step(check *c) {
  const float magnitudes[] = {1, 0x1p-120f, 1e-37f, 1e35f, 1e-44f, 0};
  const size_t n = 96;
  float *unit = zeros(c, n * n), *rounded = zeros(c, pg_rounded_count(1, n)), *out = zeros(c, n);
  for (size_t i = 0; i < n; i++) unit[i * n + i] = 1;
  const weights w = pack(c, 1, n, n, unit, (ptrdiff_t)n, 1);
  for (size_t i = 0; i < COUNT(magnitudes); i++) {
    float *a = uniform(c, n);
    // Of three blocks the second is a thousandth of the others.
    const float sizes[] = {magnitudes[i], magnitudes[i] / 1000, magnitudes[i]};
    for (size_t j = 0; j < n; j++) a[j] = (j % 32 ? a[j] : 1) * sizes[j / 32];
    multiply(&w, 1, n, n, a, n, rounded, NULL, out, n, 0);
    for (size_t j = 0; j < n; j++) {
      const double step = fmax((double)sizes[j / 32] / 127, (double)FLT_MIN);
      REQUIRE(fabs((double)out[j] - (double)a[j]) <= 0.5001 * step, "%g became %g", (double)a[j],
              (double)out[j]);
    }
  }
  return 0;
}

static int packing_for_rounded_products_reads_strides(check *c) {
  for (size_t n = 1; n <= 67; n += 11) {
    for (size_t k = 1; k <= 140; k += 63) {
      float *b = uniform(c, k * n), *transposed = zeros(c, k * n), *scales = zeros(c, n);
      for (size_t i = 0; i < k * n; i++) transposed[i % n * k + i / n] = b[i];
      int8_t *integers = bytes(c, pg_packed_count(k, n));
      pg_pack_int8(k, n, b, (ptrdiff_t)n, 1, integers, scales);
      for (int way = 0; way < 2; way++) {
        const float *from = way ? transposed : b;
        const ptrdiff_t across = way ? (ptrdiff_t)k : 1, down = way ? 1 : (ptrdiff_t)n;
        const weights pairs = pack(c, 0, k, n, from, down, across);
        const weights fours = pack(c, 1, k, n, from, down, across);
        const size_t even = (k + 1) / 2 * 2, depth = (k + 31) / 32 * 32;
        SAME(n, fours.scales, scales, "n=%zu k=%zu", n, k);
        for (size_t i = 0; i < depth; i++) {
          for (size_t j = 0; j < n; j++) {
            const size_t panel = j / PG_PANEL, column = j % PG_PANEL;
            const uint8_t byte = ((uint8_t *)fours.packed)[panel * depth * PG_PANEL +
                                                           i / 4 * 4 * PG_PANEL + column * 4 + i % 4];
            const int want =
                i < k ? integers[panel * k * PG_PANEL + i * PG_PANEL + column] + 128 : 128;
            REQUIRE(byte == want, "n=%zu k=%zu: [%zu, %zu] is %d, not %d", n, k, i, j, byte, want);
            if (i >= even) continue;
            const uint32_t bits = (uint32_t)((uint16_t *)pairs.packed)[
                panel * even * PG_PANEL + i / 2 * 2 * PG_PANEL + column * 2 + i % 2] << 16;
            float value;
            memcpy(&value, &bits, sizeof value);
            REQUIRE(value == (i < k ? as_bfloat16(b[i * n + j]) : 0),
                    "n=%zu k=%zu: [%zu, %zu] is %a", n, k, i, j, (double)value);
          }
        }
      }
      RELEASE(0, "n=%zu k=%zu", n, k);
    }
  }
  return 0;
}

const check_entry rounded_product_checks[] = {
    {"a product of bf16 by bf16 equals its reference bit for bit", pairs_equal_reference},
    {"a product of int8 by int8 equals its reference bit for bit", fours_equal_reference},
    {"a product of bf16 by bf16 is a chain of fused multiply-adds, odd steps first",
     pairs_are_a_chain},
    {"a product of int8 by int8 multiplies integers exactly", fours_multiply_integers},
    {"a row of a product of narrow numbers does not depend on the rows beside it",
     rounded_rows_do_not_meet},
    {"columns of a product of narrow numbers can be computed in parts",
     rounded_columns_do_not_meet},
    {"rows that one set rounded are multiplied by it, whichever is selected by then",
     rounded_rows_remember_their_set},
    {"products of narrow numbers keep their bounds", rounded_products_keep_their_bounds},
    {"NaN and infinities reach all of their row and nothing else", broken_inputs_stay_in_their_row},
    {"inputs from 1e-44 to 1e35 are rounded by half a step of their 32 at most",
     rounding_inputs_keeps_half_a_step},
    {"packing for products of narrow numbers places every element, whichever way it is stored",
     packing_for_rounded_products_reads_strides},
    {NULL, NULL},
};
