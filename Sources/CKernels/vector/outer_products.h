// Gradients of weights, sums over rows of what stands beside each other: blocks of B are laid out in
// panels, rows of them meet A's columns in groups, as tile_groups.h has it.

// Rows t that A is asked for ahead.
#define PG_ROWS_AHEAD 8

// Panels of one vector, missing columns zero.
PG_INLINE void pack_panels(size_t k, size_t n, const float *b, size_t ldb, float *packed) {
  for (size_t n0 = 0; n0 < n; n0 += PG_LANES) {
    const size_t columns = smaller(n - n0, PG_LANES);
    for (size_t i = 0; i < k; i++, packed += PG_LANES) {
      const float *from = b + i * ldb + n0;
      if (columns == PG_LANES) {
        store(packed, load(from));
      } else {
        for (size_t j = 0; j < PG_LANES; j++) packed[j] = j < columns ? from[j] : 0;
      }
    }
  }
}

// A group's columns of A as tiles, [tile][k][PG_TILE_ROWS].
PG_INLINE void copy_tiles(size_t k, const tile_group *g, const float *a, size_t lda, float *left) {
  for (size_t i = 0; i < k; i++, a += lda, left += PG_TILE_ROWS) {
    for (size_t j = 0; j < PG_GROUP * PG_TILE_ROWS; j += PG_LANES) expect(a, PG_ROWS_AHEAD * lda + j);
    const float *from = a;
    for (size_t t = 0; t < g->tiles; from += g->heights[t++]) {
      float *to = left + t * k * PG_TILE_ROWS;
      if (g->heights[t] == PG_TILE_ROWS) {
        __builtin_memcpy(to, from, PG_TILE_ROWS * sizeof(float));
      } else {
        for (size_t j = 0; j < g->heights[t]; j++) to[j] = from[j];
      }
    }
  }
}

static void matmul_outer(size_t m, size_t n, size_t t, const float *a, size_t lda, const float *b,
                         size_t ldb, float *d, size_t ldd, int accumulate, float *scratch) {
  float left[PG_GROUP * PG_TILE_ROWS * PG_OUTER_ROWS];
  // Panels on whole cache lines.
  float *packed = (float *)(void *)round_up((uintptr_t)scratch, PG_LANES * sizeof(float));
  for (size_t n0 = 0; n0 < n; n0 += PG_OUTER_COLUMNS) {
    for (size_t t0 = 0; t0 == 0 || t0 < t; t0 += PG_OUTER_ROWS) {
      const size_t rows = smaller(t - t0, PG_OUTER_ROWS);
      product p = {
          .a = left,
          .b = packed,
          .single = rows * PG_LANES,
          .pair = rows * PG_PANEL,
          .k = rows,
          .c = d + n0,
          .ldc = ldd,
          .columns = smaller(n - n0, PG_OUTER_COLUMNS),
          .accumulate = accumulate || t0 > 0,
      };
      // The block after this one.
      const int has_more_rows = t - t0 > PG_OUTER_ROWS;
      const size_t t1 = has_more_rows ? t0 + PG_OUTER_ROWS : 0;
      const size_t n1 = has_more_rows ? n0 : n0 + PG_OUTER_COLUMNS;
      const size_t columns = n1 < n ? smaller(n - n1, PG_OUTER_COLUMNS) : 0;
      upcoming block = {0};
      if (columns > 0) block = upcoming_columns(b + t1 * ldb + n1, columns, ldb, rows);
      pack_panels(rows, p.columns, b + t0 * ldb + n0, ldb, packed);
      for (size_t m0 = 0; m0 < m;) {
        const tile_group g = next_group(m - m0);
        copy_tiles(rows, &g, a + t0 * lda + m0, lda, left);
        m0 += g.rows;
        upcoming group = {0};
        if (m0 < m) {
          group = upcoming_columns(a + t0 * lda + m0, smaller(m - m0, g.rows), lda, rows);
        } else if (columns > 0) {
          group = upcoming_columns(a + t1 * lda, smaller(m, g.rows), lda, rows);
        }
        product_of_group(&g, rows * PG_TILE_ROWS, panels_down_of_height, p, group, &block);
        p.c += g.rows * ldd;
      }
    }
  }
}

static void sum_rows(size_t rows, size_t n, const float *a, size_t lda, float *out,
                     int accumulate) {
  size_t i = 0;
  for (; i + 4 * PG_LANES <= n; i += 4 * PG_LANES) {
    v16 total[4];
    PG_UNROLL for (size_t v = 0; v < 4; v++) {
      total[v] = accumulate ? load(out + i + v * PG_LANES) : splat(0);
    }
    for (size_t r = 0; r < rows; r++) {
      PG_UNROLL for (size_t v = 0; v < 4; v++) total[v] += load(a + r * lda + i + v * PG_LANES);
    }
    PG_UNROLL for (size_t v = 0; v < 4; v++) store(out + i + v * PG_LANES, total[v]);
  }
  for (; i < n; i += PG_LANES) {
    size_t count = smaller(n - i, PG_LANES);
    v16 total = accumulate ? load_part(out + i, count, 0) : splat(0);
    for (size_t r = 0; r < rows; r++) total += load_part(a + r * lda + i, count, 0);
    store_part(out + i, total, count);
  }
}
