// What one thread of this machine can do at most: multiply-adds and bytes.
#ifndef CLIMITS_H
#define CLIMITS_H

#include <stddef.h>

// Multiplies and adds in registers only, on the widest vectors there are; returns how many floating
// point operations that were. `sink` keeps the compiler from leaving the work out.
double limits_multiply_add(long rounds, float *sink);
// Whether this processor has the instructions of AVX-512 and of AVX2 that OpenBLAS's cores SkylakeX
// and Haswell are made of.
int limits_has_avx512(void);
int limits_has_avx2(void);
// Reads `count` floats, a multiple of 128.
void limits_read(const float *from, size_t count, float *sink);
// Copies `count` floats, a multiple of 64, past the caches where the machine can.
void limits_copy(const float *from, float *to, size_t count);

#endif
