// Products of whole matrices, block by block of what the caches keep, in the tiles of tile.h.

// Elements of B that stay in the caches while many rows pass them, and from how many rows on that is
// worth copying A for.
#define PG_BLOCK_COUNT ((size_t)384 * PG_BLOCK_K)
#define PG_MANY_ROWS 129

// As many whole panels as that is, the more the shorter k.
PG_INLINE size_t columns_of_block(size_t k) {
  return round_up(PG_BLOCK_COUNT / (k == 0 ? 1 : smaller(k, PG_BLOCK_K)), PG_PANEL);
}

// All rows of a product, copied tile by tile; each tile asks for rows of the next unless all of A is
// near.
static void product_of_copies(size_t m, size_t lda, product p) {
  float left[PG_TILE_ROWS * PG_LEFT_STRIDE];
  const size_t tile_columns = PG_TILE_VECTORS(PG_TILE_ROWS) * PG_LANES;
  const size_t tiles = p.columns < tile_columns ? 1 : p.columns / tile_columns;
  const int far = m * p.k > PG_BLOCK_COUNT / 2;
  const size_t asked = (p.k + PG_LANES * tiles - 1) / (PG_LANES * tiles);
  const float *a = p.a;
  p.a = left;
  p.next_row = lda;
  while (m > 0) {
    const size_t height = next_height(m);
    for (size_t i = 0; i < height; i++) {
      __builtin_memcpy(left + i * PG_LEFT_STRIDE, a + i * lda, p.k * sizeof(float));
    }
    m -= height;
    a += height * lda;
    p.next = a;
    p.next_vectors = far && m > 0 ? asked : 0;
    copied_across_of_height[height](&p);
    p.c += height * p.ldc;
  }
}

static void matmul(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
                   const float *bias, float *c, size_t ldc, int accumulate) {
  // One tile of rows reads B once in any order; some rows pass a panel while it is in the cache.
  const size_t block_columns = m <= PG_TILE_ROWS  ? round_up(n, PG_PANEL)
                               : m < PG_MANY_ROWS ? PG_PANEL
                                                  : columns_of_block(k);
  for (size_t n0 = 0; n0 < n; n0 += block_columns) {
    for (size_t k0 = 0; k0 == 0 || k0 < k; k0 += PG_BLOCK_K) {
      product p = {
          .a = a + k0,
          .row = lda,
          .b = packed + n0 * k + k0 * PG_PANEL,
          .ahead = (m > PG_TILE_ROWS ? smaller(k - k0, PG_BLOCK_K) : PG_STEPS_AHEAD) * PG_PANEL,
          .pair = k * PG_PANEL,
          .k = smaller(k - k0, PG_BLOCK_K),
          .c = c + n0,
          .ldc = ldc,
          .columns = smaller(n - n0, block_columns),
          .accumulate = accumulate || k0 > 0,
          .bias = bias ? bias + n0 : NULL,
      };
      if (m < PG_MANY_ROWS) {
        product_of_rows(m, lda, packed_across_of_height, p);
      } else {
        product_of_copies(m, lda, p);
      }
    }
  }
}

// Rows t that are summed before the sums return to memory, columns of B packed at once, tiles of A
// copied at once, three cache lines of columns or a little less, and rows t that A is asked for ahead.
#define PG_BLOCK_T 256
#define PG_BLOCK_COLUMNS 256
#define PG_GROUP (48 / PG_TILE_ROWS)
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

// Tiles of some heights beside each other, [tile][k][PG_TILE_ROWS].
PG_INLINE void copy_tiles(size_t k, size_t tiles, const size_t *heights, const float *a, size_t lda,
                          float *left) {
  for (size_t i = 0; i < k; i++, a += lda, left += PG_TILE_ROWS) {
    for (size_t j = 0; j < PG_GROUP * PG_TILE_ROWS; j += PG_LANES) expect(a, PG_ROWS_AHEAD * lda + j);
    const float *from = a;
    for (size_t t = 0; t < tiles; from += heights[t++]) {
      float *to = left + t * k * PG_TILE_ROWS;
      if (heights[t] == PG_TILE_ROWS) {
        __builtin_memcpy(to, from, PG_TILE_ROWS * sizeof(float));
      } else {
        for (size_t j = 0; j < heights[t]; j++) to[j] = from[j];
      }
    }
  }
}

static void matmul_outer(size_t m, size_t n, size_t t, const float *a, size_t lda, const float *b,
                         size_t ldb, float *d, size_t ldd, int accumulate) {
  _Alignas(PG_LANES * sizeof(float)) float packed[PG_BLOCK_T * PG_BLOCK_COLUMNS];
  float left[PG_GROUP * PG_BLOCK_T * PG_TILE_ROWS];
  for (size_t n0 = 0; n0 < n; n0 += PG_BLOCK_COLUMNS) {
    for (size_t t0 = 0; t0 == 0 || t0 < t; t0 += PG_BLOCK_T) {
      product p = {
          .b = packed,
          .single = smaller(t - t0, PG_BLOCK_T) * PG_LANES,
          .pair = smaller(t - t0, PG_BLOCK_T) * PG_PANEL,
          .k = smaller(t - t0, PG_BLOCK_T),
          .c = d + n0,
          .ldc = ldd,
          .columns = smaller(n - n0, PG_BLOCK_COLUMNS),
          .accumulate = accumulate || t0 > 0,
      };
      pack_panels(p.k, p.columns, b + t0 * ldb + n0, ldb, packed);
      for (size_t m0 = 0; m0 < m;) {
        size_t heights[PG_GROUP], tiles = 0;
        const float *from = a + t0 * lda + m0;
        while (tiles < PG_GROUP && m0 < m) m0 += heights[tiles++] = next_height(m - m0);
        copy_tiles(p.k, tiles, heights, from, lda, left);
        p.a = left;
        for (size_t i = 0; i < tiles; i++, p.a += p.k * PG_TILE_ROWS) {
          panels_down_of_height[heights[i]](&p);
          p.c += heights[i] * ldd;
        }
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
