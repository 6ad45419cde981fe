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
// Where A's rows lie apart by what only the caller knows, several steps would need more registers than
// there are.
#define PG_STEPS(operands) ((operands) == PACKED || (operands) == ROWS ? 1 : 4)
// So few rows wait for memory: it is asked for this many steps of k ahead.
#define PG_WAITS_FOR_MEMORY(rows) ((rows) > 2 && (rows) <= 8)
#define PG_STEPS_AHEAD 8

// e^x scales by its power of two in one instruction.
#define PG_HAS_SCALEF 1

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma"))), \
                             apply_to = function)
#include "../vector/vector.h"
#include "../vector/kernels.h"
#pragma clang attribute pop
#endif
