#include "support.h"

typedef struct {
  size_t rows, heads, kv_heads, head_dim;
  size_t ldq, ldk, ldo, key_stride, value_stride;
  float scale;
  float *q, *k, *v, *keys, *values, *out, *log_sum, *scratch;
} sequence;

static sequence make(check *c, size_t rows, size_t heads, size_t kv_heads, size_t head_dim) {
  sequence s = {.rows = rows, .heads = heads, .kv_heads = kv_heads, .head_dim = head_dim};
  s.ldq = heads * head_dim + 3;
  s.ldk = kv_heads * head_dim + 1;
  s.ldo = heads * head_dim + 2;
  s.key_stride = pg_key_count(rows, head_dim) + 16 * head_dim;
  s.value_stride = rows * head_dim + 5;
  s.scale = 1 / sqrtf((float)head_dim);
  s.q = uniform(c, rows * s.ldq);
  s.k = uniform(c, rows * s.ldk);
  s.v = uniform(c, rows * s.ldk);
  for (size_t i = 0; i < rows * s.ldq; i++) s.q[i] *= 3;
  s.keys = zeros(c, kv_heads * s.key_stride);
  s.values = zeros(c, kv_heads * s.value_stride);
  s.out = zeros(c, rows * s.ldo);
  s.log_sum = zeros(c, rows * heads);
  s.scratch = zeros(c, pg_attention_scratch_count(rows, heads, head_dim));
  return s;
}

static void store(sequence *s, size_t first, size_t rows) {
  pg_store_keys_values(rows, first, s->kv_heads, s->head_dim, s->k + first * s->ldk, s->ldk,
                       s->v + first * s->ldk, s->ldk, s->keys, s->key_stride, s->values,
                       s->value_stride);
}

static void attend(sequence *s, size_t first, size_t rows) {
  pg_attention(rows, first, s->heads, s->kv_heads, s->head_dim, s->scale, s->q + first * s->ldq,
               s->ldq, s->keys, s->key_stride, s->values, s->value_stride, s->out + first * s->ldo,
               s->ldo, s->log_sum + first * s->heads, s->scratch);
}

#define MOST_ROWS 320

static const size_t shapes[][4] = {
    // rows, heads, key-value heads, head_dim
    {1, 1, 1, 1},    {1, 4, 2, 32},  {5, 2, 1, 8},   {16, 2, 2, 20},  {17, 4, 2, 32},
    {33, 3, 3, 16},  {40, 6, 2, 48}, {61, 4, 1, 64}, {70, 2, 1, 128}, {90, 4, 2, 32},
    {50, 5, 1, 33},  {26, 1, 1, 32}, {49, 7, 1, 16}, {30, 60, 1, 16}, {35, 2, 1, 80},
    // Beyond the positions and the queries that kernels take at a time.
    {128, 2, 1, 16}, {129, 3, 1, 20}, {150, 6, 2, 33}, {260, 4, 2, 32}, {300, 1, 1, 8},
};
#define SHAPES (sizeof shapes / sizeof shapes[0])

static sequence make_shape(check *c, size_t i) {
  return make(c, shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3]);
}

