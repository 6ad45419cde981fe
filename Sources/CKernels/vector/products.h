// Matrix products. Everything is one tile: `rows` x `vectors` sums held in registers while the
// summed index runs, one fused multiply-add chain per element. How tiles cover a matrix never
// changes an element's chain; where a chain is cut, its sum goes through memory unrounded.

// C[i][j] = start + sum over k of A[i][k] * B[k][j]
typedef struct {
  // A[i][k] = a[i * row + k * step]; one of the two strides is 1.
  const float *a;
  // Vector v of B[k] is b[k * b_step + (v / 2) * pair + (v % 2) * single] onwards; every vector
  // can be read whole.
  const float *b;
  // Those distances that the tile's operands leave open: `row` where A is neither copied nor scores,
  // `b_step` beside scores, `pair` but beside scores, `single` in panels. `step` never is.
  size_t row, b_step, single, pair;
  // From what is read to what will be read next, for tiles of few rows.
  size_t ahead;
  // Rows `next_row` apart that will be copied next, of which each tile asks for so many vectors.
  const float *next;
  size_t next_row, next_vectors;
  size_t k;
  // C[i][j] = c[i * ldc + j], j < columns.
  float *c;
  size_t ldc, columns;
  // The chains start from C itself, else from bias[j] unless bias is NULL, else from 0.
  int accumulate;
  const float *bias;
  // Ascending limits of the rows' chains, or NULL: row i sums k < limit[i] when A's step is 1, and
  // limit[i] <= k when its row stride is 1. What lies outside is read but never enters a sum.
  const uint32_t *limit;
} product;

typedef enum { EVEN, RAGGED } tile_rows;

// Where operands lie: B as pg_pack leaves it; the same and A's rows copied; B in panels of one vector;
// A in the blocks that attention keeps scores in, B in rows. Distances that are constants save every
// step the instructions that find an address.
typedef enum { PACKED, COPIED, PANELS, SCORES } tile_operands;

// Length of k whose panel of B streams past a tile, and the distance of rows of A that are copied
// side by side; it spreads them over the first-level cache, where rows of a power of two would meet.
#define PG_BLOCK_K 512
#define PG_LEFT_STRIDE (PG_BLOCK_K + PG_LANES)

// Steps of k that share their bookkeeping.
#define PG_STEPS 4

// One k of a tile; with `limits` only for the rows inside them.
PG_INLINE void tile_step(const int rows, const int vectors, const int across, const float *a,
                         size_t row, const float *b, size_t single, size_t pair, size_t ahead,
                         const uint32_t *limits, size_t k, v16 total[][8]) {
  v16 right[8];
  PG_UNROLL for (int v = 0; v < vectors; v++) {
    const float *from = b + (size_t)(v / 2) * pair + (size_t)(v % 2) * single;
    if (across && PG_WAITS_FOR_MEMORY(rows)) expect(from, ahead);
    right[v] = load(from);
  }
  PG_UNROLL for (int i = 0; i < rows; i++) {
    if (limits && (across ? k >= limits[i] : k < limits[i])) continue;
    v16 left = splat(a[(size_t)i * row]);
    PG_UNROLL for (int v = 0; v < vectors; v++) {
      total[i][v] = fused(left, right[v], total[i][v]);
    }
  }
}

