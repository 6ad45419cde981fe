// Products of whole matrices in the tiles of tile.h, block by block of what the caches keep: rows of A
// in groups that pass over B, as tile_groups.h has it.

// Columns of B that every row of A meets before the next ones, kept by the last cache, and from how
// many rows on that is worth copying A for.
#define PG_BLOCK_COLUMNS 1024
#define PG_MANY_ROWS 129

// Up to so many rows read a large B once, in any order; more share blocks of a panel, of this length of
// k, while they are in the first cache. Large is what memory has to be asked for.
#ifndef PG_LARGE_COUNT
#define PG_LARGE_COUNT 1
#define PG_FEW_ROWS PG_TILE_ROWS
#define PG_SHARED_K PG_BLOCK_K
#endif

// Rows of a tile at most, where k is short fewer if an instruction set says so: beginning and ending
// its sums tells there, and lower tiles leave the processor room for the next one's beside them.
#define PG_SHORT_K 128
#ifndef PG_SHORT_ROWS
#define PG_SHORT_ROWS PG_TILE_ROWS
#endif
PG_INLINE size_t most_rows(size_t m, size_t k) {
  return m > PG_TILE_ROWS && k <= PG_SHORT_K ? PG_SHORT_ROWS : PG_TILE_ROWS;
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
    m -= g.rows;
    upcoming none = {0};
    product_of_group(&g, tile_count, copied_across_of_height, p,
                     upcoming_rows(a, smaller(m, g.rows), lda, p.k), &none);
    p.c += g.rows * p.ldc;
  }
}

static void matmul(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
                   const float *bias, float *c, size_t ldc, int accumulate) {
  const int large = n * k >= PG_LARGE_COUNT;
  const int few = m <= (large ? PG_FEW_ROWS : PG_TILE_ROWS), many = m >= PG_MANY_ROWS;
  const size_t block_columns = few    ? round_up(n, PG_PANEL)
                               : many ? PG_BLOCK_COLUMNS
                                      : PG_PANEL;
  const size_t block_k = large && !few && !many ? PG_SHARED_K : PG_BLOCK_K;
  for (size_t n0 = 0; n0 < n; n0 += block_columns) {
    for (size_t k0 = 0; k0 == 0 || k0 < k; k0 += block_k) {
      product p = {
          .a = a + k0,
          .row = lda,
          .b = packed + n0 * k + k0 * PG_PANEL,
          .ahead = (!large ? 0 : few ? PG_STEPS_AHEAD : smaller(k - k0, block_k)) * PG_PANEL,
          .pair = k * PG_PANEL,
          .k = smaller(k - k0, block_k),
          .c = c + n0,
          .ldc = ldc,
          .columns = smaller(n - n0, block_columns),
          .accumulate = accumulate || k0 > 0,
          .bias = bias ? bias + n0 : NULL,
      };
      if (many) {
        product_of_copies(m, lda, p);
      } else {
        product_of_rows(m, most_rows(m, p.k), lda, packed_across_of_height, p);
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
    product_of_rows(m, most_rows(m, p.k), lda, rows_across_of_height, p);
    if (rest == 0) continue;
    for (size_t i = 0; i < p.k; i++) {
      store(last + i * PG_LANES, load_part(b + (k0 + i) * ldb + whole, rest, 0));
    }
    p.b = last;
    p.b_step = PG_LANES;
    p.c = c + whole;
    p.columns = rest;
    product_of_rows(m, most_rows(m, p.k), lda, rows_across_of_height, p);
  }
}
