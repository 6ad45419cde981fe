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
  // `b_step` where B lies in rows, `pair` where it does not, `single` in panels. `step` never is.
  size_t row, b_step, single, pair;
  // From what is read to what will be read next, for tiles of few rows; packed may be 0, for nothing.
  size_t ahead;
  // Where A is copied, memory that is read after this product, or NULL: tile t of a sweep asks for a
  // line every PG_COPIED_STEPS steps of k, those at
  // later[later_first + t * later_tile + i * later_step].
  const float *later;
  size_t later_first, later_tile, later_step;
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
// B in rows; the same and A in the blocks that attention keeps scores in. Distances that are constants
// save every step the instructions that find an address.
typedef enum { PACKED, COPIED, PANELS, ROWS, SCORES } tile_operands;

// Length of k whose panel of B streams past a tile, and the distance of rows of A that are copied
// side by side; it spreads them over the first-level cache, where rows of a power of two would meet.
#define PG_BLOCK_K 512
#define PG_LEFT_STRIDE (PG_BLOCK_K + PG_LANES)

// Steps of k that share their bookkeeping, where A is copied and, unless an instruction set says that
// some don't, elsewhere.
#define PG_COPIED_STEPS 4
#ifndef PG_STEPS
#define PG_STEPS(operands) PG_COPIED_STEPS
#endif

