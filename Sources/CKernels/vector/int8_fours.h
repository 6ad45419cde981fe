// Products of integers of 8 bits by integers of 8 bits, four steps of k at a time. Sums of 32 such
// products are exact in any order, so every processor may take its fastest way: where it adds four
// products to a sum at once this file is included again, with
//   four_words                             what it does that with
//   PG_ADDS_FOURS(sum, weights, inputs)    the instruction
//   PG_FOURS_OFFSET                        what it leaves of the 128 that weights are stored with

#ifndef PG_SHARED_BY_FOURS
#define PG_SHARED_BY_FOURS
// Steps of k that share a scale of A.
#define PG_FOURS_BLOCK 32

typedef short s16 __attribute__((ext_vector_type(16)));
typedef unsigned short w32 __attribute__((ext_vector_type(32)));

typedef struct {
  // Rounded rows of A, `row` floats apart, and a panel of weights, `pair` bytes to the next.
  const float *a;
  size_t row;
  const uint8_t *b;
  size_t pair, blocks;
  const float *scales;
  float *c;
  size_t ldc, columns;
  // As in tile.h.
  int accumulate;
  const float *bias;
} fours_product;

typedef void fours_tile(const fours_product *);

#if PG_TILE_ROWS > 6
#define PG_FOURS_ROWS 7
#define PG_FOURS_VECTORS(rows) ((rows) <= 1 ? 8 : (rows) <= 3 ? 4 : 2)
#define PG_EACH_FOURS_HEIGHT(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#else
#define PG_FOURS_ROWS 3
#define PG_FOURS_VECTORS(rows) ((rows) <= 1 ? 2 : 1)
#define PG_EACH_FOURS_HEIGHT(DO) DO(1) DO(2) DO(3)
#endif

// total + the two products of 16 bits in every lane.
PG_INLINE i16 add_pairs(i16 total, u16 a, u16 b) {
#if defined(PG_ADDS_PAIRS)
  pair_words sums[sizeof(i16) / sizeof(pair_words)], left[sizeof sums / sizeof *sums];
  pair_words right[sizeof sums / sizeof *sums];
  __builtin_memcpy(sums, &total, sizeof sums);
  __builtin_memcpy(left, &a, sizeof left);
  __builtin_memcpy(right, &b, sizeof right);
  PG_UNROLL for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
    sums[i] = PG_ADDS_PAIRS(sums[i], left[i], right[i]);
  }
  __builtin_memcpy(&total, sums, sizeof total);
  return total;
#else
  const i16 x = (i16)a, y = (i16)b;
  const i16 low = (x << (i16)16 >> (i16)16) * (y << (i16)16 >> (i16)16);
  return total + low + (x >> (i16)16) * (y >> (i16)16);
#endif
}
#endif

#if defined(PG_ADDS_FOURS)
PG_INLINE i16 add_fours(i16 total, u16 weights, u16 inputs) {
  four_words sums[sizeof(i16) / sizeof(four_words)], left[sizeof sums / sizeof *sums];
  four_words right[sizeof sums / sizeof *sums];
  __builtin_memcpy(sums, &total, sizeof sums);
  __builtin_memcpy(left, &weights, sizeof left);
  __builtin_memcpy(right, &inputs, sizeof right);
  PG_UNROLL for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
    sums[i] = PG_ADDS_FOURS(sums[i], left[i], right[i]);
  }
  __builtin_memcpy(&total, sums, sizeof total);
  return total;
}

typedef int8_t PG_FOURS(fours_value);
#else
#define PG_FOURS_OFFSET 128
// In each four, the first and third before the second and fourth.
typedef int16_t PG_FOURS(fours_value);
#endif

// Inputs of 32 steps: their scale, what makes up for weights being stored with 128 added, integers.
typedef struct {
  float scale;
  int32_t start;
  PG_FOURS(fours_value) values[PG_FOURS_BLOCK];
} PG_FOURS(fours_block);

