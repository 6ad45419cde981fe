// The k best elements so far, as a heap with the worst of them on top, so that most elements are
// turned away by one comparison.
#ifndef PEREGRINE_SCALAR_TOP_H
#define PEREGRINE_SCALAR_TOP_H

#include "scalar.h"

typedef struct {
  size_t count;
  float *values;
  int32_t *ids;
} top_heap;

// Whether a goes before b: the larger first, NaN before everything, equals by ascending id.
PG_INLINE int goes_before(float a, int32_t a_id, float b, int32_t b_id) {
  const int a_is_nan = a != a, b_is_nan = b != b;
  if (a_is_nan != b_is_nan) return a_is_nan;
  if (a != b && !a_is_nan) return a > b;
  return a_id < b_id;
}

// Puts an element where `at` stands, below which all is in order, and lets it sink.
PG_INLINE void sink(top_heap *heap, size_t at, float value, int32_t id) {
  for (;;) {
    size_t below = 2 * at + 1;
    if (below >= heap->count) break;
    if (below + 1 < heap->count && goes_before(heap->values[below], heap->ids[below],
                                               heap->values[below + 1], heap->ids[below + 1])) {
      below++;
    }
    if (!goes_before(value, id, heap->values[below], heap->ids[below])) break;
    heap->values[at] = heap->values[below];
    heap->ids[at] = heap->ids[below];
    at = below;
  }
  heap->values[at] = value;
  heap->ids[at] = id;
}

// A heap of the first elements.
PG_INLINE top_heap first_elements(size_t count, const float *x, float *values, int32_t *ids) {
  top_heap heap = {count, values, ids};
  for (size_t i = 0; i < count; i++) {
    values[i] = x[i];
    ids[i] = (int32_t)i;
  }
  for (size_t i = count / 2; i > 0; i--) sink(&heap, i - 1, values[i - 1], ids[i - 1]);
  return heap;
}

// Takes an element in if it goes before the worst. The heap is not empty.
PG_INLINE void offer(top_heap *heap, float value, int32_t id) {
  if (goes_before(value, id, heap->values[0], heap->ids[0])) sink(heap, 0, value, id);
}

// Turns the heap into a list, the best first.
PG_INLINE void put_in_order(top_heap heap) {
  while (heap.count > 1) {
    const float worst = heap.values[0];
    const int32_t worst_id = heap.ids[0];
    heap.count--;
    sink(&heap, 0, heap.values[heap.count], heap.ids[heap.count]);
    heap.values[heap.count] = worst;
    heap.ids[heap.count] = worst_id;
  }
}

#endif
