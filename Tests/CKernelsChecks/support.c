#include "support.h"

#include <stdlib.h>

enum { guard = 33 };
static const uint32_t guard_bits = 0x7fabcdefu;

static void set_guard(float *p) {
  for (size_t i = 0; i < guard; i++) memcpy(p + i, &guard_bits, sizeof guard_bits);
}

float *zeros(check *c, size_t n) {
  float *block = calloc(n + 2 * guard, sizeof(float));
  if (!block || c->block_count == sizeof c->blocks / sizeof c->blocks[0]) abort();
  set_guard(block);
  set_guard(block + guard + n);
  c->blocks[c->block_count] = block;
  c->lengths[c->block_count++] = n;
  return block + guard;
}

static uint64_t next_bits(check *c) {
  uint64_t z = c->state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

float next_uniform(check *c) { return (float)(next_bits(c) >> 40) * 0x1p-23f - 1; }

float *uniform(check *c, size_t n) {
  float *x = zeros(c, n);
  for (size_t i = 0; i < n; i++) x[i] = next_uniform(c);
  return x;
}

float *special(check *c, size_t n) {
  const float odd[] = {NAN,   INFINITY, -INFINITY, 0.0f,  -0.0f,  FLT_MAX, -FLT_MAX,
                       1e-40f, -1e-42f, 88.8f,     -87.5f, 1e30f, -1e-30f, FLT_MIN};
  float *x = uniform(c, n);
  for (size_t i = 0; i < n; i++) {
    uint64_t pick = next_bits(c) % 32;
    if (pick < sizeof odd / sizeof odd[0]) x[i] = odd[pick];
  }
  return x;
}

float *copy(check *c, size_t n, const float *from) {
  float *x = zeros(c, n);
  memcpy(x, from, n * sizeof(float));
  return x;
}

int release(check *c, size_t mark) {
  int damaged = 0;
  while (c->block_count > mark) {
    float *block = c->blocks[--c->block_count];
    float *after = block + guard + c->lengths[c->block_count];
    for (size_t i = 0; i < guard; i++) {
      damaged |= memcmp(block + i, &guard_bits, sizeof guard_bits) != 0;
      damaged |= memcmp(after + i, &guard_bits, sizeof guard_bits) != 0;
    }
    free(block);
  }
  return damaged;
}

size_t first_difference(size_t n, const float *a, const float *b) {
  for (size_t i = 0; i < n; i++) {
    if (memcmp(a + i, b + i, sizeof(float)) != 0 && !(isnan(a[i]) && isnan(b[i]))) return i;
  }
  return n;
}

// ---------------------------------------------------------------------------------------------

static const check_entry *const groups[] = {
    product_checks,   narrow_product_checks, rounded_product_checks, elementwise_checks,
    norm_checks,      attention_checks,      softmax_checks,         head_checks,
    truncation_checks, surrogate_checks,     group_checks,           advantage_checks,
    optimiser_checks};

static const check_entry *entry_at(size_t index) {
  for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
    for (const check_entry *entry = groups[g]; entry->name; entry++) {
      if (index-- == 0) return entry;
    }
  }
  return NULL;
}

size_t pgc_count(void) {
  size_t count = 0;
  while (entry_at(count)) count++;
  return count;
}

const char *pgc_name(size_t index) {
  const check_entry *entry = entry_at(index);
  return entry ? entry->name : "";
}

int pgc_run(size_t index, pg_isa isa, char *message, size_t size) {
  const check_entry *entry = entry_at(index);
  check c = {.isa = isa, .message = message, .size = size, .state = 20240917 + index};
  pg_isa before = pg_current_isa();
  if (!entry || pg_select_isa(isa) != 0) {
    snprintf(message, size, "no such check or instruction set");
    return 1;
  }
  int failed = entry->run(&c);
  if (release(&c, 0) && !failed) {
    snprintf(message, size, "a buffer's surroundings were overwritten");
    failed = 1;
  }
  pg_select_isa(before);
  return failed;
}
