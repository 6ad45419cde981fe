// Products over narrow weights, one element after the other.

static float widened(uint16_t bits) {
  const uint32_t word = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &word, sizeof value);
  return value;
}

static void matmul_bfloat16(size_t m, size_t n, size_t k, const float *a, size_t lda,
                            const uint16_t *packed, const float *bias, float *c, size_t ldc,
                            int accumulate) {
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      const uint16_t *column = packed + j / PG_PANEL * k * PG_PANEL + j % PG_LANES * 2 +
                               j / PG_LANES % 2;
      float total = accumulate ? c[i * ldc + j] : bias ? bias[j] : 0;
      for (size_t p = 0; p < k; p++) {
        total = fmaf(a[i * lda + p], widened(column[p * PG_PANEL]), total);
      }
      c[i * ldc + j] = total;
    }
  }
}

static void matmul_int8(size_t m, size_t n, size_t k, const float *a, size_t lda,
                        const int8_t *packed, const float *scales, const float *bias, float *c,
                        size_t ldc, int accumulate) {
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      const int8_t *column = packed + j / PG_PANEL * k * PG_PANEL + j % PG_PANEL;
      float total = 0;
      for (size_t p = 0; p < k; p++) {
        total = fmaf(a[i * lda + p], (float)column[p * PG_PANEL], total);
      }
      c[i * ldc + j] = fmaf(total, scales[j], accumulate ? c[i * ldc + j] : bias ? bias[j] : 0);
    }
  }
}
