#include "support.h"

static const size_t widths[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 97, 128, 130, 257};
static const size_t depths[] = {0, 1, 2, 5, 16, 33, 255, 256, 257, 513};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// n bytes, off any vector's alignment, with guards on both sides.
static void *bytes(check *c, size_t n) { return zeros(c, (n + 3) / 4); }
static uint16_t *bfloat16s(check *c, size_t n) { return bytes(c, 2 * n); }

static float wide(uint16_t bits) {
  const uint32_t word = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &word, sizeof value);
  return value;
}

// Weights as packing left them, unpacked again. [k][n]
static float *unpacked_bfloat16(check *c, size_t k, size_t n, const uint16_t *packed) {
  float *b = zeros(c, k * n);
  for (size_t i = 0; i < k; i++) {
    for (size_t j = 0; j < n; j++) {
      const size_t column = j % PG_PANEL;
      b[i * n + j] = wide(packed[j / PG_PANEL * k * PG_PANEL + i * PG_PANEL +
                                 column % PG_LANES * 2 + column / PG_LANES]);
    }
  }
  return b;
}
static float *unpacked_int8(check *c, size_t k, size_t n, const int8_t *packed) {
  float *b = zeros(c, k * n);
  for (size_t i = 0; i < k; i++) {
    for (size_t j = 0; j < n; j++) {
      b[i * n + j] = packed[j / PG_PANEL * k * PG_PANEL + i * PG_PANEL + j % PG_PANEL];
    }
  }
  return b;
}

// mode & 1: with a bias; 2: onto C; 3: with unusual numbers.
static int narrow_case(check *c, size_t m, size_t n, size_t k, int mode, int isInt8) {
  const size_t lda = k + 3, ldc = n + 2, count = pg_packed_count(k, n);
  float *a = mode == 3 ? special(c, m * lda) : uniform(c, m * lda);
  float *b = mode == 3 ? special(c, k * n) : uniform(c, k * n), *bias = uniform(c, n);
  float *scales = zeros(c, n), *results[2];
  uint16_t *halves = bfloat16s(c, count);
  int8_t *integers = bytes(c, count);
  results[0] = uniform(c, m * ldc);
  results[1] = copy(c, m * ldc, results[0]);
  pg_pack_bfloat16(k, n, b, (ptrdiff_t)n, 1, halves);
  pg_pack_int8(k, n, b, (ptrdiff_t)n, 1, integers, scales);
  WITH_BOTH(c, if (isInt8) pg_matmul_int8(m, n, k, a, lda, integers, scales,
                                          mode & 1 ? bias : NULL, results[pass], ldc, mode == 2);
            else pg_matmul_bfloat16(m, n, k, a, lda, halves, mode & 1 ? bias : NULL, results[pass],
                                    ldc, mode == 2));
  SAME(m * ldc, results[1], results[0], "m=%zu n=%zu k=%zu mode=%d", m, n, k, mode);
  RELEASE(0, "m=%zu n=%zu k=%zu", m, n, k);
  return 0;
}

static int equals_reference(check *c, int isInt8) {
  for (size_t m = 0; m <= 29; m++) {
    for (size_t i = 0; i < COUNT(widths); i++) {
      if (narrow_case(c, m, widths[i], 7, (int)((m + i) % 4), isInt8)) return 1;
    }
  }
  for (size_t m = 1; m <= 31; m += 5) {
    for (size_t i = 0; i < COUNT(depths); i++) {
      if (narrow_case(c, m, 49, depths[i], (int)((m + i) % 4), isInt8)) return 1;
    }
  }
  for (int mode = 0; mode < 3; mode++) {
    if (narrow_case(c, 128 + (size_t)mode, 70, 300, mode, isInt8)) return 1;
  }
  return 0;
}
static int bfloat16_equals_reference(check *c) { return equals_reference(c, 0); }
static int int8_equals_reference(check *c) { return equals_reference(c, 1); }

