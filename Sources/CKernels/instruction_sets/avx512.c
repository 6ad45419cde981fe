// Vector code for AVX-512.
#if defined(__x86_64__)
#include <immintrin.h>

#include "../internal/kernel_table.h"
#include "../internal/scalar.h"

#define PG_ISA PG_ISA_AVX512
#define PG_KERNELS pg_kernels_avx512
// 32 registers of one vector: at most 28 sums, the vectors of B and one element of A.
#define PG_TILE_ROWS 14
#define PG_TILE_VECTORS(rows) ((rows) <= 2 ? 8 : (rows) <= 6 ? 4 : 2)
// Most rows of a tile whose k is short, in products of matrices.
#define PG_SHORT_ROWS 8
// Six tiles of a block of queries.
#define PG_QUERY_ROWS 7
// Where A's rows lie apart by what only the caller knows, several steps would need more registers than
// there are.
#define PG_STEPS(operands) ((operands) == PACKED || (operands) == ROWS ? 1 : 4)
// So few rows wait for memory: it is asked for this many steps of k ahead.
#define PG_WAITS_FOR_MEMORY(rows, operands) ((rows) > 2 && (rows) <= 8)
#define PG_STEPS_AHEAD 8

// e^x scales by its power of two in one instruction.
#define PG_HAS_SCALEF 1

// Products of 16 bits are added by twos.
typedef __m512i pair_words;
#define PG_ADDS_PAIRS(sum, a, b) _mm512_add_epi32(sum, _mm512_madd_epi16(a, b))

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma"))), \
                             apply_to = function)
#include "../vector/vector.h"
#include "../vector/kernels.h"
#pragma clang attribute pop

// The same kernels but for products of narrow numbers, where the processor multiplies those directly.
#undef PG_ISA
#undef PG_KERNELS
#undef PG_FOURS
#define PG_ISA PG_ISA_AVX512VNNI
#define PG_KERNELS pg_kernels_avx512vnni
#define PG_FOURS(name) name##_at_once
#undef PG_FOURS_OFFSET
#define PG_FOURS_OFFSET 128
typedef __m512i four_words;
#define PG_ADDS_FOURS(sum, weights, inputs) _mm512_dpbusd_epi32(sum, weights, inputs)
#pragma clang attribute push(                                                    \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,avx512vnni"))), \
    apply_to = function)
#include "../vector/int8_fours.h"
#pragma clang attribute pop
#include "../internal/fill_table.h"

#undef PG_ISA
#undef PG_KERNELS
#undef PG_PAIRS
#define PG_ISA PG_ISA_AVX512BF16
#define PG_KERNELS pg_kernels_avx512bf16
#define PG_PAIRS(name) name##_at_once
#define PG_PAIRS_AT_ONCE 1
#pragma clang attribute push(                                                    \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,avx512bf16"))), \
    apply_to = function)
#include "../vector/bfloat16_pairs.h"
#pragma clang attribute pop
#include "../internal/fill_table.h"
#endif
