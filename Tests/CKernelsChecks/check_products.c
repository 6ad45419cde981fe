#include "support.h"

static const size_t widths[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 97, 128, 130, 257};
static const size_t depths[] = {0, 1, 2, 5, 16, 33, 512, 513, 1101};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int matmul_case(check *c, size_t m, size_t n, size_t k, int mode) {
  const size_t lda = k + 3, ldc = n + 2;
  float *a = mode == 3 ? special(c, m * lda) : uniform(c, m * lda);
  float *b = mode == 3 ? special(c, k * n) : uniform(c, k * n), *bias = uniform(c, n);
  float *packed = zeros(c, pg_packed_count(k, n));
  float *results[2];
  results[0] = uniform(c, m * ldc);
  results[1] = copy(c, m * ldc, results[0]);
  pg_pack(k, n, b, (ptrdiff_t)n, 1, packed);
  WITH_BOTH(c, pg_matmul(m, n, k, a, lda, packed, mode & 1 ? bias : NULL, results[pass], ldc,
                         mode == 2));
  SAME(m * ldc, results[1], results[0], "m=%zu n=%zu k=%zu mode=%d", m, n, k, mode);
  // B as it lies, its last element the last of its memory.
  WITH_BOTH(c, pg_matmul_rows(m, n, k, a, lda, b, n, results[pass], ldc));
  SAME(m * ldc, results[1], results[0], "in rows, m=%zu n=%zu k=%zu mode=%d", m, n, k, mode);
  RELEASE(0, "m=%zu n=%zu k=%zu", m, n, k);
  return 0;
}

static int matmul_equals_reference(check *c) {
  for (size_t m = 0; m <= 27; m++) {
    for (size_t i = 0; i < COUNT(widths); i++) {
      if (matmul_case(c, m, widths[i], 7, (int)((m + i) % 4))) return 1;
    }
  }
  for (size_t m = 1; m <= 13; m += 3) {
    for (size_t i = 0; i < COUNT(depths); i++) {
      if (matmul_case(c, m, 33, depths[i], (int)((m + i) % 4))) return 1;
    }
  }
  // Many rows, groups of them that end in every height, over more than one block of depth.
  for (size_t m = 128; m <= 220; m++) {
    if (matmul_case(c, m, 33, 11, (int)(m % 4))) return 1;
  }
  for (int mode = 0; mode < 3; mode++) {
    if (matmul_case(c, 128 + (size_t)mode, 417, 530, mode)) return 1;
  }
  // Few rows over more of B than caches near the processor hold, which they may pass in blocks.
  for (size_t m = 1; m <= 14; m++) {
    if (matmul_case(c, m, 417, 650, (int)(m % 4))) return 1;
  }
  for (int mode = 0; mode < 4; mode++) {
    if (matmul_case(c, 25 + 34 * (size_t)mode, 650, 417, mode)) return 1;
  }
  // Columns that pass in more than one turn, in more than one block.
  for (int mode = 0; mode < 4; mode++) {
    if (matmul_case(c, 149, 1090, 260, mode)) return 1;
  }
  if (matmul_case(c, 137, 230, 1030, 3) || matmul_case(c, 131, 70, 0, 1)) return 1;
  return matmul_case(c, 487, 40, 3, 2);
}

static int rows_do_not_meet(check *c) {
  const size_t m = 37, n = 150, k = 97;
  float *a = uniform(c, m * k), *b = uniform(c, k * n), *packed = zeros(c, pg_packed_count(k, n));
  float *many = zeros(c, m * n), *one = zeros(c, n);
  pg_pack(k, n, b, (ptrdiff_t)n, 1, packed);
  pg_matmul(m, n, k, a, k, packed, NULL, many, n, 0);
  for (size_t r = 0; r < m; r++) {
    pg_matmul(1, n, k, a + r * k, k, packed, NULL, one, n, 0);
    SAME(n, one, many + r * n, "row %zu", r);
  }
  return 0;
}

static int matmul_is_a_product(check *c) {
  const size_t m = 13, n = 70, k = 500;
  float *a = uniform(c, m * k), *b = uniform(c, k * n), *bias = uniform(c, n);
  float *packed = zeros(c, pg_packed_count(k, n)), *got = zeros(c, m * n);
  pg_pack(k, n, b, (ptrdiff_t)n, 1, packed);
  pg_matmul(m, n, k, a, k, packed, bias, got, n, 0);
  float *unbiased = zeros(c, m * n), *lying = zeros(c, m * n);
  pg_matmul(m, n, k, a, k, packed, NULL, unbiased, n, 0);
  pg_matmul_rows(m, n, k, a, k, b, n, lying, n);
  SAME(m * n, lying, unbiased, "%zu rows of B", k);
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      double want = bias[j];
      for (size_t p = 0; p < k; p++) want += (double)a[i * k + p] * b[p * n + j];
      REQUIRE(fabs(got[i * n + j] - want) < 5e-5, "[%zu, %zu] is %g, not %g", i, j,
              (double)got[i * n + j], want);
    }
  }
  return 0;
}

