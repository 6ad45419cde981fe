// Products of rounded inputs by rounded weights, one element after the other.

static float to_bfloat16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits = normal_bfloat16(bits);
  memcpy(&x, &bits, sizeof x);
  return x;
}

static void round_bfloat16(size_t m, size_t k, const float *a, size_t lda, float *rounded) {
  const size_t row = rounded_row_count(k);
  for (size_t i = 0; i < m; i++) {
    for (size_t p = 0; p < round_up(k, 2); p++) {
      rounded[i * row + p] = p < k ? to_bfloat16(a[i * lda + p]) : 0;
    }
  }
}

static void matmul_bfloat16_pairs(size_t m, size_t n, size_t k, const float *rounded,
                                  const uint16_t *packed, const float *bias, float *c, size_t ldc,
                                  int accumulate) {
  const size_t row = rounded_row_count(k), depth = round_up(k, 2);
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      const uint16_t *column = packed + j / PG_PANEL * depth * PG_PANEL + j % PG_PANEL * 2;
      const float *a = rounded + i * row;
      float total = accumulate ? c[i * ldc + j] : bias ? bias[j] : 0;
      for (size_t p = 0; p < depth; p += 2, column += 2 * PG_PANEL) {
        total = fmaf(a[p + 1], widened(column[1]), total);
        total = fmaf(a[p], widened(column[0]), total);
      }
      c[i * ldc + j] = total;
    }
  }
}

// A row is its integers, then a scale for each 32, all as floats.
static void round_int8(size_t m, size_t k, const float *a, size_t lda, float *rounded) {
  const size_t row = rounded_row_count(k);
  for (size_t i = 0; i < m; i++) {
    float *integers = rounded + i * row, *scales = integers + round_up(k, 32);
    for (size_t p0 = 0; p0 < k; p0 += 32) {
      int32_t largest = 0;
      for (size_t p = p0; p < smaller(p0 + 32, k); p++) {
        int32_t bits;
        memcpy(&bits, a + i * lda + p, sizeof bits);
        bits &= 0x7fffffff;
        largest = bits > largest ? bits : largest;
      }
      const float scale = scale_of_bits(largest), inverse = isnan(scale) ? 0 : 1 / scale;
      scales[p0 / 32] = scale;
      for (size_t p = p0; p < p0 + 32; p++) {
        const float shifted = p < k ? a[i * lda + p] * inverse + PG_INTEGER_SHIFT : 0;
        integers[p] = p < k && !isnan(scale) ? shifted - PG_INTEGER_SHIFT : 0;
      }
    }
  }
}

static void matmul_int8_fours(size_t m, size_t n, size_t k, const float *rounded,
                              const uint8_t *packed, const float *scales, const float *bias,
                              float *c, size_t ldc, int accumulate) {
  const size_t row = rounded_row_count(k), depth = round_up(k, 32);
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      const uint8_t *column = packed + j / PG_PANEL * depth * PG_PANEL + j % PG_PANEL * 4;
      const float *a = rounded + i * row;
      float sum = 0;
      for (size_t p0 = 0; p0 < depth; p0 += 32) {
        int32_t total = 0;
        for (size_t p = p0; p < p0 + 32; p++) {
          total += (int32_t)a[p] * (column[p / 4 * 4 * PG_PANEL + p % 4] - 128);
        }
        sum = fmaf((float)total, a[depth + p0 / 32], sum);
      }
      c[i * ldc + j] = fmaf(sum, scales[j], accumulate ? c[i * ldc + j] : bias ? bias[j] : 0);
    }
  }
}