// One k of a tile; with `limits` only for the rows inside them.
PG_INLINE void tile_step(const int rows, const int vectors, const int across, const int asks,
                         const float *a, size_t row, const float *b, size_t single, size_t pair,
                         size_t ahead, const uint32_t *limits, size_t k, v16 total[][8]) {
  v16 right[8];
  PG_UNROLL for (int v = 0; v < vectors; v++) {
    const float *from = b + (size_t)(v / 2) * pair + (size_t)(v % 2) * single;
    if (asks) expect(from, ahead);
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

// Several k of a tile, without limits.
PG_INLINE void tile_steps(const int rows, const int vectors, const int across, const int asks,
                          const size_t steps, const float **a, size_t row, size_t step,
                          const float **b, size_t b_step, size_t single, size_t pair, size_t ahead,
                          v16 total[][8]) {
  PG_UNROLL for (size_t s = 0; s < steps; s++) {
    tile_step(rows, vectors, across, asks, *a + s * step, row, *b + s * b_step, single, pair, ahead,
              NULL, 0, total);
  }
  *a += steps * step;
  *b += steps * b_step;
}

// What a tile's sums start from, rows of `start` or 0 when that is NULL, and where they go. Of a part
// of a vector there are `count` columns.
PG_INLINE void begin_sums(const int rows, const int vectors, const int part, const float *start,
                          size_t start_row, size_t count, v16 total[][8]) {
  PG_UNROLL for (int i = 0; i < rows; i++) {
    PG_UNROLL for (int v = 0; v < vectors; v++) {
      const size_t from = (size_t)i * start_row + (size_t)v * PG_LANES;
      total[i][v] = !start  ? splat(0)
                    : part ? load_part(start + from, count, 0)
                           : load(start + from);
    }
  }
}
PG_INLINE void end_sums(const int rows, const int vectors, const int part, float *c, size_t ldc,
                        size_t count, v16 total[][8]) {
  PG_UNROLL for (int i = 0; i < rows; i++) {
    PG_UNROLL for (int v = 0; v < vectors; v++) {
      float *to = c + (size_t)i * ldc + (size_t)v * PG_LANES;
      if (part) {
        store_part(to, total[i][v], count);
      } else {
        store(to, total[i][v]);
      }
    }
  }
}

// One tile from vector `first` on; `rows`, `vectors`, `across` (A's step is 1, else its row stride),
// `part` (one vector that C holds less of), `kind` and `operands` are constants wherever this is used.
PG_INLINE void tile(const int rows, const int vectors, const int across, const int part,
                    const tile_rows kind, const tile_operands operands, const product *p,
                    size_t first) {
  const int packed = operands == PACKED || operands == COPIED;
  const int asks = across && PG_WAITS_FOR_MEMORY(rows, operands);
  const float *a = p->a;
  const size_t row = !across               ? 1
                     : operands == COPIED ? PG_LEFT_STRIDE
                     : operands == SCORES ? PG_SCORE_STRIDE
                                          : p->row;
  const size_t step = across ? 1 : operands == SCORES ? PG_SCORE_STRIDE : PG_TILE_ROWS;
  const size_t single = operands == PANELS ? p->single : PG_LANES;
  const size_t pair = operands == SCORES || operands == ROWS ? 2 * PG_LANES : p->pair;
  const size_t b_step = packed ? PG_PANEL : operands == PANELS ? PG_LANES : p->b_step;
  const float *b = p->b + first / 2 * pair + first % 2 * single;
  const size_t column = first * PG_LANES, count = p->columns - column;
  const float *start = p->accumulate ? p->c + column : p->bias ? p->bias + column : NULL;
  const size_t start_row = p->accumulate ? p->ldc : 0;
  v16 total[PG_TILE_ROWS][8];
  begin_sums(rows, vectors, part, start, start_row, count, total);
  // The sums that the next tile starts from or leaves.
  if ((p->accumulate || operands == COPIED) && rows == PG_TILE_ROWS) {
    PG_UNROLL for (int i = 0; i < rows; i++) {
      PG_UNROLL for (int v = vectors; v < 2 * vectors; v++) {
        expect_write(p->c, (size_t)i * p->ldc + column + (size_t)v * PG_LANES);
      }
    }
  }
  size_t k = 0;
  if (kind == RAGGED && !across) {
    k = p->limit[0];
    a += k * step;
    b += k * b_step;
    for (; k < p->limit[rows - 1]; k++, a += step, b += b_step) {
      tile_step(rows, vectors, across, asks, a, row, b, single, pair, p->ahead, p->limit, k, total);
    }
  }
  size_t left = (kind == RAGGED && across ? p->limit[0] : p->k) - k;
  const size_t steps = PG_STEPS(operands);
  const int copied = operands == COPIED || (operands == PANELS && !across);
  // Not every tile has something to ask for; the others' loop has no instruction more than it needs.
  if (copied && p->later) {
    size_t asked = p->later_first + first / (size_t)vectors * p->later_tile;
    for (; left >= steps; left -= steps) {
      tile_steps(rows, vectors, across, asks, steps, &a, row, step, &b, b_step, single, pair,
                 p->ahead, total);
      expect_later(p->later, asked);
      asked += p->later_step;
    }
  }
  if (asks && operands == PACKED && p->ahead > 0) {
    for (; steps > 1 && left >= steps; left -= steps) {
      tile_steps(rows, vectors, across, asks, steps, &a, row, step, &b, b_step, single, pair,
                 p->ahead, total);
    }
  }
  for (; steps > 1 && left >= steps; left -= steps) {
    tile_steps(rows, vectors, across, asks && operands != PACKED, steps, &a, row, step, &b, b_step,
               single, pair, p->ahead, total);
  }
  for (; left > 0; left--) {
    tile_step(rows, vectors, across, asks, a, row, b, single, pair, p->ahead, NULL, 0, total);
    a += step;
    b += b_step;
  }
  if (kind == RAGGED && across) {
    for (k = p->limit[0]; k < p->limit[rows - 1]; k++, a += step, b += b_step) {
      tile_step(rows, vectors, across, asks, a, row, b, single, pair, p->ahead, p->limit, k, total);
    }
  }
  end_sums(rows, vectors, part, p->c + column, p->ldc, count, total);
}

// All columns of a few rows.
PG_INLINE void sweep(const int rows, const int vectors, const int across, const tile_rows kind,
                     const tile_operands operands, const product *p) {
  size_t first = 0, count = p->columns / PG_LANES;
  for (; first + (size_t)vectors <= count; first += (size_t)vectors) {
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
  PG_SWEEP(rows_across, R, 1, EVEN, ROWS)         \
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
#define PG_ROWS_ACROSS(R) rows_across_##R,
static product_tile *const rows_across_of_height[] = {NULL, PG_EACH_HEIGHT(PG_ROWS_ACROSS)};
#define PG_SCORES_ACROSS(R) scores_across_##R,
static product_tile *const scores_across_of_height[] = {NULL, PG_EACH_HEIGHT(PG_SCORES_ACROSS)};
#define PG_SCORES_DOWN(R) scores_down_##R,
static product_tile *const scores_down_of_height[] = {NULL, PG_EACH_HEIGHT(PG_SCORES_DOWN)};
#define PG_RAGGED_ACROSS(R) ragged_across_##R,
static product_tile *const ragged_across_of_height[] = {NULL, PG_EACH_HEIGHT(PG_RAGGED_ACROSS)};
#define PG_RAGGED_DOWN(R) ragged_down_##R,
static product_tile *const ragged_down_of_height[] = {NULL, PG_EACH_HEIGHT(PG_RAGGED_DOWN)};

// Rows of the next tile when m are left: full tiles, the last two of about the same height.
PG_INLINE size_t next_height_of(size_t m, size_t most) {
  if (m <= most) return m;
  return m < 2 * most ? (m + 1) / 2 : most;
}
PG_INLINE size_t next_height(size_t m) { return next_height_of(m, PG_TILE_ROWS); }

// How many of the last rows ask for what is read next: all, unless an instruction set says so.
#ifndef PG_ASKING_ROWS
#define PG_ASKING_ROWS SIZE_MAX
#endif

// All rows of a product whose A has its rows `row` apart, in tiles of at most `most`.
PG_INLINE void product_of_rows(size_t m, size_t most, size_t row, product_tile *const *of_height,
                               product p) {
  const size_t ahead = p.ahead;
  while (m > 0) {
    const size_t height = next_height_of(m, most);
    p.ahead = m <= PG_ASKING_ROWS ? ahead : 0;
    of_height[height](&p);
    p.a += height * row;
    p.c += height * p.ldc;
    if (p.limit) p.limit += height;
    m -= height;
  }
}
