// Products of bf16 by bf16, two steps of k at a time, in the order of the instruction that
// AVX512-BF16 has for them: of each pair of products the second is added first. Each is a fused
// multiply-add that makes subnormal numbers zero; elsewhere two of the usual ones give the same sums but
// for those.
//
// Included again with PG_PAIRS_AT_ONCE where that instruction exists.

#ifndef PG_SHARED_BY_PAIRS
#define PG_SHARED_BY_PAIRS
typedef struct {
  // Rounded rows of A, `row` floats apart, and a panel of weights, `pair` bytes to the next.
  const float *a;
  size_t row;
  const uint8_t *b;
  size_t pair, steps;
  float *c;
  size_t ldc, columns;
  // As in tile.h.
  int accumulate;
  const float *bias;
} pairs_product;

typedef void pairs_tile(const pairs_product *);

// bf16 in the upper half of each lane: to nearest, ties to even, and below 2^-126 to zero.
PG_INLINE u16 rounded_bits(v16 x) {
  u16 bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  const u16 magnitude = bits & (u16)0x7fffffffu;
  const u16 nearest = bits + (u16)0x7fffu + (bits >> (u16)16 & (u16)1u);
  const u16 kept = magnitude > (u16)0x7f800000u ? bits | (u16)0x400000u : nearest;
  return (kept & (u16)0x7f800000u) == (u16)0u ? kept & (u16)0x80000000u : kept & (u16)0xffff0000u;
}

#endif

#if defined(PG_PAIRS_AT_ONCE)
#define PG_PAIRS_ROWS PG_TILE_ROWS
#define PG_PAIRS_VECTORS(rows) PG_TILE_VECTORS(rows)
#else
// Weights of a pair take twice the registers, which leaves fewer for sums.
#define PG_PAIRS_ROWS (PG_TILE_ROWS > 6 ? 12 : 5)
#define PG_PAIRS_VECTORS(rows) \
  (PG_TILE_ROWS > 6 ? (rows) <= 5 ? 4 : 2 : (rows) <= 2 ? 2 : 1)
#endif

static void PG_PAIRS(round_bfloat16)(size_t m, size_t k, const float *a, size_t lda,
                                     float *rounded) {
  const size_t row = rounded_row_count(k);
  for (size_t i = 0; i < m; i++, a += lda, rounded += row) {
    for (size_t p = 0; p < k; p += 2 * PG_LANES) {
      const size_t left = k - p;
      const v16 first = left >= PG_LANES ? load(a + p) : load_part(a + p, left, 0);
      const v16 second = left >= 2 * PG_LANES ? load(a + p + PG_LANES)
                         : left > PG_LANES
                             ? load_part(a + p + PG_LANES, left - PG_LANES, 0)
                             : splat(0);
      const u16 low = rounded_bits(first), high = rounded_bits(second);
#if defined(PG_PAIRS_AT_ONCE)
      const u16 even = __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20,
                                               22, 24, 26, 28, 30);
      const u16 odd = __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23,
                                              25, 27, 29, 31);
      const u16 words = even >> (u16)16 | odd;
      __builtin_memcpy(rounded + p / 2, &words, sizeof words);
#else
      // The second of each pair in front.
      const u16 turned[2] = {
          __builtin_shufflevector(low, low, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14),
          __builtin_shufflevector(high, high, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15,
                                  14)};
      __builtin_memcpy(rounded + p, turned, sizeof turned);
#endif
    }
  }
}

