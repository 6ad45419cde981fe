// Packing weights into bf16 and int8, a block of a panel's rows at a time.
#include <float.h>

#include "include/CKernels.h"
#include "internal/scalar.h"

#define PG_BLOCK_ROWS 64

// The magnitudes of floats are ordered like their bits, NaN beyond this.
#define PG_INFINITY_BITS 0x7f800000u

// bf16 in the upper half, anything in the lower.
PG_INLINE uint32_t rounded_to_bfloat16(uint32_t bits) {
  const uint32_t rounded = bits + 0x7fffu + (bits >> 16 & 1u);
  // A NaN whose payload lies in the lower half must not become an infinity.
  return (bits & 0x7fffffffu) > PG_INFINITY_BITS ? bits | 0x400000u : rounded;
}

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

// The scale of a column whose largest magnitude has these bits.
PG_INLINE float scale_of(int32_t largest) {
  if (largest >= (int32_t)PG_INFINITY_BITS) return NAN;
  float magnitude;
  memcpy(&magnitude, &largest, sizeof magnitude);
  const float scale = magnitude / 127;
  return scale > FLT_MIN ? scale : FLT_MIN;
}

// Adding this leaves the nearest integer, ties to even, in a float's low bits.
#define PG_INTEGER_SHIFT 0x1.8p+23f

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
      scale[j] = scale_of(largest[j]);
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
