// Causal attention with grouped heads, forward and backward.
//
// The queries of one key-value head are taken in order of (row, head of the group), a block at a
// time, and every product is a call of products.h. Positions up to the first row of such a block
// are seen by all its queries and go through tiles; the few after it are added query by query, so
// that a masked position never enters a sum, not even as 0.

typedef struct {
  size_t first, group, head_dim, kv_head;
} attention_shape;

// Row and head of query i of a key-value head.
PG_INLINE size_t row_of(const attention_shape *s, size_t i) { return i / s->group; }
PG_INLINE size_t head_of(const attention_shape *s, size_t i) {
  return s->kv_head * s->group + i % s->group;
}
// Positions that query i sees.
PG_INLINE size_t seen_by(const attention_shape *s, size_t i) { return s->first + row_of(s, i) + 1; }

PG_INLINE const float *query_row(const attention_shape *s, size_t i, const float *x, size_t ldx) {
  return x + row_of(s, i) * ldx + head_of(s, i) * s->head_dim;
}

// gathered[i][d] = x of query begin + i, columns past head_dim zero.
PG_INLINE void gather(const attention_shape *s, size_t begin, size_t count, const float *x,
                             size_t ldx, float *gathered, size_t width) {
  for (size_t i = 0; i < count; i++) {
    const float *from = query_row(s, begin + i, x, ldx);
    float *to = gathered + i * width;
    size_t d = 0;
    for (; d + PG_LANES <= s->head_dim; d += PG_LANES) store(to + d, load(from + d));
    for (; d < width; d++) to[d] = d < s->head_dim ? from[d] : 0;
  }
}

// c[i][j] = chain over d of gathered[i][d] * panels[j / 16][d][j % 16] for `positions` (whole
// panels) columns j.
PG_INLINE void panel_products(const attention_shape *s, size_t count, const float *gathered,
                              size_t width, const float *panels, size_t positions, float *c) {
  product p = {
      .a = gathered,
      .row = width,
      .step = 1,
      .b = panels,
      .b_step = PG_LANES,
      .single = s->head_dim * PG_LANES,
      .pair = 2 * s->head_dim * PG_LANES,
      .k = s->head_dim,
      .c = c,
      .ldc = positions,
      .columns = positions,
  };
  product_across(count, p);
}

// c[i][d] = chain over the positions j that query begin + i sees of weights[i][j] * rows[j][d].
// Where rows hold no whole number of vectors (row_width < columns rounded up), the last columns
// run one by one.
PG_INLINE void row_products(const attention_shape *s, size_t begin, size_t count,
                            const float *weights, size_t positions, const float *rows,
                            size_t row_width, float *c, size_t ldc) {
  size_t columns = row_width / PG_LANES * PG_LANES;
  size_t common = seen_by(s, begin);
  if (columns > 0) {
    product p = {
        .a = weights,
        .row = positions,
        .step = 1,
        .b = rows,
        .b_step = row_width,
        .single = PG_LANES,
        .pair = 2 * PG_LANES,
        .k = common,
        .c = c,
        .ldc = ldc,
        .columns = columns,
    };
    product_across(count, p);
    p.accumulate = 1;
    p.b = rows + common * row_width;
    for (size_t i = 0; i < count; i++) {
      p.k = seen_by(s, begin + i) - common;
      if (p.k == 0) continue;
      p.a = weights + i * positions + common;
      p.c = c + i * ldc;
      product_across(1, p);
    }
  }
  for (size_t d = columns; d < row_width; d++) {
    for (size_t i = 0; i < count; i++) {
      float total = 0;
      for (size_t j = 0; j < seen_by(s, begin + i); j++) {
        total = fused1(weights[i * positions + j], rows[j * row_width + d], total);
      }
      c[i * ldc + d] = total;
    }
  }
}

