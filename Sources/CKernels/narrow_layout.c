// Packing weights into bf16 and int8, a block of a panel's rows at a time.
#include "include/CKernels.h"
#include "internal/scalar.h"

#define PG_BLOCK_ROWS 64

void pg_pack_bfloat16(size_t k, size_t n, const float *b, ptrdiff_t k_stride, ptrdiff_t n_stride,
                      uint16_t *packed) {
  float block[PG_BLOCK_ROWS * PG_PANEL];
  for (size_t n0 = 0; n0 < n; n0 += PG_PANEL) {
    const float *from = b + (ptrdiff_t)n0 * n_stride;
    for (size_t k0 = 0; k0 < k; k0 += PG_BLOCK_ROWS) {
      const size_t rows = smaller(k - k0, PG_BLOCK_ROWS);
      pg_pack(rows, smaller(n - n0, PG_PANEL), from + (ptrdiff_t)k0 * k_stride, k_stride, n_stride,
              block);
      for (size_t i = 0; i < rows; i++, packed += PG_PANEL) {
        uint32_t bits[PG_PANEL], words[PG_LANES];
        memcpy(bits, block + i * PG_PANEL, sizeof bits);
        for (size_t j = 0; j < PG_LANES; j++) {
          words[j] = rounded_to_bfloat16(bits[j]) >> 16 |
                     (rounded_to_bfloat16(bits[PG_LANES + j]) & 0xffff0000u);
        }
        memcpy(packed, words, sizeof words);
      }
    }
  }
}

void pg_pack_int8(size_t k, size_t n, const float *b, ptrdiff_t k_stride, ptrdiff_t n_stride,
                  int8_t *packed, float *scales) {
  float block[PG_BLOCK_ROWS * PG_PANEL];
  for (size_t n0 = 0; n0 < n; n0 += PG_PANEL) {
    const float *from = b + (ptrdiff_t)n0 * n_stride;
    const size_t columns = smaller(n - n0, PG_PANEL);
    // Without the sign, bits are integers that a signed comparison orders as well.
    int32_t largest[PG_PANEL] = {0};
    for (size_t k0 = 0; k0 < k; k0 += PG_BLOCK_ROWS) {
      const size_t rows = smaller(k - k0, PG_BLOCK_ROWS);
      pg_pack(rows, columns, from + (ptrdiff_t)k0 * k_stride, k_stride, n_stride, block);
      for (size_t i = 0; i < rows; i++) {
        uint32_t bits[PG_PANEL];
        memcpy(bits, block + i * PG_PANEL, sizeof bits);
        for (size_t j = 0; j < PG_PANEL; j++) {
          const int32_t magnitude = (int32_t)(bits[j] & 0x7fffffffu);
          largest[j] = magnitude > largest[j] ? magnitude : largest[j];
        }
      }
    }
    // A scale that is not a number makes its column's integers 0.
    float scale[PG_PANEL], divisor[PG_PANEL];
    for (size_t j = 0; j < PG_PANEL; j++) {
      scale[j] = scale_of_bits(largest[j]);
      divisor[j] = isnan(scale[j]) ? 1 : scale[j];
    }
    memcpy(scales + n0, scale, columns * sizeof(float));
    for (size_t k0 = 0; k0 < k; k0 += PG_BLOCK_ROWS) {
      const size_t rows = smaller(k - k0, PG_BLOCK_ROWS);
      pg_pack(rows, columns, from + (ptrdiff_t)k0 * k_stride, k_stride, n_stride, block);
      for (size_t i = 0; i < rows; i++, packed += PG_PANEL) {
        for (size_t j = 0; j < PG_PANEL; j++) {
          const float shifted = block[i * PG_PANEL + j] / divisor[j] + PG_INTEGER_SHIFT;
          packed[j] = scale[j] > 0 ? (int8_t)(int32_t)(shifted - PG_INTEGER_SHIFT) : 0;
        }
      }
    }
  }
}
