// Vector code for 64-bit ARM, whose baseline has NEON with fused multiply-add.
#if defined(__aarch64__)
#include <arm_neon.h>

#include "../internal/kernel_table.h"
#include "../internal/scalar.h"

#define PG_ISA PG_ISA_NEON
#define PG_KERNELS pg_kernels_neon
// A vector takes two registers of 16 or four of 32: at most six vectors of sums.
#define PG_TILE_ROWS 6
#define PG_TILE_VECTORS(rows) ((rows) <= 1 ? 4 : (rows) <= 3 ? 2 : 1)
// So few rows wait for memory: it is asked for this many steps of k ahead.
#define PG_WAITS_FOR_MEMORY(rows, operands) ((rows) > 2)
#define PG_STEPS_AHEAD 8

#include "../vector/vector.h"
#include "../vector/kernels.h"

// The same kernels but for products of integers, where the processor adds four of those at once. Both
// factors have a sign there, so weights lose the 128 that they are stored with.
#undef PG_ISA
#undef PG_KERNELS
#undef PG_FOURS
#undef PG_FOURS_OFFSET
#define PG_ISA PG_ISA_NEON_DOTPROD
#define PG_KERNELS pg_kernels_neon_dotprod
#define PG_FOURS(name) name##_at_once
#define PG_FOURS_OFFSET 0
typedef int32x4_t four_words;
#define PG_ADDS_FOURS(sum, weights, inputs)                                                \
  vdotq_s32(sum, vreinterpretq_s8_s32(veorq_s32(weights, vdupq_n_s32((int)0x80808080u))), \
            vreinterpretq_s8_s32(inputs))
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#include "../vector/int8_fours.h"
#pragma clang attribute pop
#include "../internal/fill_table.h"
#endif
