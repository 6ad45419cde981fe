// Kernels that only move numbers: packing, the key-value store, lookup.
#include "internal/scalar.h"
#include "include/CKernels.h"

size_t pg_packed_count(size_t k, size_t n) { return k * round_up(n, PG_PANEL); }

typedef float four __attribute__((ext_vector_type(4)));

// Four by four: packed[i][j] = b[j * stride + i].
PG_INLINE void turn_block(const float *b, ptrdiff_t stride, float *packed) {
  four row[4];
  for (int j = 0; j < 4; j++) memcpy(&row[j], b + j * stride, sizeof row[j]);
  // Halves of columns: of the first two rows, of the last two.
  const four upper[2] = {__builtin_shufflevector(row[0], row[1], 0, 4, 1, 5),
                         __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7)};
  const four lower[2] = {__builtin_shufflevector(row[2], row[3], 0, 4, 1, 5),
                         __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7)};
  four column[4];
  for (int i = 0; i < 2; i++) {
    column[2 * i] = __builtin_shufflevector(upper[i], lower[i], 0, 1, 4, 5);
    column[2 * i + 1] = __builtin_shufflevector(upper[i], lower[i], 2, 3, 6, 7);
  }
  for (int i = 0; i < 4; i++) memcpy(packed + i * PG_PANEL, &column[i], sizeof column[i]);
}

// How many rows ahead packing asks for them, or elements of a row.
#define PG_ROWS_PACKED_AHEAD 24
#define PG_ELEMENTS_PACKED_AHEAD 48

void pg_pack(size_t k, size_t n, const float *b, ptrdiff_t k_stride, ptrdiff_t n_stride,
             float *packed) {
  for (size_t n0 = 0; n0 < n; n0 += PG_PANEL, packed += k * PG_PANEL) {
    const float *from = b + (ptrdiff_t)n0 * n_stride;
    size_t columns = smaller(n - n0, PG_PANEL);
    if (columns < PG_PANEL) memset(packed, 0, k * PG_PANEL * sizeof(float));
    if (n_stride == 1) {
      for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < PG_PANEL; j += PG_LANES) {
          expect(from, (i + PG_ROWS_PACKED_AHEAD) * (size_t)k_stride + j);
        }
        memcpy(packed + i * PG_PANEL, from + (ptrdiff_t)i * k_stride, columns * sizeof(float));
      }
      continue;
    }
    // Blocks of 16 k keep both sides within a few cache lines.
    for (size_t k0 = 0; k0 < k; k0 += 16) {
      const size_t end = smaller(k0 + 16, k);
      size_t j = 0;
      for (; k_stride == 1 && end == k0 + 16 && j + 4 <= columns; j += 4) {
        for (size_t i = j; i < j + 4; i++) {
          expect(from, i * (size_t)n_stride + k0 + PG_ELEMENTS_PACKED_AHEAD);
        }
        for (size_t i = k0; i < end; i += 4) {
          turn_block(from + (ptrdiff_t)j * n_stride + i, n_stride, packed + i * PG_PANEL + j);
        }
      }
      for (; j < columns; j++) {
        const float *column = from + (ptrdiff_t)j * n_stride;
        for (size_t i = k0; i < end; i++) {
          packed[i * PG_PANEL + j] = column[(ptrdiff_t)i * k_stride];
        }
      }
    }
  }
}

size_t pg_matmul_outer_scratch_count(size_t n, size_t t) {
  // Whole panels of B, and what it takes to begin on a cache line.
  return smaller(t, PG_OUTER_ROWS) * round_up(smaller(n, PG_OUTER_COLUMNS), PG_LANES) + PG_LANES;
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