// One tile from vector `first` on; `rows`, `vectors`, `across` (A's step is 1, else its row stride),
// `part` (one vector that C holds less of), `kind` and `operands` are constants wherever this is used.
PG_INLINE void tile(const int rows, const int vectors, const int across, const int part,
                    const tile_rows kind, const tile_operands operands, const product *p,
                    size_t first) {
  const int packed = operands == PACKED || operands == COPIED;
  const float *a = p->a;
  const size_t row = !across               ? 1
                     : operands == COPIED ? PG_LEFT_STRIDE
                     : operands == SCORES ? PG_SCORE_STRIDE
                                          : p->row;
  const size_t step = across ? 1 : operands == SCORES ? PG_SCORE_STRIDE : PG_TILE_ROWS;
  const size_t single = operands == PANELS ? p->single : PG_LANES;
  const size_t pair = operands == SCORES ? 2 * PG_LANES : p->pair;
  const size_t b_step = packed ? PG_PANEL : operands == PANELS ? PG_LANES : p->b_step;
  const float *b = p->b + first / 2 * pair + first % 2 * single;
  const size_t column = first * PG_LANES, count = p->columns - column;
  const float *start = p->accumulate ? p->c + column : p->bias ? p->bias + column : NULL;
  const size_t start_row = p->accumulate ? p->ldc : 0;
  v16 total[PG_TILE_ROWS][8];
  PG_UNROLL for (int i = 0; i < rows; i++) {
    PG_UNROLL for (int v = 0; v < vectors; v++) {
      const size_t from = (size_t)i * start_row + (size_t)v * PG_LANES;
      total[i][v] = !start  ? splat(0)
                    : part ? load_part(start + from, count, 0)
                           : load(start + from);
    }
  }
  // The sums that the next tile starts from or leaves.
  if ((p->accumulate || operands == COPIED) && rows == PG_TILE_ROWS) {
    PG_UNROLL for (int i = 0; i < rows; i++) {
      PG_UNROLL for (int v = vectors; v < 2 * vectors; v++) {
        expect_later(p->c, (size_t)i * p->ldc + column + (size_t)v * PG_LANES);
      }
    }
  }
  size_t k = 0;
  if (kind == RAGGED && !across) {
    k = p->limit[0];
    a += k * step;
    b += k * b_step;
    for (; k < p->limit[rows - 1]; k++, a += step, b += b_step) {
      tile_step(rows, vectors, across, a, row, b, single, pair, p->ahead, p->limit, k, total);
    }
  }
  size_t left = (kind == RAGGED && across ? p->limit[0] : p->k) - k;
  for (; left >= PG_STEPS; left -= PG_STEPS) {
    PG_UNROLL for (size_t s = 0; s < PG_STEPS; s++) {
      tile_step(rows, vectors, across, a + s * step, row, b + s * b_step, single, pair,
                p->ahead, NULL, 0, total);
    }
    a += PG_STEPS * step;
    b += PG_STEPS * b_step;
  }
  for (; left > 0; left--) {
    tile_step(rows, vectors, across, a, row, b, single, pair, p->ahead, NULL, 0, total);
    a += step;
    b += b_step;
  }
  if (kind == RAGGED && across) {
    for (k = p->limit[0]; k < p->limit[rows - 1]; k++, a += step, b += b_step) {
      tile_step(rows, vectors, across, a, row, b, single, pair, p->ahead, p->limit, k, total);
    }
  }
  PG_UNROLL for (int i = 0; i < rows; i++) {
    PG_UNROLL for (int v = 0; v < vectors; v++) {
      float *c = p->c + (size_t)i * p->ldc + column + (size_t)v * PG_LANES;
      if (part) {
        store_part(c, total[i][v], count);
      } else {
        store(c, total[i][v]);
      }
    }
  }
}

// Asks for some vectors of each of a tile's rows.
PG_INLINE void expect_rows(const float *rows, size_t row, size_t first, size_t count) {
  for (size_t i = 0; i < PG_TILE_ROWS; i++) {
    for (size_t v = first; v < first + count; v++) expect_copied(rows, i * row + v * PG_LANES);
  }
}

// All columns of a few rows.
PG_INLINE void sweep(const int rows, const int vectors, const int across, const tile_rows kind,
                     const tile_operands operands, const product *p) {
  size_t first = 0, count = p->columns / PG_LANES;
  for (; first + (size_t)vectors <= count; first += (size_t)vectors) {
    if (operands == COPIED && rows == PG_TILE_ROWS) {
      expect_rows(p->next, p->next_row, first / (size_t)vectors * p->next_vectors, p->next_vectors);
    }
    tile(rows, vectors, across, 0, kind, operands, p, first);
  }
  if (vectors > 2) {
    for (; first + 2 <= count; first += 2) tile(rows, 2, across, 0, kind, operands, p, first);
  }
  if (vectors > 1 && first < count) tile(rows, 1, across, 0, kind, operands, p, first++);
  if (p->columns % PG_LANES) tile(rows, 1, across, 1, kind, operands, p, first);
}