static int bfloat16_is_the_product_of_rounded_weights(check *c) {
  for (size_t m = 1; m <= 150; m += m < 15 ? 1 : 45) {
    const size_t n = 150, k = 301;
    float *a = special(c, m * k), *b = special(c, k * n), *bias = uniform(c, n);
    uint16_t *halves = bfloat16s(c, pg_packed_count(k, n));
    pg_pack_bfloat16(k, n, b, (ptrdiff_t)n, 1, halves);
    float *rounded = unpacked_bfloat16(c, k, n, halves);
    float *packed = zeros(c, pg_packed_count(k, n));
    float *want = zeros(c, m * n), *got = zeros(c, m * n);
    pg_pack(k, n, rounded, (ptrdiff_t)n, 1, packed);
    pg_matmul(m, n, k, a, k, packed, bias, want, n, 0);
    pg_matmul_bfloat16(m, n, k, a, k, halves, bias, got, n, 0);
    SAME(m * n, got, want, "m=%zu", m);
    RELEASE(0, "m=%zu", m);
  }
  return 0;
}

static int int8_is_the_scaled_product_of_integers(check *c) {
  const size_t n = 77, k = 301;
  for (size_t m = 1; m <= 150; m += m < 15 ? 1 : 45) {
    float *a = uniform(c, m * k), *b = uniform(c, k * n), *scales = zeros(c, n);
    int8_t *integers = bytes(c, pg_packed_count(k, n));
    pg_pack_int8(k, n, b, (ptrdiff_t)n, 1, integers, scales);
    float *packed = zeros(c, pg_packed_count(k, n));
    float *want = zeros(c, m * n), *got = uniform(c, m * n), *start = copy(c, m * n, got);
    pg_pack(k, n, unpacked_int8(c, k, n, integers), (ptrdiff_t)n, 1, packed);
    pg_matmul(m, n, k, a, k, packed, NULL, want, n, 0);
    for (size_t i = 0; i < m * n; i++) want[i] = fmaf(want[i], scales[i % n], start[i]);
    pg_matmul_int8(m, n, k, a, k, integers, scales, NULL, got, n, 1);
    SAME(m * n, got, want, "m=%zu", m);
    RELEASE(0, "m=%zu", m);
  }
  return 0;
}

static int narrow_rows_do_not_meet(check *c) {
  const size_t m = 37, n = 150, k = 297;
  float *a = uniform(c, m * k), *b = uniform(c, k * n), *scales = zeros(c, n);
  uint16_t *halves = bfloat16s(c, pg_packed_count(k, n));
  int8_t *integers = bytes(c, pg_packed_count(k, n));
  float *many = zeros(c, m * n), *one = zeros(c, n);
  pg_pack_bfloat16(k, n, b, (ptrdiff_t)n, 1, halves);
  pg_pack_int8(k, n, b, (ptrdiff_t)n, 1, integers, scales);
  for (size_t rows = 1; rows <= m; rows += 4) {
    pg_matmul_bfloat16(rows, n, k, a, k, halves, NULL, many, n, 0);
    for (size_t r = 0; r < rows; r++) {
      pg_matmul_bfloat16(1, n, k, a + r * k, k, halves, NULL, one, n, 0);
      SAME(n, one, many + r * n, "bf16, row %zu of %zu", r, rows);
    }
    pg_matmul_int8(rows, n, k, a, k, integers, scales, NULL, many, n, 0);
    for (size_t r = 0; r < rows; r++) {
      pg_matmul_int8(1, n, k, a + r * k, k, integers, scales, NULL, one, n, 0);
      SAME(n, one, many + r * n, "int8, row %zu of %zu", r, rows);
    }
  }
  return 0;
}