// 32 floats as integers in -127...127 times a scale.
PG_INLINE void PG_FOURS(round_block)(const v16 *x, PG_FOURS(fours_block) *block) {
  i16 bits[2], integers[2];
  __builtin_memcpy(bits, x, sizeof bits);
  PG_UNROLL for (int v = 0; v < 2; v++) bits[v] &= (i16)0x7fffffff;
  // Without the sign, bits are integers in the order of the magnitudes.
  const i16 larger_bits = bits[0] > bits[1] ? bits[0] : bits[1];
  const float scale = scale_of_bits(__builtin_reduce_max(larger_bits));
  const v16 inverse = splat(isnan(scale) ? 0 : 1 / scale);
  PG_UNROLL for (int v = 0; v < 2; v++) {
    const v16 shifted = x[v] * inverse + splat(PG_INTEGER_SHIFT);
    // NaN or infinite inputs leave no integers, but a scale that is NaN.
    __builtin_memcpy(&integers[v], &shifted, sizeof shifted);
    integers[v] = isnan(scale) ? (i16)0 : integers[v] - (i16)PG_INTEGER_SHIFT_BITS;
  }
  block->scale = scale;
  block->start = -PG_FOURS_OFFSET * __builtin_reduce_add(integers[0] + integers[1]);
  PG_UNROLL for (int v = 0; v < 2; v++) {
#if defined(PG_ADDS_FOURS)
    const c16 values = __builtin_convertvector(integers[v], c16);
#else
    const s16 narrow = __builtin_convertvector(integers[v], s16);
    const s16 values = __builtin_shufflevector(narrow, narrow, 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9,
                                               11, 12, 14, 13, 15);
#endif
    __builtin_memcpy(block->values + v * PG_LANES, &values, sizeof values);
  }
}

static void PG_FOURS(round_int8)(size_t m, size_t k, const float *a, size_t lda, float *rounded) {
  const size_t row = rounded_row_count(k);
  for (size_t i = 0; i < m; i++, a += lda, rounded += row) {
    PG_FOURS(fours_block) *block = (PG_FOURS(fours_block) *)(void *)rounded;
    for (size_t p = 0; p < k; p += PG_FOURS_BLOCK, block++) {
      const size_t left = k - p;
      const v16 x[2] = {left >= PG_LANES ? load(a + p) : load_part(a + p, left, 0),
                        left >= 2 * PG_LANES ? load(a + p + PG_LANES)
                        : left > PG_LANES    ? load_part(a + p + PG_LANES, left - PG_LANES, 0)
                                             : splat(0)};
      PG_FOURS(round_block)(x, block);
    }
  }
}

