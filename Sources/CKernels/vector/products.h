// Products of whole matrices in the tiles of tile.h, block by block of what the caches keep: some rows
// of A, copied, stay in the second cache while B passes them, a few columns after the other that stay
// there until each of those rows has met them.

// Tiles of A that are copied at once, and elements of B that pass them at a time.
#define PG_GROUP (72 / PG_TILE_ROWS)
#define PG_PASSING (64 * PG_BLOCK_K)
// Columns of B that every row of A meets before the next ones, kept by the last cache, and from how
// many rows on that is worth copying A for.
#define PG_BLOCK_COLUMNS 1024
#define PG_MANY_ROWS 129

typedef struct {
  size_t heights[PG_GROUP], tiles, rows;
} tile_group;

// The first tiles of m rows.
PG_INLINE tile_group next_group(size_t m) {
  tile_group g = {.tiles = 0, .rows = 0};
  while (g.tiles < PG_GROUP && g.rows < m) {
    g.heights[g.tiles] = next_height(m - g.rows);
    g.rows += g.heights[g.tiles++];
  }
  return g;
}

// A group's product, its tiles of A `tile_count` apart.
PG_INLINE void product_of_group(const tile_group *g, size_t tile_count,
                                product_tile *const *of_height, product p) {
  // Whole panels, the more the shorter k.
  const size_t panels = PG_PASSING / PG_PANEL / (p.k == 0 ? 1 : p.k);
  for (size_t left = p.columns; left > 0; left -= p.columns) {
    p.columns = smaller(left, panels * PG_PANEL);
    product part = p;
    for (size_t t = 0; t < g->tiles; t++) {
      of_height[g->heights[t]](&part);
      part.a += tile_count;
      part.c += g->heights[t] * p.ldc;
    }
    p.b += panels * p.pair;
    p.c += p.columns;
    if (p.bias) p.bias += p.columns;
  }
}

// All rows of a product, copied group by group.
static void product_of_copies(size_t m, size_t lda, product p) {
  const size_t tile_count = PG_TILE_ROWS * PG_LEFT_STRIDE;
  float left[PG_GROUP * PG_TILE_ROWS * PG_LEFT_STRIDE];
  const float *a = p.a;
  p.a = left;
  while (m > 0) {
    const tile_group g = next_group(m);
    for (size_t t = 0; t < g.tiles; t++) {
      for (size_t i = 0; i < g.heights[t]; i++, a += lda) {
        __builtin_memcpy(left + t * tile_count + i * PG_LEFT_STRIDE, a, p.k * sizeof(float));
      }
    }
    product_of_group(&g, tile_count, copied_across_of_height, p);
    p.c += g.rows * p.ldc;
    m -= g.rows;
  }
}

static void matmul(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
                   const float *bias, float *c, size_t ldc, int accumulate) {
  // One tile of rows reads B once in any order; some rows pass a panel while it is in the cache.
  const size_t block_columns = m <= PG_TILE_ROWS  ? round_up(n, PG_PANEL)
                               : m < PG_MANY_ROWS ? PG_PANEL
                                                  : PG_BLOCK_COLUMNS;
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

// B as it lies; columns that don't fill a vector are copied into one.
static void matmul_rows(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                        size_t ldb, float *c, size_t ldc) {
  const size_t rest = n % PG_LANES, whole = n - rest;
  float last[PG_BLOCK_K * PG_LANES];
  for (size_t k0 = 0; k0 == 0 || k0 < k; k0 += PG_BLOCK_K) {
    product p = {
        .a = a + k0,
        .row = lda,
        .b = b + k0 * ldb,
        .b_step = ldb,
        .ahead = PG_STEPS_AHEAD * ldb,
        .k = smaller(k - k0, PG_BLOCK_K),
        .c = c,
        .ldc = ldc,
        .columns = whole,
        .accumulate = k0 > 0,
    };
    product_of_rows(m, lda, rows_across_of_height, p);
    if (rest == 0) continue;
    for (size_t i = 0; i < p.k; i++) {
      store(last + i * PG_LANES, load_part(b + (k0 + i) * ldb + whole, rest, 0));
    }
    p.b = last;
    p.b_step = PG_LANES;
    p.c = c + whole;
    p.columns = rest;
    product_of_rows(m, lda, rows_across_of_height, p);
  }
}

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
      pack_panels(rows, p.columns, b + t0 * ldb + n0, ldb, packed);
      for (size_t m0 = 0; m0 < m;) {
        const tile_group g = next_group(m - m0);
        copy_tiles(rows, &g, a + t0 * lda + m0, lda, left);
        product_of_group(&g, rows * PG_TILE_ROWS, panels_down_of_height, p);
        p.c += g.rows * ldd;
        m0 += g.rows;
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