static int attention_equals_reference(check *c) {
  for (size_t i = 0; i < SHAPES; i++) {
    sequence s = make_shape(c, i);
    store(&s, 0, s.rows);
    float *want = zeros(c, s.rows * s.ldo), *want_log = zeros(c, s.rows * s.heads);
    pg_select_isa(PG_ISA_REFERENCE);
    attend(&s, 0, s.rows);
    memcpy(want, s.out, s.rows * s.ldo * sizeof(float));
    memcpy(want_log, s.log_sum, s.rows * s.heads * sizeof(float));
    memset(s.out, 0, s.rows * s.ldo * sizeof(float));
    pg_select_isa(c->isa);
    attend(&s, 0, s.rows);
    SAME(s.rows * s.ldo, s.out, want, "shape %zu", i);
    SAME(s.rows * s.heads, s.log_sum, want_log, "log sum of shape %zu", i);
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

static int decoding_equals_prefill(check *c) {
  for (size_t i = 0; i < SHAPES; i++) {
    sequence s = make_shape(c, i);
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    float *want = copy(c, s.rows * s.ldo, s.out);
    float *want_log = copy(c, s.rows * s.heads, s.log_sum);
    memset(s.keys, 0, s.kv_heads * s.key_stride * sizeof(float));
    memset(s.values, 0, s.kv_heads * s.value_stride * sizeof(float));
    memset(s.out, 0, s.rows * s.ldo * sizeof(float));
    // One row, then two, then three...: positions beyond the last are still empty.
    for (size_t first = 0, step = 1; first < s.rows; first += step, step = step % 9 + 1) {
      if (step > s.rows - first) step = s.rows - first;
      store(&s, first, step);
      attend(&s, first, step);
    }
    SAME(s.rows * s.ldo, s.out, want, "shape %zu", i);
    SAME(s.rows * s.heads, s.log_sum, want_log, "log sum of shape %zu", i);
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

// Attention in double, with element `at` of q, k or v (which = 0, 1, 2; else none) moved by h.
// Returns the sum of above * out; out may be NULL.
static double plain(const sequence *s, int which, size_t at, double h, const float *above,
                    double *out) {
  double loss = 0, weights[MOST_ROWS];
  for (size_t r = 0; r < s->rows; r++) {
    for (size_t head = 0; head < s->heads; head++) {
      size_t kv = head / (s->heads / s->kv_heads);
      double largest = -INFINITY, total = 0;
      for (size_t j = 0; j <= r; j++) {
        double score = 0;
        for (size_t d = 0; d < s->head_dim; d++) {
          size_t qi = r * s->ldq + head * s->head_dim + d;
          size_t ki = j * s->ldk + kv * s->head_dim + d;
          score += (s->q[qi] + (which == 0 && qi == at ? h : 0)) *
                   (s->k[ki] + (which == 1 && ki == at ? h : 0));
        }
        weights[j] = score * s->scale;
        if (weights[j] > largest) largest = weights[j];
      }
      for (size_t j = 0; j <= r; j++) total += weights[j] = exp(weights[j] - largest);
      for (size_t d = 0; d < s->head_dim; d++) {
        double value = 0;
        for (size_t j = 0; j <= r; j++) {
          size_t vi = j * s->ldk + kv * s->head_dim + d;
          value += weights[j] / total * (s->v[vi] + (which == 2 && vi == at ? h : 0));
        }
        size_t oi = r * s->ldo + head * s->head_dim + d;
        if (out) out[oi] = value;
        if (above) loss += value * above[oi];
      }
    }
  }
  return loss;
}

static int attention_is_attention(check *c) {
  static double want[128 * 1024];
  for (size_t i = 0; i < SHAPES; i++) {
    sequence s = make_shape(c, i);
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    plain(&s, -1, 0, 0, NULL, want);
    for (size_t r = 0; r < s.rows; r++) {
      for (size_t d = 0; d < s.heads * s.head_dim; d++) {
        double got = s.out[r * s.ldo + d];
        REQUIRE(fabs(got - want[r * s.ldo + d]) < 3e-6, "shape %zu, row %zu, column %zu: %g not %g",
                i, r, d, got, want[r * s.ldo + d]);
      }
    }
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

static int the_future_is_not_seen(check *c) {
  for (size_t i = 0; i < SHAPES; i++) {
    sequence s = make_shape(c, i);
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    float *want = copy(c, s.rows * s.ldo, s.out);
    size_t last = s.rows - 1;
    if (last == 0) {
      RELEASE(0, "shape %zu", i);
      continue;
    }
    for (size_t d = 0; d < s.kv_heads * s.head_dim; d++) {
      s.k[last * s.ldk + d] = NAN;
      s.v[last * s.ldk + d] = NAN;
    }
    store(&s, last, 1);
    attend(&s, 0, s.rows);
    SAME(last * s.ldo, s.out, want, "shape %zu", i);
    REQUIRE(isnan(s.out[last * s.ldo]), "shape %zu: NaN got lost", i);
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

typedef struct {
  float *d_q, *d_k, *d_v;
} gradients;

// Of the queries at some positions; their rows of q, out, log_sum and above are moved together for
// the call, and the gradients of q back to where they belong: the others' stay NaN.
static gradients backward_of(check *c, const sequence *s, const float *above, size_t count,
                             const int32_t *positions) {
  gradients g = {zeros(c, s->rows * s->ldq), zeros(c, s->rows * s->ldk),
                 zeros(c, s->rows * s->ldk)};
  float *q = zeros(c, count * s->ldq), *d_q = zeros(c, count * s->ldq);
  float *out = zeros(c, count * s->ldo), *d_out = zeros(c, count * s->ldo);
  float *log_sum = zeros(c, count * s->heads);
  for (size_t r = 0; r < s->rows; r++) {
    // Overwritten, so what stands there does not matter.
    for (size_t d = 0; d < s->heads * s->head_dim; d++) g.d_q[r * s->ldq + d] = NAN;
    for (size_t d = 0; d < s->kv_heads * s->head_dim; d++) {
      g.d_k[r * s->ldk + d] = g.d_v[r * s->ldk + d] = NAN;
    }
  }
  for (size_t i = 0; i < count; i++) {
    const size_t r = (size_t)positions[i];
    memcpy(q + i * s->ldq, s->q + r * s->ldq, s->ldq * sizeof(float));
    memcpy(out + i * s->ldo, s->out + r * s->ldo, s->ldo * sizeof(float));
    memcpy(d_out + i * s->ldo, above + r * s->ldo, s->ldo * sizeof(float));
    memcpy(log_sum + i * s->heads, s->log_sum + r * s->heads, s->heads * sizeof(float));
  }
  pg_attention_backward(count, positions, s->rows, s->heads, s->kv_heads, s->head_dim, s->scale, q,
                        s->ldq, s->keys, s->key_stride, s->values, s->value_stride, out, s->ldo,
                        log_sum, d_out, s->ldo, d_q, s->ldq, g.d_k, s->ldk, g.d_v, s->ldk,
                        s->scratch);
  for (size_t i = 0; i < count; i++) {
    memcpy(g.d_q + (size_t)positions[i] * s->ldq, d_q + i * s->ldq,
           s->heads * s->head_dim * sizeof(float));
  }
  return g;
}

static gradients backward(check *c, const sequence *s, const float *above) {
  int32_t everywhere[MOST_ROWS];
  for (size_t r = 0; r < s->rows; r++) everywhere[r] = (int32_t)r;
  return backward_of(c, s, above, s->rows, everywhere);
}

static int huge_scores_take_one_value(check *c) {
  // Up to where products of q and k leave the range, of both signs; the largest alone counts.
  const float sizes[] = {1e5f, 1e12f, 1e18f};
  for (size_t size = 0; size < 3; size++) {
    sequence s = make(c, 150, 2, 1, 20);
    for (size_t i = 0; i < s.rows * s.ldq; i++) s.q[i] *= sizes[size];
    for (size_t i = 0; i < s.rows * s.ldk; i++) s.k[i] *= sizes[size];
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    for (size_t r = 0; r < s.rows; r++) {
      for (size_t h = 0; h < s.heads; h++) {
        double best = -INFINITY;
        size_t at = 0;
        for (size_t j = 0; j <= r; j++) {
          double score = 0;
          for (size_t d = 0; d < s.head_dim; d++) {
            score += (double)s.q[r * s.ldq + h * s.head_dim + d] * (double)s.k[j * s.ldk + d];
          }
          if (score > best) {
            best = score;
            at = j;
          }
        }
        SAME(s.head_dim, s.out + r * s.ldo + h * s.head_dim, s.v + at * s.ldk,
             "row %zu of scores of %g", r, best);
      }
    }
    float *above = uniform(c, s.rows * s.ldo);
    gradients g = backward(c, &s, above);
    for (size_t i = 0; i < s.rows * s.ldk; i++) {
      REQUIRE(isfinite(g.d_v[i]), "gradient %zu of the values is %g", i, (double)g.d_v[i]);
    }
    RELEASE(0, "size %zu", size);
  }
  return 0;
}

// Some of the positions below `rows`: runs and single ones, in a third of the cases none.
static size_t some_positions(size_t i, size_t rows, int32_t *positions) {
  size_t count = 0;
  for (size_t r = 0; r < rows && i % 3 != 0; r++) {
    if ((r * (i + 5) / 7) % 3 != 1) positions[count++] = (int32_t)r;
  }
  return count;
}

static int backward_equals_reference(check *c) {
  for (size_t i = 0; i < SHAPES; i++) {
    sequence s = make_shape(c, i);
    float *above = uniform(c, s.rows * s.ldo);
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    gradients g[2];
    WITH_BOTH(c, g[pass] = backward(c, &s, above));
    SAME(s.rows * s.ldq, g[1].d_q, g[0].d_q, "query gradient of shape %zu", i);
    SAME(s.rows * s.ldk, g[1].d_k, g[0].d_k, "key gradient of shape %zu", i);
    SAME(s.rows * s.ldk, g[1].d_v, g[0].d_v, "value gradient of shape %zu", i);
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

static int some_queries_equal_reference(check *c) {
  for (size_t i = 0; i < SHAPES; i++) {
    sequence s = make_shape(c, i);
    float *above = uniform(c, s.rows * s.ldo);
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    int32_t positions[MOST_ROWS];
    const size_t count = some_positions(i, s.rows, positions);
    gradients g[2];
    WITH_BOTH(c, g[pass] = backward_of(c, &s, above, count, positions));
    SAME(s.rows * s.ldq, g[1].d_q, g[0].d_q, "query gradient of shape %zu", i);
    SAME(s.rows * s.ldk, g[1].d_k, g[0].d_k, "key gradient of shape %zu", i);
    SAME(s.rows * s.ldk, g[1].d_v, g[0].d_v, "value gradient of shape %zu", i);
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

static int other_queries_pass_nothing_on(check *c) {
  for (size_t i = 0; i < SHAPES; i++) {
    sequence s = make_shape(c, i);
    float *above = zeros(c, s.rows * s.ldo);
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    int32_t positions[MOST_ROWS];
    const size_t count = some_positions(i, s.rows, positions);
    for (size_t k = 0; k < count; k++) {
      float *row = above + (size_t)positions[k] * s.ldo;
      for (size_t d = 0; d < s.ldo; d++) row[d] = next_uniform(c);
    }
    gradients some = backward_of(c, &s, above, count, positions), all = backward(c, &s, above);
    for (size_t k = 0; k < count; k++) {
      const size_t at = (size_t)positions[k] * s.ldq;
      SAME(s.ldq, some.d_q + at, all.d_q + at, "query gradient of shape %zu", i);
    }
    SAME(s.rows * s.ldk, some.d_k, all.d_k, "key gradient of shape %zu", i);
    SAME(s.rows * s.ldk, some.d_v, all.d_v, "value gradient of shape %zu", i);
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

static int empty_slots_count_for_nothing(check *c) {
  for (size_t i = 0; i < SHAPES; i++) {
    sequence s = make_shape(c, i);
    float *above = uniform(c, s.rows * s.ldo);
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    float *want = copy(c, s.rows * s.ldo, s.out);
    gradients clean = backward(c, &s, above);
    for (size_t k = 0; k < s.kv_heads * s.key_stride; k++) s.keys[k] = NAN;
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    gradients g = backward(c, &s, above);
    SAME(s.rows * s.ldo, s.out, want, "shape %zu", i);
    SAME(s.rows * s.ldq, g.d_q, clean.d_q, "query gradient of shape %zu", i);
    SAME(s.rows * s.ldk, g.d_k, clean.d_k, "key gradient of shape %zu", i);
    SAME(s.rows * s.ldk, g.d_v, clean.d_v, "value gradient of shape %zu", i);
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

static int backward_is_the_slope(check *c) {
  const double h = 1e-4;
  for (size_t i = 0; i < 6; i++) {
    sequence s = make_shape(c, i);
    float *above = uniform(c, s.rows * s.ldo);
    store(&s, 0, s.rows);
    attend(&s, 0, s.rows);
    gradients g = backward(c, &s, above);
    const float *got[] = {g.d_q, g.d_k, g.d_v};
    for (int which = 0; which < 3; which++) {
      size_t ld = which == 0 ? s.ldq : s.ldk;
      size_t width = (which == 0 ? s.heads : s.kv_heads) * s.head_dim;
      for (size_t sample = 0; sample < 24; sample++) {
        size_t at = sample * 7 % s.rows * ld + sample * 13 % width;
        double slope =
            (plain(&s, which, at, h, above, NULL) - plain(&s, which, at, -h, above, NULL)) /
            (2 * h);
        REQUIRE(fabs(got[which][at] - slope) < 2e-5, "shape %zu, input %d, element %zu: %g not %g",
                i, which, at, (double)got[which][at], slope);
      }
    }
    RELEASE(0, "shape %zu", i);
  }
  return 0;
}

const check_entry attention_checks[] = {
    {"attention equals its reference bit for bit", attention_equals_reference},
    {"attention one row at a time equals attention over all rows bit for bit",
     decoding_equals_prefill},
    {"attention is the softmax-weighted mean of the values", attention_is_attention},
    {"attention never sees the future, not even NaN", the_future_is_not_seen},
    {"attention's gradients equal their references bit for bit", backward_equals_reference},
    {"the gradients of some of attention's queries equal their references bit for bit",
     some_queries_equal_reference},
    {"queries left out of attention's gradients are those with no gradient above them, bit for bit",
     other_queries_pass_nothing_on},
    {"empty slots of a key panel are part of no result", empty_slots_count_for_nothing},
    {"attention of huge scores takes the value of the largest", huge_scores_take_one_value},
    {"attention's gradients are its slopes", backward_is_the_slope},
    {NULL, NULL},
};
