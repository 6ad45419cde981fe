// Kernels that only move numbers: packing, the key-value store, lookup.
#include "internal/scalar.h"
#include "include/CKernels.h"

size_t pg_packed_count(size_t k, size_t n) { return k * round_up(n, PG_PANEL); }

void pg_pack(size_t k, size_t n, const float *b, ptrdiff_t k_stride, ptrdiff_t n_stride,
             float *packed) {
  for (size_t n0 = 0; n0 < n; n0 += PG_PANEL, packed += k * PG_PANEL) {
    const float *from = b + (ptrdiff_t)n0 * n_stride;
    size_t columns = smaller(n - n0, PG_PANEL);
    if (columns < PG_PANEL) memset(packed, 0, k * PG_PANEL * sizeof(float));
    if (n_stride == 1) {
      for (size_t i = 0; i < k; i++) {
        memcpy(packed + i * PG_PANEL, from + (ptrdiff_t)i * k_stride, columns * sizeof(float));
      }
      continue;
    }
    // Blocks of 16 k keep both sides within a few cache lines.
    for (size_t k0 = 0; k0 < k; k0 += 16) {
      size_t end = smaller(k0 + 16, k);
      for (size_t j = 0; j < columns; j++) {
        const float *column = from + (ptrdiff_t)j * n_stride;
        for (size_t i = k0; i < end; i++) {
          packed[i * PG_PANEL + j] = column[(ptrdiff_t)i * k_stride];
        }
      }
    }
  }
}

size_t pg_key_count(size_t positions, size_t head_dim) {
  return round_up(positions, PG_LANES) * head_dim;
}

size_t pg_attention_scratch_count(size_t positions, size_t heads, size_t head_dim) {
  (void)heads;
  size_t width = round_up(head_dim, PG_LANES), padded = round_up(positions, PG_LANES);
  // A block of queries, its sums, and all their scores.
  size_t forward = 2 * PG_QUERIES * width +
                   round_up(positions, PG_SCORES) / PG_SCORES * PG_QUERIES * PG_SCORE_STRIDE;
  // Three blocks of queries, keys and values laid out the other way round, and two scores per query
  // and position of a block.
  size_t backward = 3 * PG_GRADIENT_QUERIES * width + 2 * padded * width +
                    2 * PG_GRADIENT_QUERIES * PG_SCORE_STRIDE;
  return forward > backward ? forward : backward;
}

void pg_gather(size_t rows, size_t width, const float *table, const int32_t *ids, float *out) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(out + r * width, table + (size_t)ids[r] * width, width * sizeof(float));
  }
}
