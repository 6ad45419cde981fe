// Vector code for AVX2 and FMA.
#if defined(__x86_64__)
#include <immintrin.h>

#include "../internal/kernel_table.h"
#include "../internal/scalar.h"

#define PG_ISA PG_ISA_AVX2
#define PG_KERNELS pg_kernels_avx2
// A vector takes two registers of 16 or four of 32: at most six vectors of sums.
#define PG_TILE_ROWS 6
#define PG_TILE_VECTORS(rows) ((rows) <= 1 ? 4 : (rows) <= 2 ? 2 : 1)
// Fewer rows than a tile has wait for memory, so it is asked for this many steps of k ahead; so does
// any tile whose B is packed and larger than the second cache, and asks for a block. One row reads so
// many panels at once that the processor does that by itself.
#define PG_WAITS_FOR_MEMORY(rows, operands) \
  ((rows) > 1 && ((rows) < PG_TILE_ROWS || (operands) == PACKED))
#define PG_STEPS_AHEAD 32
// What the first of many tiles asked for would be gone before it is read.
#define PG_ASKING_ROWS (2 * PG_TILE_ROWS)
// What is larger than the second cache, and how rows share it; products.h has the meaning.
#define PG_LARGE_COUNT ((size_t)1 << 18)
#define PG_FEW_ROWS 1
#define PG_SHARED_K 64

// A number that is no integer of 32 bits converts to 0x80000000, NaN too.
#define PG_CONVERTS 1

// Products of 16 bits are added by twos.
typedef __m256i pair_words;
#define PG_ADDS_PAIRS(sum, a, b) _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))

#pragma clang attribute push(__attribute__((target("avx2,fma"))), \
                             apply_to = function)
#include "../vector/vector.h"
#include "../vector/kernels.h"
#pragma clang attribute pop
#endif