// One tile from vector `first` on, like that of tile.h; `odd` is first % 2.
PG_INLINE void PG_PAIRS(pairs_of_tile)(const int rows, const int vectors, const int odd,
                                       const int part, const pairs_product *p, size_t first) {
  const float *a = p->a;
  const size_t row = p->row;
  const uint8_t *b = p->b + first / 2 * p->pair;
  const size_t column = first * PG_LANES, count = p->columns - column;
  const float *start = p->accumulate ? p->c + column : p->bias ? p->bias + column : NULL;
  v16 total[PG_TILE_ROWS][8];
  begin_sums(rows, vectors, part, start, p->accumulate ? p->ldc : 0, count, total);
  for (size_t left = p->steps; left > 0; left--, b += 2 * PG_PANEL * sizeof(uint16_t)) {
    u16 right[8];
    PG_UNROLL for (int v = 0; v < vectors; v++) {
      const uint8_t *from = b + (size_t)(v / 2) * p->pair + (v + odd) % 2 * 4 * PG_LANES;
      if (rows < PG_PAIRS_ROWS) expect_bytes(from, PG_NARROW_AHEAD);
      __builtin_memcpy(&right[v], from, sizeof right[v]);
    }
#if defined(PG_PAIRS_AT_ONCE)
    PG_UNROLL for (int i = 0; i < rows; i++) {
      const __m512bh value = (__m512bh)splat(a[(size_t)i * row]);
      PG_UNROLL for (int v = 0; v < vectors; v++) {
        total[i][v] = _mm512_dpbf16_ps(total[i][v], (__m512bh)right[v], value);
      }
    }
    a++;
#else
    v16 even[8], odds[8];
    PG_UNROLL for (int v = 0; v < vectors; v++) {
      const u16 low = right[v] << (u16)16, high = right[v] & (u16)0xffff0000u;
      __builtin_memcpy(&even[v], &low, sizeof low);
      __builtin_memcpy(&odds[v], &high, sizeof high);
    }
    PG_UNROLL for (int i = 0; i < rows; i++) {
      v16 value = splat(a[(size_t)i * row]);
      PG_UNROLL for (int v = 0; v < vectors; v++) {
        total[i][v] = fused(value, odds[v], total[i][v]);
      }
      value = splat(a[(size_t)i * row + 1]);
      PG_UNROLL for (int v = 0; v < vectors; v++) {
        total[i][v] = fused(value, even[v], total[i][v]);
      }
    }
    a += 2;
#endif
  }
  end_sums(rows, vectors, part, p->c + column, p->ldc, count, total);
}

// Heights that no tile has stay empty.
#define PG_PAIRS_HEIGHT(R)                                                      \
  static void PG_PAIRS(pairs_##R)(const pairs_product *p) {                     \
    if (R <= PG_PAIRS_ROWS) {                                                   \
      PG_SWEEP_PANELS(PG_PAIRS(pairs_of_tile), R, PG_PAIRS_VECTORS(R), p);      \
    }                                                                           \
  }
PG_EACH_HEIGHT(PG_PAIRS_HEIGHT)

#define PG_PAIRS_OF_HEIGHT(R) PG_PAIRS(pairs_##R),
static pairs_tile *const PG_PAIRS(pairs_of_height)[] = {NULL, PG_EACH_HEIGHT(PG_PAIRS_OF_HEIGHT)};

static void PG_PAIRS(matmul_bfloat16_pairs)(size_t m, size_t n, size_t k, const float *rounded,
                                            const uint16_t *packed, const float *bias, float *c,
                                            size_t ldc, int accumulate) {
  const size_t row = rounded_row_count(k), depth = round_up(k, 2);
  for (size_t m0 = 0; m0 < m; m0 += PG_NARROW_ROWS) {
    const size_t rows = smaller(m - m0, PG_NARROW_ROWS);
    // One tile of rows passes many columns at once; more of them meet in a panel.
    const size_t columns = rows <= PG_PAIRS_ROWS ? PG_NARROW_COLUMNS : PG_PANEL;
    for (size_t n0 = 0; n0 < n; n0 += columns) {
      pairs_product p = {.a = rounded + m0 * row,
                         .row = row,
                         .b = (const uint8_t *)(packed + n0 * depth),
                         .pair = depth * PG_PANEL * sizeof(uint16_t),
                         .steps = depth / 2,
                         .c = c + m0 * ldc + n0,
                         .ldc = ldc,
                         .columns = smaller(n - n0, columns),
                         .accumulate = accumulate,
                         .bias = bias ? bias + n0 : NULL};
      for (size_t left = rows; left > 0;) {
        const size_t height = next_height_of(left, PG_PAIRS_ROWS);
        PG_PAIRS(pairs_of_height)[height](&p);
        p.a += height * row;
        p.c += height * ldc;
        left -= height;
      }
    }
  }
}

#undef PG_PAIRS_ROWS
#undef PG_PAIRS_VECTORS
#undef PG_PAIRS_HEIGHT
#undef PG_PAIRS_OF_HEIGHT
