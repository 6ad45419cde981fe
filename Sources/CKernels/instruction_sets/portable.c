// Vector code for the compiler's baseline.
#include "../internal/kernel_table.h"
#include "../internal/scalar.h"

#define PG_ISA PG_ISA_PORTABLE
#define PG_KERNELS pg_kernels_portable
// A vector takes two registers of 16 or four of 32: at most six vectors of sums.
#define PG_TILE_ROWS 6
#define PG_TILE_VECTORS(rows) ((rows) <= 1 ? 4 : (rows) <= 3 ? 2 : 1)
// So few rows wait for memory: it is asked for this many steps of k ahead.
#define PG_WAITS_FOR_MEMORY(rows, operands) ((rows) > 2)
#define PG_STEPS_AHEAD 8

#if defined(__SSE2__)
#include <emmintrin.h>
// Products of 16 bits are added by twos.
typedef __m128i pair_words;
#define PG_ADDS_PAIRS(sum, a, b) _mm_add_epi32(sum, _mm_madd_epi16(a, b))
#endif

#include "../vector/vector.h"
#include "../vector/kernels.h"
