// Matrix products over weights stored in bf16 or int8. Each weight becomes the float that it stands
// for, which is exact, and then takes part in the same chains as in tile.h. Where inputs are rounded
// as well, bfloat16_pairs.h and int8_fours.h multiply narrow numbers directly.

typedef enum { BFLOAT16, INT8 } narrow_kind;

typedef struct {
  const float *a;  // A[i][k] = a[i * row + k]
  size_t row;
  // A panel of weights from the first k on, and the bytes from one panel to the next.
  const uint8_t *b;
  size_t pair;
  size_t k;
  float *c;
  size_t ldc, columns;
  // As in tile.h.
  int accumulate;
  const float *bias;
} narrow_product;

// How many bytes ahead of a tile the weights are asked for.
#define PG_NARROW_AHEAD 1024

PG_INLINE size_t narrow_size(const narrow_kind kind) { return kind == BFLOAT16 ? 2 : 1; }

// Vector v of the panel's row that starts at `from`, 0 or 1.
PG_INLINE v16 load_narrow(const narrow_kind kind, const uint8_t *from, const int v) {
  if (kind == BFLOAT16) {
    // Column j is the lower half of word j, column PG_LANES + j the upper one.
    u16 words;
    __builtin_memcpy(&words, from, sizeof words);
    words = v ? words & (u16)0xffff0000u : words << (u16)16;
    v16 values;
    __builtin_memcpy(&values, &words, sizeof values);
    return values;
  }
  c16 bytes;
  __builtin_memcpy(&bytes, from + v * PG_LANES, sizeof bytes);
  return __builtin_convertvector(bytes, v16);
}

// One tile from vector `first` on, like that of tile.h; `odd` is first % 2.
PG_INLINE void narrow_tile(const narrow_kind kind, const int rows, const int vectors,
                           const int odd, const int part, const narrow_product *p, size_t first) {
  const float *a = p->a;
  const size_t row = p->row, pair = p->pair, width = PG_PANEL * narrow_size(kind);
  const uint8_t *b = p->b + first / 2 * pair;
  const size_t column = first * PG_LANES, count = p->columns - column;
  const float *start = p->accumulate ? p->c + column : p->bias ? p->bias + column : NULL;
  const size_t start_row = p->accumulate ? p->ldc : 0;
  v16 total[PG_TILE_ROWS][8];
  begin_sums(rows, vectors, part, start, start_row, count, total);
  for (size_t left = p->k; left > 0; left--, a++, b += width) {
    v16 right[8];
    PG_UNROLL for (int v = 0; v < vectors; v++) {
      const uint8_t *from = b + (size_t)(v / 2) * pair;
      if (v % 2 == 0) expect_bytes(from, PG_NARROW_AHEAD);
      right[v] = load_narrow(kind, from, (v + odd) % 2);
    }
    PG_UNROLL for (int i = 0; i < rows; i++) {
      v16 value = splat(a[(size_t)i * row]);
      PG_UNROLL for (int v = 0; v < vectors; v++) {
        total[i][v] = fused(value, right[v], total[i][v]);
      }
    }
  }
  end_sums(rows, vectors, part, p->c + column, p->ldc, count, total);
}

// All columns of a few rows in tiles TILE(rows, vectors, odd, part, p, first), `odd` if the tile begins
// at a panel's second vector: one of one vector may, more begin at a panel's first.
#define PG_COLUMN(TILE, ROWS, PART, P, FIRST)  \
  do {                                         \
    if ((FIRST) % 2) {                         \
      TILE(ROWS, 1, 1, PART, P, FIRST);        \
    } else {                                   \
      TILE(ROWS, 1, 0, PART, P, FIRST);        \
    }                                          \
  } while (0)
#define PG_SWEEP_PANELS(TILE, ROWS, VECTORS, P)                                                  \
  do {                                                                                           \
    size_t first = 0;                                                                            \
    const size_t count = (P)->columns / PG_LANES;                                                \
    if ((VECTORS) > 1) {                                                                         \
      for (; first + (VECTORS) <= count; first += (VECTORS)) TILE(ROWS, VECTORS, 0, 0, P, first); \
    }                                                                                            \
    if ((VECTORS) > 2) {                                                                         \
      for (; first + 2 <= count; first += 2) TILE(ROWS, 2, 0, 0, P, first);                      \
    }                                                                                            \
    for (; first < count; first++) PG_COLUMN(TILE, ROWS, 0, P, first);                           \
    if ((P)->columns % PG_LANES) PG_COLUMN(TILE, ROWS, 1, P, first);                             \
  } while (0)

// A tile of three rows and two vectors would have no registers left for weights of 16.
#define PG_NARROW_VECTORS(rows) (PG_TILE_ROWS == 6 && (rows) == 3 ? 1 : PG_TILE_VECTORS(rows))

#define PG_BFLOAT16_TILE(...) narrow_tile(BFLOAT16, __VA_ARGS__)
#define PG_INT8_TILE(...) narrow_tile(INT8, __VA_ARGS__)
#define PG_NARROW_HEIGHT(R)                                            \
  static void bfloat16_##R(const narrow_product *p) {                  \
    PG_SWEEP_PANELS(PG_BFLOAT16_TILE, R, PG_NARROW_VECTORS(R), p);     \
  }                                                                    \
  static void int8_##R(const narrow_product *p) {                      \
    PG_SWEEP_PANELS(PG_INT8_TILE, R, PG_NARROW_VECTORS(R), p);         \
  }
PG_EACH_HEIGHT(PG_NARROW_HEIGHT)