// scores -> e^(scale * score - max) in place; returns the sum of the weights. The scores stand in
// whole vectors, of which n count.
PG_INLINE float weigh(size_t n, float *scores, float scale, float *largest) {
  const size_t whole = n / PG_LANES * PG_LANES;
  *largest = largest_product(n, scores, scale);
  v16 total = splat(0);
  size_t i = 0;
  for (; i < whole; i += PG_LANES) {
    v16 e = exponential(load(scores + i) * splat(scale) - splat(*largest));
    store(scores + i, e);
    total += e;
  }
  if (i < n) {
    v16 e = exponential(load(scores + i) * splat(scale) - splat(*largest));
    store(scores + i, e);
    total += first_lanes(n - i) ? e : splat(0);
  }
  return sum_lanes(total);
}

static void attention(size_t rows, size_t first, size_t heads, size_t kv_heads, size_t head_dim,
                      float scale, const float *q, size_t ldq, const float *keys,
                      size_t key_stride, const float *values, size_t value_stride, float *out,
                      size_t ldo, float *log_sum, float *scratch) {
  attention_shape s = {first, heads / kv_heads, head_dim, 0};
  const size_t width = round_up(head_dim, PG_LANES);
  float *gathered = scratch;
  float *sums = gathered + PG_QUERIES * width;
  float *scores = sums + PG_QUERIES * width;
  for (s.kv_head = 0; s.kv_head < kv_heads; s.kv_head++) {
    for (size_t begin = 0; begin < rows * s.group; begin += PG_QUERIES) {
      size_t count = smaller(rows * s.group - begin, PG_QUERIES);
      size_t positions = round_up(seen_by(&s, begin + count - 1), PG_LANES);
      float totals[PG_QUERIES];
      gather(&s, begin, count, q, ldq, gathered, width);
      panel_products(&s, count, gathered, width, keys + s.kv_head * key_stride, positions,
                     scores);
      for (size_t i = 0; i < count; i++) {
        float largest;
        totals[i] = weigh(seen_by(&s, begin + i), scores + i * positions, scale, &largest);
        if (log_sum) {
          log_sum[row_of(&s, begin + i) * heads + head_of(&s, begin + i)] =
              largest + natural_log(totals[i]);
        }
      }
      row_products(&s, begin, count, scores, positions, values + s.kv_head * value_stride,
                   head_dim, sums, width);
      for (size_t i = 0; i < count; i++) {
        float *to = out + row_of(&s, begin + i) * ldo + head_of(&s, begin + i) * head_dim;
        float inverse = 1 / totals[i];
        for (size_t d = 0; d < head_dim; d++) to[d] = sums[i * width + d] * inverse;
      }
    }
  }
}

// p = e^(scale * score - log_sum) in place of scores,
// ds = scale * p * (dp - delta) in place of dp.
PG_INLINE void score_gradient(size_t n, float scale, float log_sum, float delta, float *scores,
                              float *dp) {
  for (size_t j = 0; j < n; j += PG_LANES) {
    v16 p = exponential(load(scores + j) * splat(scale) - splat(log_sum));
    store(scores + j, p);
    store(dp + j, p * (load(dp + j) - splat(delta)) * splat(scale));
  }
}

// d[j] += chain over the queries i that see position j of weights[i][j] * gathered[i], for every
// position seen by the block.
PG_INLINE void column_products(const attention_shape *s, size_t begin, size_t count,
                               const float *weights, size_t positions, const float *gathered,
                               size_t width, float *d, size_t ldd) {
  product p = {
      .a = weights,
      .row = 1,
      .step = positions,
      .b = gathered,
      .b_step = width,
      .single = PG_LANES,
      .pair = 2 * PG_LANES,
      .k = count,
      .c = d,
      .ldc = ldd,
      .columns = s->head_dim,
      .accumulate = 1,
  };
  size_t common = seen_by(s, begin);
  product_down(common, p);
  size_t skipped = 0;
  for (size_t j = common; j < seen_by(s, begin + count - 1); j++) {
    while (seen_by(s, begin + skipped) <= j) skipped++;
    p.a = weights + skipped * positions + j;
    p.b = gathered + skipped * width;
    p.k = count - skipped;
    p.c = d + j * ldd;
    product_down(1, p);
  }
}