// Both products lie within what rounded weights and k rounded sums may be off.
static int narrow_products_keep_their_bounds(check *c) {
  const size_t m = 9, n = 70, k = 500;
  float *a = uniform(c, m * k), *b = uniform(c, k * n), *bias = uniform(c, n);
  float *scales = zeros(c, n), *half = zeros(c, m * n), *eighth = zeros(c, m * n);
  uint16_t *halves = bfloat16s(c, pg_packed_count(k, n));
  int8_t *integers = bytes(c, pg_packed_count(k, n));
  pg_pack_bfloat16(k, n, b, (ptrdiff_t)n, 1, halves);
  pg_pack_int8(k, n, b, (ptrdiff_t)n, 1, integers, scales);
  pg_matmul_bfloat16(m, n, k, a, k, halves, bias, half, n, 0);
  pg_matmul_int8(m, n, k, a, k, integers, scales, bias, eighth, n, 0);
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      double want = bias[j], magnitudes = fabs(want), inputs = 0;
      for (size_t p = 0; p < k; p++) {
        const double product = (double)a[i * k + p] * b[p * n + j];
        want += product;
        magnitudes += fabs(product);
        inputs += fabs((double)a[i * k + p]);
      }
      const double sums = (double)(k + 2) * 0x1p-24 * 1.01 * magnitudes;
      const double off = fabs(half[i * n + j] - want), off8 = fabs(eighth[i * n + j] - want);
      REQUIRE(off <= 0x1p-8 * magnitudes + sums, "bf16 [%zu, %zu] is off by %g", i, j, off);
      REQUIRE(off8 <= (0.5 + 0x1p-16) * (double)scales[j] * inputs + 1.1 * sums,
              "int8 [%zu, %zu] is off by %g", i, j, off8);
    }
  }
  return 0;
}

static int bfloat16_rounds_to_nearest_even(check *c) {
  // A weight and what becomes of it, as bits.
  static const uint32_t cases[][2] = {
      {0x3f800000, 0x3f80}, {0x3f808000, 0x3f80}, {0x3f808001, 0x3f81}, {0x3f818000, 0x3f82},
      {0x3f817fff, 0x3f81}, {0x00000000, 0x0000}, {0x80000000, 0x8000}, {0x00000001, 0x0000},
      {0x00008001, 0x0001}, {0x80018000, 0x8002}, {0x7f7fffff, 0x7f80}, {0x7f7f7fff, 0x7f7f},
      {0xff800000, 0xff80}, {0x7f800001, 0x7fc0}, {0xffffffff, 0xffff}, {0x007fffff, 0x0080}};
  for (size_t i = 0; i < COUNT(cases); i++) {
    float weight;
    memcpy(&weight, &cases[i][0], sizeof weight);
    uint16_t *packed = bfloat16s(c, PG_PANEL);
    pg_pack_bfloat16(1, 1, &weight, 1, 1, packed);
    REQUIRE(packed[0] == cases[i][1], "%08x became %04x, not %04x", cases[i][0], packed[0],
            cases[i][1]);
  }
  return 0;
}

static int int8_keeps_half_a_step(check *c) {
  const float magnitudes[] = {1, 0x1p-126f, 1e-44f, 3e-38f, 1e37f, FLT_MAX, 0};
  for (size_t i = 0; i < COUNT(magnitudes); i++) {
    const size_t n = 45, k = 129;
    float *b = uniform(c, k * n), *scales = zeros(c, n);
    int8_t *integers = bytes(c, pg_packed_count(k, n));
    for (size_t j = 0; j < k * n; j++) b[j] *= magnitudes[i];
    for (size_t j = 0; j < n; j++) b[j] = j % 2 ? -magnitudes[i] : magnitudes[i];
    pg_pack_int8(k, n, b, (ptrdiff_t)n, 1, integers, scales);
    float *got = unpacked_int8(c, k, n, integers);
    for (size_t j = 0; j < k * n; j++) {
      const double scale = (double)scales[j % n], off = fabs(got[j] * scale - (double)b[j]);
      REQUIRE(off <= (0.5 + 0x1p-16) * scale, "%g became %g", (double)b[j], got[j] * scale);
      REQUIRE(fabsf(got[j]) <= 127, "%g became the integer %g", (double)b[j], (double)got[j]);
    }
    const float largest = magnitudes[i] / 127;
    REQUIRE(scales[0] == (largest > FLT_MIN ? largest : FLT_MIN), "the scale of %g is %g",
            (double)magnitudes[i], (double)scales[0]);
    RELEASE(0, "magnitude %g", (double)magnitudes[i]);
  }
  return 0;
}

