// Matrix products, one element after the other.

static void matmul(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
                   const float *bias, float *c, size_t ldc, int accumulate) {
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      const float *column = packed + j / PG_PANEL * k * PG_PANEL + j % PG_PANEL;
      float total = accumulate ? c[i * ldc + j] : bias ? bias[j] : 0;
      for (size_t p = 0; p < k; p++) total = fmaf(a[i * lda + p], column[p * PG_PANEL], total);
      c[i * ldc + j] = total;
    }
  }
}

static void matmul_rows(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                        size_t ldb, float *c, size_t ldc) {
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      float total = 0;
      for (size_t p = 0; p < k; p++) total = fmaf(a[i * lda + p], b[p * ldb + j], total);
      c[i * ldc + j] = total;
    }
  }
}

static void matmul_outer(size_t m, size_t n, size_t t, const float *a, size_t lda, const float *b,
                         size_t ldb, float *d, size_t ldd, int accumulate, float *scratch) {
  (void)scratch;
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      float total = accumulate ? d[i * ldd + j] : 0;
      for (size_t p = 0; p < t; p++) total = fmaf(a[p * lda + i], b[p * ldb + j], total);
      d[i * ldd + j] = total;
    }
  }
}

static void sum_rows(size_t rows, size_t n, const float *a, size_t lda, float *out,
                     int accumulate) {
  for (size_t j = 0; j < n; j++) {
    float total = accumulate ? out[j] : 0;
    for (size_t r = 0; r < rows; r++) total += a[r * lda + j];
    out[j] = total;
  }
}