typedef void narrow_product_tile(const narrow_product *);
#define PG_BFLOAT16(R) bfloat16_##R,
#define PG_INT8(R) int8_##R,
static narrow_product_tile *const narrow_of_height[2][PG_TILE_ROWS + 1] = {
    {NULL, PG_EACH_HEIGHT(PG_BFLOAT16)}, {NULL, PG_EACH_HEIGHT(PG_INT8)}};

// Rows of A that pass a panel together; columns that one tile's rows pass; the length of k that
// stays in the first cache when rows pass it again; up to how many tiles of rows convert weights on
// their own, beyond which they are converted once for all.
#define PG_NARROW_ROWS 128
#define PG_NARROW_COLUMNS 128
#define PG_NARROW_K 256
#define PG_NARROW_TILES 2

// Sums of at most PG_NARROW_ROWS rows over one panel's columns, which p describes from the first k
// on.
PG_INLINE void narrow_panel(const narrow_kind kind, size_t m, size_t k, narrow_product p) {
  const size_t width = PG_PANEL * narrow_size(kind);
  const int accumulate = p.accumulate;
  for (size_t k0 = 0; k0 == 0 || k0 < k; k0 += PG_NARROW_K) {
    p.k = smaller(k - k0, PG_NARROW_K);
    p.accumulate = accumulate || k0 > 0;
    if (m <= PG_NARROW_TILES * PG_TILE_ROWS) {
      narrow_product rows = p;
      for (size_t left = m; left > 0;) {
        const size_t height = next_height(left);
        narrow_of_height[kind][height](&rows);
        rows.a += height * p.row;
        rows.c += height * p.ldc;
        left -= height;
      }
    } else {
      float wide[PG_NARROW_K * PG_PANEL];
      for (size_t i = 0; i < p.k; i++) {
        store(wide + i * PG_PANEL, load_narrow(kind, p.b + i * width, 0));
        store(wide + i * PG_PANEL + PG_LANES, load_narrow(kind, p.b + i * width, 1));
      }
      product_of_rows(m, PG_TILE_ROWS, p.row, packed_across_of_height,
                      (product){.a = p.a,
                                .row = p.row,
                                .b = wide,
                                .k = p.k,
                                .c = p.c,
                                .ldc = p.ldc,
                                .columns = p.columns,
                                .accumulate = p.accumulate,
                                .bias = p.bias});
    }
    p.a += p.k;
    p.b += p.k * width;
  }
}

// Sums over k of some rows and at most PG_NARROW_COLUMNS columns.
PG_INLINE void narrow_sums(const narrow_kind kind, size_t m, size_t k, narrow_product p) {
  if (m <= PG_TILE_ROWS) {
    p.k = k;
    narrow_of_height[kind][m](&p);
    return;
  }
  narrow_panel(kind, m, k, p);
}

// How many columns are summed at once.
PG_INLINE size_t narrow_columns(size_t m) {
  return m <= PG_TILE_ROWS ? PG_NARROW_COLUMNS : PG_PANEL;
}

static void matmul_bfloat16(size_t m, size_t n, size_t k, const float *a, size_t lda,
                            const uint16_t *packed, const float *bias, float *c, size_t ldc,
                            int accumulate) {
  for (size_t m0 = 0; m0 < m; m0 += PG_NARROW_ROWS) {
    const size_t rows = smaller(m - m0, PG_NARROW_ROWS), columns = narrow_columns(rows);
    for (size_t n0 = 0; n0 < n; n0 += columns) {
      narrow_sums(BFLOAT16, rows, k,
                  (narrow_product){.a = a + m0 * lda,
                                   .row = lda,
                                   .b = (const uint8_t *)(packed + n0 * k),
                                   .pair = k * PG_PANEL * sizeof(uint16_t),
                                   .c = c + m0 * ldc + n0,
                                   .ldc = ldc,
                                   .columns = smaller(n - n0, columns),
                                   .accumulate = accumulate,
                                   .bias = bias ? bias + n0 : NULL});
    }
  }
}

// c = sums * scales + c, or + bias, or + 0, one fused multiply-add each.
PG_INLINE void finish_row(size_t n, const float *sums, const float *scales, const float *bias,
                          float *c, int accumulate) {
  const float *start = accumulate ? c : bias;
  size_t j = 0;
  for (; j + PG_LANES <= n; j += PG_LANES) {
    store(c + j, fused(load(sums + j), load(scales + j), start ? load(start + j) : splat(0)));
  }
  for (; j < n; j++) c[j] = fused1(sums[j], scales[j], start ? start[j] : 0);
}

static void matmul_int8(size_t m, size_t n, size_t k, const float *a, size_t lda,
                        const int8_t *packed, const float *scales, const float *bias, float *c,
                        size_t ldc, int accumulate) {
  float sums[PG_NARROW_ROWS * PG_PANEL];
  _Static_assert(PG_TILE_ROWS * PG_NARROW_COLUMNS <= PG_NARROW_ROWS * PG_PANEL, "too few sums");
  for (size_t m0 = 0; m0 < m; m0 += PG_NARROW_ROWS) {
    const size_t rows = smaller(m - m0, PG_NARROW_ROWS), columns = narrow_columns(rows);
    for (size_t n0 = 0; n0 < n; n0 += columns) {
      const size_t count = smaller(n - n0, columns);
      narrow_sums(INT8, rows, k,
                  (narrow_product){.a = a + m0 * lda,
                                   .row = lda,
                                   .b = (const uint8_t *)(packed + n0 * k),
                                   .pair = k * PG_PANEL,
                                   .c = sums,
                                   .ldc = columns,
                                   .columns = count});
      for (size_t i = 0; i < rows; i++) {
        finish_row(count, sums + i * columns, scales + n0, bias ? bias + n0 : NULL,
                   c + (m0 + i) * ldc + n0, accumulate);
      }
    }
  }
}