static void attention_backward(size_t rows, size_t heads, size_t kv_heads, size_t head_dim,
                               float scale, const float *q, size_t ldq, const float *keys,
                               size_t key_stride, const float *values, size_t value_stride,
                               const float *out, size_t ldo, const float *log_sum,
                               const float *d_out, size_t ldd_out, float *d_q, size_t ldd_q,
                               float *d_k, size_t ldd_k, float *d_v, size_t ldd_v,
                               float *scratch) {
  attention_shape s = {0, heads / kv_heads, head_dim, 0};
  const size_t width = round_up(head_dim, PG_LANES), padded = round_up(rows, PG_LANES);
  float *queries = scratch;
  float *above = queries + PG_GRADIENT_QUERIES * width;
  float *sums = above + PG_GRADIENT_QUERIES * width;
  float *key_rows = sums + PG_GRADIENT_QUERIES * width;
  float *value_panels = key_rows + padded * width;
  float *weights = value_panels + padded * width;
  float *slopes = weights + PG_GRADIENT_QUERIES * padded;
  for (s.kv_head = 0; s.kv_head < kv_heads; s.kv_head++) {
    // Keys as rows and values as panels: the other way round than they are stored.
    const float *key = keys + s.kv_head * key_stride;
    const float *value = values + s.kv_head * value_stride;
    if (width > head_dim) memset(key_rows, 0, padded * width * sizeof(float));
    if (padded > rows) memset(value_panels, 0, padded * head_dim * sizeof(float));
    for (size_t j = 0; j < padded; j += PG_LANES) {
      const size_t present = smaller(rows - j, PG_LANES);
      const float *key_panel = key + j * head_dim;
      float *value_panel = value_panels + j * head_dim;
      for (size_t d = 0; d < head_dim; d++) {
        for (size_t i = 0; i < PG_LANES; i++) {
          key_rows[(j + i) * width + d] = key_panel[d * PG_LANES + i];
        }
      }
      for (size_t i = 0; i < present; i++) {
        for (size_t d = 0; d < head_dim; d++) {
          value_panel[d * PG_LANES + i] = value[(j + i) * head_dim + d];
        }
      }
    }
    float *key_gradient = d_k + s.kv_head * head_dim;
    float *value_gradient = d_v + s.kv_head * head_dim;
    for (size_t j = 0; j < rows; j++) {
      memset(key_gradient + j * ldd_k, 0, head_dim * sizeof(float));
      memset(value_gradient + j * ldd_v, 0, head_dim * sizeof(float));
    }
    for (size_t begin = 0; begin < rows * s.group; begin += PG_GRADIENT_QUERIES) {
      size_t count = smaller(rows * s.group - begin, PG_GRADIENT_QUERIES);
      size_t positions = round_up(seen_by(&s, begin + count - 1), PG_LANES);
      gather(&s, begin, count, q, ldq, queries, width);
      gather(&s, begin, count, d_out, ldd_out, above, width);
      panel_products(&s, count, queries, width, key, positions, weights);
      panel_products(&s, count, above, width, value_panels, positions, slopes);
      for (size_t i = 0; i < count; i++) {
        float delta = dot(head_dim, query_row(&s, begin + i, d_out, ldd_out),
                          query_row(&s, begin + i, out, ldo));
        score_gradient(seen_by(&s, begin + i), scale,
                       log_sum[row_of(&s, begin + i) * heads + head_of(&s, begin + i)], delta,
                       weights + i * positions, slopes + i * positions);
      }
      row_products(&s, begin, count, slopes, positions, key_rows, width, sums, width);
      for (size_t i = 0; i < count; i++) {
        memcpy(d_q + row_of(&s, begin + i) * ldd_q + head_of(&s, begin + i) * head_dim,
               sums + i * width, head_dim * sizeof(float));
      }
      column_products(&s, begin, count, slopes, positions, queries, width, key_gradient, ldd_k);
      column_products(&s, begin, count, weights, positions, above, width, value_gradient,
                      ldd_v);
    }
  }
}
