// Packing weights for products of narrow numbers: steps of k by twos and fours.
#include "include/CKernels.h"
#include "internal/scalar.h"

#define PG_BLOCK_ROWS 32

size_t pg_rounded_count(size_t m, size_t k) {
  // In front, the set that rounded.
  return PG_LANES + m * rounded_row_count(k);
}

size_t pg_packed_pairs_count(size_t k, size_t n) { return round_up(k, 2) * round_up(n, PG_PANEL); }

void pg_pack_bfloat16_pairs(size_t k, size_t n, const float *b, ptrdiff_t k_stride,
                            ptrdiff_t n_stride, uint16_t *packed) {
  float block[PG_BLOCK_ROWS * PG_PANEL];
  for (size_t n0 = 0; n0 < n; n0 += PG_PANEL) {
    const float *from = b + (ptrdiff_t)n0 * n_stride;
    for (size_t k0 = 0; k0 < k; k0 += PG_BLOCK_ROWS) {
      const size_t rows = smaller(k - k0, PG_BLOCK_ROWS);
      pg_pack(rows, smaller(n - n0, PG_PANEL), from + (ptrdiff_t)k0 * k_stride, k_stride, n_stride,
              block);
      if (rows % 2) memset(block + rows * PG_PANEL, 0, PG_PANEL * sizeof(float));
      for (size_t i = 0; i < rows; i += 2, packed += 2 * PG_PANEL) {
        for (size_t j = 0; j < PG_PANEL; j++) {
          uint32_t bits[2];
          memcpy(bits, block + i * PG_PANEL + j, sizeof bits[0]);
          memcpy(bits + 1, block + (i + 1) * PG_PANEL + j, sizeof bits[1]);
          packed[2 * j] = (uint16_t)(normal_bfloat16(bits[0]) >> 16);
          packed[2 * j + 1] = (uint16_t)(normal_bfloat16(bits[1]) >> 16);
        }
      }
    }
  }
}

size_t pg_packed_fours_count(size_t k, size_t n) {
  return round_up(k, PG_BLOCK_ROWS) * round_up(n, PG_PANEL);
}

void pg_pack_int8_fours(size_t k, size_t n, const float *b, ptrdiff_t k_stride,
                        ptrdiff_t n_stride, uint8_t *packed, float *scales) {
  const size_t depth = round_up(k, PG_BLOCK_ROWS);
  for (size_t n0 = 0; n0 < n; n0 += PG_PANEL, packed += depth * PG_PANEL) {
    // The panel as pg_pack_int8 leaves it fits its place; from there it moves up block by block.
    int8_t *integers = (int8_t *)(packed + (depth - k) * PG_PANEL);
    pg_pack_int8(k, smaller(n - n0, PG_PANEL), b + (ptrdiff_t)n0 * n_stride, k_stride, n_stride,
                 integers, scales + n0);
    for (size_t k0 = 0; k0 < k; k0 += PG_BLOCK_ROWS) {
      int8_t block[PG_BLOCK_ROWS * PG_PANEL] = {0};
      const size_t rows = smaller(k - k0, PG_BLOCK_ROWS);
      memcpy(block, integers + k0 * PG_PANEL, rows * PG_PANEL);
      uint8_t *to = packed + k0 * PG_PANEL;
      for (size_t i = 0; i < PG_BLOCK_ROWS; i += 4) {
        for (size_t j = 0; j < PG_PANEL; j++, to += 4) {
          for (size_t q = 0; q < 4; q++) to[q] = (uint8_t)(block[(i + q) * PG_PANEL + j] + 128);
        }
      }
    }
  }
}