#if PG_TILE_ROWS > 6
#define PG_EACH_HEIGHT(DO) \
  DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14)
#else
#define PG_EACH_HEIGHT(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6)
#endif

#define PG_SWEEP(NAME, R, ACROSS, KIND, OPERANDS)            \
  static void NAME##_##R(const product *p) {                 \
    sweep(R, PG_TILE_VECTORS(R), ACROSS, KIND, OPERANDS, p); \
  }
#define PG_HEIGHT(R)                              \
  PG_SWEEP(packed_across, R, 1, EVEN, PACKED)     \
  PG_SWEEP(copied_across, R, 1, EVEN, COPIED)     \
  PG_SWEEP(panels_across, R, 1, EVEN, PANELS)     \
  PG_SWEEP(panels_down, R, 0, EVEN, PANELS)       \
  PG_SWEEP(scores_across, R, 1, EVEN, SCORES)     \
  PG_SWEEP(scores_down, R, 0, EVEN, SCORES)       \
  PG_SWEEP(ragged_across, R, 1, RAGGED, SCORES)   \
  PG_SWEEP(ragged_down, R, 0, RAGGED, SCORES)
PG_EACH_HEIGHT(PG_HEIGHT)

typedef void product_tile(const product *);
#define PG_PACKED_ACROSS(R) packed_across_##R,
static product_tile *const packed_across_of_height[] = {NULL, PG_EACH_HEIGHT(PG_PACKED_ACROSS)};
#define PG_COPIED_ACROSS(R) copied_across_##R,
static product_tile *const copied_across_of_height[] = {NULL, PG_EACH_HEIGHT(PG_COPIED_ACROSS)};
#define PG_PANELS_ACROSS(R) panels_across_##R,
static product_tile *const panels_across_of_height[] = {NULL, PG_EACH_HEIGHT(PG_PANELS_ACROSS)};
#define PG_PANELS_DOWN(R) panels_down_##R,
static product_tile *const panels_down_of_height[] = {NULL, PG_EACH_HEIGHT(PG_PANELS_DOWN)};
#define PG_SCORES_ACROSS(R) scores_across_##R,
static product_tile *const scores_across_of_height[] = {NULL, PG_EACH_HEIGHT(PG_SCORES_ACROSS)};
#define PG_SCORES_DOWN(R) scores_down_##R,
static product_tile *const scores_down_of_height[] = {NULL, PG_EACH_HEIGHT(PG_SCORES_DOWN)};
#define PG_RAGGED_ACROSS(R) ragged_across_##R,
static product_tile *const ragged_across_of_height[] = {NULL, PG_EACH_HEIGHT(PG_RAGGED_ACROSS)};
#define PG_RAGGED_DOWN(R) ragged_down_##R,
static product_tile *const ragged_down_of_height[] = {NULL, PG_EACH_HEIGHT(PG_RAGGED_DOWN)};

// Rows of the next tile when m are left: full tiles, the last two of about the same height.
PG_INLINE size_t next_height(size_t m) {
  if (m <= PG_TILE_ROWS) return m;
  return m < 2 * PG_TILE_ROWS ? (m + 1) / 2 : PG_TILE_ROWS;
}

// All rows of a product whose A has its rows `row` apart.
PG_INLINE void product_of_rows(size_t m, size_t row, product_tile *const *of_height, product p) {
  while (m > 0) {
    const size_t height = next_height(m);
    of_height[height](&p);
    p.a += height * row;
    p.c += height * p.ldc;
    if (p.limit) p.limit += height;
    m -= height;
  }
}

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

// A third of a megabyte of the stack holds the blocks.
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