static int broken_channels_stay_broken(check *c) {
  const float broken[] = {NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < COUNT(broken); i++) {
    const size_t n = 40, k = 70;
    float *b = uniform(c, k * n), *a = uniform(c, k), *scales = zeros(c, n), *out = zeros(c, n);
    int8_t *integers = bytes(c, pg_packed_count(k, n));
    b[33 * n + 21] = broken[i];
    pg_pack_int8(k, n, b, (ptrdiff_t)n, 1, integers, scales);
    pg_matmul_int8(1, n, k, a, k, integers, scales, NULL, out, n, 0);
    for (size_t j = 0; j < n; j++) {
      REQUIRE(isnan(out[j]) == (j == 21), "%g in channel 21 made channel %zu %g",
              (double)broken[i], j, (double)out[j]);
    }
    RELEASE(0, "%g", (double)broken[i]);
  }
  return 0;
}

static int narrow_packing_reads_strides(check *c) {
  for (size_t n = 1; n <= 67; n += 11) {
    for (size_t k = 1; k <= 140; k += 63) {
      const size_t count = pg_packed_count(k, n);
      float *b = uniform(c, k * n), *transposed = zeros(c, k * n);
      for (size_t i = 0; i < k * n; i++) transposed[i % n * k + i / n] = b[i];
      uint16_t *halves[2] = {bfloat16s(c, count), bfloat16s(c, count)};
      int8_t *integers[2] = {bytes(c, count), bytes(c, count)};
      float *scales[2] = {zeros(c, n), zeros(c, n)};
      for (int way = 0; way < 2; way++) {
        const float *from = way ? transposed : b;
        const ptrdiff_t across = way ? (ptrdiff_t)k : 1, down = way ? 1 : (ptrdiff_t)n;
        pg_pack_bfloat16(k, n, from, down, across, halves[way]);
        pg_pack_int8(k, n, from, down, across, integers[way], scales[way]);
      }
      REQUIRE(memcmp(halves[0], halves[1], 2 * count) == 0, "bf16 n=%zu k=%zu", n, k);
      REQUIRE(memcmp(integers[0], integers[1], count) == 0, "int8 n=%zu k=%zu", n, k);
      SAME(n, scales[1], scales[0], "n=%zu k=%zu", n, k);
      float *got = unpacked_bfloat16(c, k, n, halves[0]);
      for (size_t i = 0; i < k * n; i++) {
        REQUIRE(fabsf(got[i] - b[i]) <= 0x1p-8f * fabsf(b[i]), "n=%zu k=%zu: [%zu] is %a of %a",
                n, k, i, (double)got[i], (double)b[i]);
      }
      RELEASE(0, "n=%zu k=%zu", n, k);
    }
  }
  return 0;
}

const check_entry narrow_product_checks[] = {
    {"a product over bf16 weights equals its reference bit for bit", bfloat16_equals_reference},
    {"a product over int8 weights equals its reference bit for bit", int8_equals_reference},
    {"a product over bf16 weights is that of the rounded weights, bit for bit",
     bfloat16_is_the_product_of_rounded_weights},
    {"a product over int8 weights is that of the integers, scaled at the end",
     int8_is_the_scaled_product_of_integers},
    {"a row over narrow weights does not depend on the rows beside it", narrow_rows_do_not_meet},
    {"products over narrow weights keep their bounds", narrow_products_keep_their_bounds},
    {"bf16 rounds to nearest, ties to even, and keeps NaN", bfloat16_rounds_to_nearest_even},
    {"int8 is off by half a step at most, however small or large the weights",
     int8_keeps_half_a_step},
    {"int8 makes NaN of a channel that holds NaN or an infinity", broken_channels_stay_broken},
    {"packing narrow weights places every element, whichever way the matrix is stored",
     narrow_packing_reads_strides},
    {NULL, NULL},
};
