// Gradients of attention.h: a block of queries after the other, each over all positions it sees.

// p = 2^(factor * score - log_sum) in place of scores, with factor = scale / ln 2,
// ds = scale * p * (dp - delta) in place of dp.
PG_INLINE void score_gradient(size_t n, float scale, float log_sum, float delta, float *scores,
                              float *dp) {
  const v16 factor = splat(scale * PG_EXP_LOG2_E), shift = splat(log_sum);
  v16 x[2], p[2];
  size_t j = 0;
  for (; j + PG_LANES < n; j += 2 * PG_LANES) {
    PG_UNROLL for (size_t v = 0; v < 2; v++) {
      x[v] = load(scores + j + v * PG_LANES) * factor - shift;
    }
    binary_exponentials_of(2, x, p);
    PG_UNROLL for (size_t v = 0; v < 2; v++) {
      const size_t at = j + v * PG_LANES;
      store(scores + at, p[v]);
      store(dp + at, p[v] * (load(dp + at) - splat(delta)) * splat(scale));
    }
  }
  if (j < n) {
    p[0] = binary_exponential(load(scores + j) * factor - shift);
    store(scores + j, p[0]);
    store(dp + j, p[0] * (load(dp + j) - splat(delta)) * splat(scale));
  }
}

// d[j] += chain over the queries limits[j] <= i < count of weights[i][j] * gathered[i]; limits
// ascend.
PG_INLINE void column_products(size_t positions, size_t count, const uint32_t *limits,
                               const float *weights, const float *gathered, size_t width,
                               size_t columns, float *d, size_t ldd) {
  product p = {
      .a = weights,
      .b = gathered,
      .b_step = width,
      .k = count,
      .c = d,
      .ldc = ldd,
      .columns = columns,
      .accumulate = 1,
      .limit = limits[positions - 1] > 0 ? limits : NULL,
  };
  product_of_rows(positions, PG_TILE_ROWS, 1,
                  p.limit ? ragged_down_of_height : scores_down_of_height, p);
}

// The keys of a head as rows and its values as panels: the other way round than they are stored.
PG_INLINE void turn_around(size_t rows, size_t head_dim, const float *keys, const float *values,
                           float *key_rows, float *value_panels) {
  const size_t width = round_up(head_dim, PG_LANES);
  for (size_t j = 0; j < rows; j += PG_LANES) {
    const size_t present = smaller(rows - j, PG_LANES);
    for (size_t d = 0; d < width; d += PG_LANES) {
      const size_t columns = smaller(head_dim - d, PG_LANES);
      v16 block[PG_LANES];
      for (size_t i = 0; i < PG_LANES; i++) {
        block[i] = i < columns ? load(keys + j * head_dim + (d + i) * PG_LANES) : splat(0);
      }
      transpose(block);
      for (size_t i = 0; i < PG_LANES; i++) store(key_rows + (j + i) * width + d, block[i]);
      for (size_t i = 0; i < PG_LANES; i++) {
        const float *from = values + (j + i) * head_dim + d;
        block[i] = i >= present          ? splat(0)
                   : columns == PG_LANES ? load(from)
                                         : load_part(from, columns, 0);
      }
      transpose(block);
      for (size_t i = 0; i < columns; i++) {
        store(value_panels + j * head_dim + (d + i) * PG_LANES, block[i]);
      }
    }
  }
}

static void attention_backward(size_t rows, const int32_t *positions, size_t length, size_t heads,
                               size_t kv_heads, size_t head_dim, float scale, const float *q,
                               size_t ldq, const float *keys, size_t key_stride,
                               const float *values, size_t value_stride, const float *out,
                               size_t ldo, const float *log_sum, const float *d_out,
                               size_t ldd_out, float *d_q, size_t ldd_q, float *d_k, size_t ldd_k,
                               float *d_v, size_t ldd_v, float *scratch) {
  attention_shape s = {positions, 0, heads / kv_heads, head_dim, 0};
  const size_t width = round_up(head_dim, PG_LANES), padded = round_up(length, PG_LANES);
  float *queries = scratch;
  float *above = queries + PG_GRADIENT_QUERIES * width;
  float *sums = above + PG_GRADIENT_QUERIES * width;
  float *key_rows = sums + PG_GRADIENT_QUERIES * width;
  float *value_panels = key_rows + padded * width;
  float *weights = value_panels + padded * width;
  float *slopes = weights + PG_GRADIENT_QUERIES * PG_SCORE_STRIDE;
  for (s.kv_head = 0; s.kv_head < kv_heads; s.kv_head++) {
    const float *key = keys + s.kv_head * key_stride;
    float *key_gradient = d_k + s.kv_head * head_dim;
    float *value_gradient = d_v + s.kv_head * head_dim;
    for (size_t j = 0; j < length; j++) {
      memset(key_gradient + j * ldd_k, 0, head_dim * sizeof(float));
      memset(value_gradient + j * ldd_v, 0, head_dim * sizeof(float));
    }
    if (rows == 0) continue;
    turn_around(seen_by(&s, (rows - 1) * s.group), head_dim, key, values + s.kv_head * value_stride,
                key_rows, value_panels);
    for (size_t begin = 0; begin < rows * s.group; begin += PG_GRADIENT_QUERIES) {
      const size_t count = smaller(rows * s.group - begin, PG_GRADIENT_QUERIES);
      uint32_t all[PG_GRADIENT_QUERIES];
      float delta[PG_GRADIENT_QUERIES], log_sums[PG_GRADIENT_QUERIES];
      seen_by_each(&s, begin, count, all);
      const size_t reach = all[count - 1];
      gather(&s, begin, count, q, ldq, queries, width);
      gather(&s, begin, count, d_out, ldd_out, above, width);
      for (size_t i = 0; i < count; i++) {
        delta[i] = dot(head_dim, query_row(&s, begin + i, d_out, ldd_out),
                       query_row(&s, begin + i, out, ldo));
        log_sums[i] = log_sum[row_of(&s, begin + i) * heads + head_of(&s, begin + i)];
      }
      for (size_t first = 0; first < reach; first += PG_SCORES) {
        const size_t here = smaller(reach - first, PG_SCORES), columns = round_up(here, PG_LANES);
        uint32_t seen[PG_GRADIENT_QUERIES], seeing[PG_SCORES];
        panel_products(&s, count, queries, width, key + first * head_dim, columns, weights);
        panel_products(&s, count, above, width, value_panels + first * head_dim, columns, slopes);
        seen_within(all, count, first, seen);
        for (size_t i = 0; i < count; i++) {
          score_gradient(seen[i], scale, log_sums[i], delta[i], weights + i * PG_SCORE_STRIDE,
                         slopes + i * PG_SCORE_STRIDE);
        }
        for (size_t j = 0, from = 0; j < here; j++) {
          while (all[from] <= first + j) from++;
          seeing[j] = (uint32_t)from;
        }
        row_products(count, slopes, seen, key_rows + first * width, width, first > 0, sums, width);
        column_products(here, count, seeing, slopes, queries, width, head_dim,
                        key_gradient + first * ldd_k, ldd_k);
        column_products(here, count, seeing, weights, above, width, head_dim,
                        value_gradient + first * ldd_v, ldd_v);
      }
      for (size_t i = 0; i < count; i++) {
        memcpy(d_q + row_of(&s, begin + i) * ldd_q + head_of(&s, begin + i) * head_dim,
               sums + i * width, head_dim * sizeof(float));
      }
    }
  }
}