// One tile from vector `first` on; `odd` is first % 2.
PG_INLINE void PG_FOURS(fours_of_tile)(const int rows, const int vectors, const int odd,
                                       const int part, const fours_product *p, size_t first) {
  const float *a = p->a;
  const size_t row = p->row;
  const uint8_t *b = p->b + first / 2 * p->pair;
  v16 sums[PG_FOURS_ROWS][8];
  PG_UNROLL for (int i = 0; i < rows; i++) {
    PG_UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = splat(0);
  }
  for (size_t left = p->blocks; left > 0; left--) {
    const PG_FOURS(fours_block) *block[PG_FOURS_ROWS];
    i16 total[PG_FOURS_ROWS][8];
    PG_UNROLL for (int i = 0; i < rows; i++) {
      block[i] = (const PG_FOURS(fours_block) *)(const void *)(a + (size_t)i * row);
      PG_UNROLL for (int v = 0; v < vectors; v++) total[i][v] = (i16)block[i]->start;
    }
    for (size_t q = 0; q < PG_FOURS_BLOCK; q += 4, b += 4 * PG_PANEL) {
      u16 right[8];
      PG_UNROLL for (int v = 0; v < vectors; v++) {
        const uint8_t *from = b + (size_t)(v / 2) * p->pair + (v + odd) % 2 * 4 * PG_LANES;
        if (rows < PG_FOURS_ROWS) expect_bytes(from, PG_NARROW_AHEAD);
        __builtin_memcpy(&right[v], from, sizeof right[v]);
      }
#if defined(PG_ADDS_FOURS)
      PG_UNROLL for (int i = 0; i < rows; i++) {
        uint32_t four;
        __builtin_memcpy(&four, block[i]->values + q, sizeof four);
        PG_UNROLL for (int v = 0; v < vectors; v++) {
          total[i][v] = add_fours(total[i][v], right[v], (u16)four);
        }
      }
#else
      u16 even[8], odds[8];
      PG_UNROLL for (int v = 0; v < vectors; v++) {
        even[v] = right[v] & (u16)0x00ff00ffu;
        odds[v] = (u16)((w32)right[v] >> (w32)8);
      }
      PG_UNROLL for (int i = 0; i < rows; i++) {
        uint32_t pairs[2];
        __builtin_memcpy(pairs, block[i]->values + q, sizeof pairs);
        PG_UNROLL for (int v = 0; v < vectors; v++) {
          total[i][v] = add_pairs(total[i][v], even[v], (u16)pairs[0]);
        }
        PG_UNROLL for (int v = 0; v < vectors; v++) {
          total[i][v] = add_pairs(total[i][v], odds[v], (u16)pairs[1]);
        }
      }
#endif
    }
    PG_UNROLL for (int i = 0; i < rows; i++) {
      PG_UNROLL for (int v = 0; v < vectors; v++) {
        sums[i][v] = fused(__builtin_convertvector(total[i][v], v16), splat(block[i]->scale),
                           sums[i][v]);
      }
    }
    a += sizeof(PG_FOURS(fours_block)) / sizeof(float);
  }
  // c = sums * scales + c, or + bias, or + 0.
  const size_t column = first * PG_LANES, count = p->columns - column;
  const float *start = p->accumulate ? p->c + column : p->bias ? p->bias + column : NULL;
  v16 total[PG_TILE_ROWS][8];
  begin_sums(rows, vectors, part, start, p->accumulate ? p->ldc : 0, count, total);
  PG_UNROLL for (int v = 0; v < vectors; v++) {
    const float *from = p->scales + column + v * PG_LANES;
    const v16 scale = part ? load_part(from, count, 0) : load(from);
    PG_UNROLL for (int i = 0; i < rows; i++) {
      total[i][v] = fused(sums[i][v], scale, total[i][v]);
    }
  }
  end_sums(rows, vectors, part, p->c + column, p->ldc, count, total);
}

#define PG_FOURS_HEIGHT(R)                                                 \
  static void PG_FOURS(fours_##R)(const fours_product *p) {                \
    PG_SWEEP_PANELS(PG_FOURS(fours_of_tile), R, PG_FOURS_VECTORS(R), p);   \
  }
PG_EACH_FOURS_HEIGHT(PG_FOURS_HEIGHT)

#define PG_FOURS_OF_HEIGHT(R) PG_FOURS(fours_##R),
static fours_tile *const PG_FOURS(fours_of_height)[] = {NULL,
                                                        PG_EACH_FOURS_HEIGHT(PG_FOURS_OF_HEIGHT)};

static void PG_FOURS(matmul_int8_fours)(size_t m, size_t n, size_t k, const float *rounded,
                                        const uint8_t *packed, const float *scales,
                                        const float *bias, float *c, size_t ldc, int accumulate) {
  const size_t row = rounded_row_count(k), depth = round_up(k, PG_FOURS_BLOCK);
  for (size_t m0 = 0; m0 < m; m0 += PG_NARROW_ROWS) {
    const size_t rows = smaller(m - m0, PG_NARROW_ROWS);
    // One tile of rows passes many columns at once; more of them meet in a panel.
    const size_t columns = rows <= PG_FOURS_ROWS ? PG_NARROW_COLUMNS : PG_PANEL;
    for (size_t n0 = 0; n0 < n; n0 += columns) {
      fours_product p = {.a = rounded + m0 * row,
                         .row = row,
                         .b = packed + n0 * depth,
                         .pair = depth * PG_PANEL,
                         .blocks = depth / PG_FOURS_BLOCK,
                         .scales = scales + n0,
                         .c = c + m0 * ldc + n0,
                         .ldc = ldc,
                         .columns = smaller(n - n0, columns),
                         .accumulate = accumulate,
                         .bias = bias ? bias + n0 : NULL};
      for (size_t left = rows; left > 0;) {
        const size_t height = next_height_of(left, PG_FOURS_ROWS);
        PG_FOURS(fours_of_height)[height](&p);
        p.a += height * row;
        p.c += height * ldc;
        left -= height;
      }
    }
  }
}

#undef PG_FOURS_HEIGHT
#undef PG_FOURS_OF_HEIGHT
