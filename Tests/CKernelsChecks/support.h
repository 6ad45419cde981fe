// What checks are made of: guarded buffers, random numbers, bitwise comparison.
#ifndef PEREGRINE_CHECKS_SUPPORT_H
#define PEREGRINE_CHECKS_SUPPORT_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "CKernelsChecks.h"

typedef struct {
  pg_isa isa;
  char *message;
  size_t size;
  uint64_t state;
  float *blocks[64];
  size_t lengths[64];
  size_t block_count;
} check;

typedef int check_function(check *c);
typedef struct {
  const char *name;
  check_function *run;
} check_entry;

extern const check_entry elementwise_checks[], product_checks[], narrow_product_checks[],
    rounded_product_checks[], norm_checks[], attention_checks[], softmax_checks[], head_checks[],
    truncation_checks[], surrogate_checks[], group_checks[], advantage_checks[], optimiser_checks[];

// n floats (zeros), off any vector's alignment, with guards on both sides.
float *zeros(check *c, size_t n);
// Uniform in [-1, 1).
float *uniform(check *c, size_t n);
float next_uniform(check *c);
// Uniform numbers with NaN, infinities, zeros of both signs, huge and subnormal ones among them.
float *special(check *c, size_t n);
float *copy(check *c, size_t n, const float *from);
// Frees all buffers since `mark`; nonzero when a guard was overwritten.
int release(check *c, size_t mark);

// Index of the first element whose bits differ (all NaN count as equal), or n.
size_t first_difference(size_t n, const float *a, const float *b);

#define FAIL(...) return snprintf(c->message, c->size, __VA_ARGS__), 1
#define REQUIRE(condition, ...) \
  do {                          \
    if (!(condition)) FAIL(__VA_ARGS__); \
  } while (0)
#define SAME(n, got, want, what, ...)                                                        \
  do {                                                                                       \
    size_t at_ = first_difference(n, got, want);                                             \
    if (at_ < (n))                                                                           \
      FAIL(what ": element %zu is %a, not %a", __VA_ARGS__, at_, (double)(got)[at_],         \
           (double)(want)[at_]);                                                             \
  } while (0)
#define RELEASE(mark, what, ...) REQUIRE(!release(c, mark), what ": wrote outside", __VA_ARGS__)

// Runs the statement with the reference, then with the set under test; `pass` is 0, then 1.
#define WITH_BOTH(c, statement)                                          \
  for (int pass = 0; pass < 2; pass++) {                                 \
    pg_select_isa(pass == 0 ? PG_ISA_REFERENCE : (c)->isa);              \
    statement;                                                           \
  }

#endif