static int packing_reads_strides(check *c) {
  for (size_t n = 1; n <= 67; n += 11) {
    for (size_t k = 1; k <= 40; k += 13) {
      float *b = uniform(c, k * n), *transposed = zeros(c, k * n);
      for (size_t i = 0; i < k * n; i++) transposed[i % n * k + i / n] = b[i];
      float *want = zeros(c, pg_packed_count(k, n)), *got = uniform(c, pg_packed_count(k, n));
      pg_pack(k, n, b, (ptrdiff_t)n, 1, want);
      pg_pack(k, n, transposed, 1, (ptrdiff_t)k, got);
      SAME(pg_packed_count(k, n), got, want, "n=%zu k=%zu", n, k);
      for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < n; j++) {
          REQUIRE(want[j / PG_PANEL * k * PG_PANEL + i * PG_PANEL + j % PG_PANEL] == b[i * n + j],
                  "n=%zu k=%zu: [%zu, %zu] is misplaced", n, k, i, j);
        }
      }
      RELEASE(0, "n=%zu k=%zu", n, k);
    }
  }
  return 0;
}

static int outer_case(check *c, size_t m, size_t n, size_t t, int mode) {
  const size_t lda = m + 1, ldb = n + 2, ldd = n + 5;
  const int accumulate = mode & 1;
  float *a = mode & 2 ? special(c, t * lda) : uniform(c, t * lda), *b = uniform(c, t * ldb);
  float *results[2];
  results[0] = uniform(c, m * ldd);
  results[1] = copy(c, m * ldd, results[0]);
  float *scratch = zeros(c, pg_matmul_outer_scratch_count(n, t));
  WITH_BOTH(c, pg_matmul_outer(m, n, t, a, lda, b, ldb, results[pass], ldd, accumulate, scratch));
  SAME(m * ldd, results[1], results[0], "m=%zu n=%zu t=%zu", m, n, t);
  RELEASE(0, "m=%zu n=%zu t=%zu", m, n, t);
  return 0;
}

static int outer_equals_reference(check *c) {
  for (size_t m = 0; m <= 27; m++) {
    for (size_t i = 0; i < COUNT(widths); i++) {
      if (outer_case(c, m, widths[i], 5, (int)(m + i) % 2)) return 1;
    }
  }
  for (size_t t = 0; t <= 520; t += 65) {
    if (outer_case(c, 14, 35, t, (int)t % 2)) return 1;
  }
  // More than one group of tiles, over more than one block of columns and of rows.
  for (size_t m = 41; m <= 100; m++) {
    if (outer_case(c, m, 21, 3, (int)m % 4)) return 1;
  }
  for (int mode = 0; mode < 4; mode++) {
    if (outer_case(c, 103, 552, 270, mode)) return 1;
  }
  return outer_case(c, 3, 16, 256, 0);
}

static int outer_is_the_transposed_product(check *c) {
  const size_t m = 19, n = 37, t = 300;
  float *a = uniform(c, t * m), *b = uniform(c, t * n), *transposed = zeros(c, t * m);
  for (size_t i = 0; i < t * m; i++) transposed[i % m * t + i / m] = a[i];
  float *packed = zeros(c, pg_packed_count(t, n)), *got = zeros(c, m * n), *want = zeros(c, m * n);
  pg_pack(t, n, b, (ptrdiff_t)n, 1, packed);
  pg_matmul(m, n, t, transposed, t, packed, NULL, want, n, 0);
  float *scratch = zeros(c, pg_matmul_outer_scratch_count(n, t));
  pg_matmul_outer(m, n, t, a, m, b, n, got, n, 0, scratch);
  SAME(m * n, got, want, "m=%zu", m);
  return 0;
}

static int row_sums_equal_reference(check *c) {
  for (size_t n = 0; n <= 140; n++) {
    size_t rows = n % 7, lda = n + 3;
    float *a = n % 3 ? uniform(c, rows * lda) : special(c, rows * lda), *results[2];
    results[0] = uniform(c, n);
    results[1] = copy(c, n, results[0]);
    WITH_BOTH(c, pg_sum_rows(rows, n, a, lda, results[pass], n % 2 == 0));
    SAME(n, results[1], results[0], "n=%zu", n);
    RELEASE(0, "n=%zu", n);
  }
  return 0;
}

const check_entry product_checks[] = {
    {"a product equals its reference bit for bit, whatever its size", matmul_equals_reference},
    {"a product's row does not depend on the rows beside it", rows_do_not_meet},
    {"a product is the sum of products, plus the bias", matmul_is_a_product},
    {"packing places every element, whichever way the matrix is stored", packing_reads_strides},
    {"a weight's gradient equals its reference bit for bit", outer_equals_reference},
    {"a weight's gradient is the product with the transposed matrix",
     outer_is_the_transposed_product},
    {"sums over rows equal their reference bit for bit", row_sums_equal_reference},
    {NULL, NULL},
};
