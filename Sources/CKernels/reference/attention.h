// Causal attention, one query after the other.

static float key_at(const float *keys, size_t head_dim, size_t j, size_t d) {
  return keys[j / PG_LANES * head_dim * PG_LANES + d * PG_LANES + j % PG_LANES];
}

static void store_keys_values(size_t rows, size_t first, size_t kv_heads, size_t head_dim,
                              const float *k, size_t ldk, const float *v, size_t ldv, float *keys,
                              size_t key_stride, float *values, size_t value_stride) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t h = 0; h < kv_heads; h++) {
      for (size_t d = 0; d < head_dim; d++) {
        const size_t j = first + r, panel = j / PG_LANES;
        keys[h * key_stride + (panel * head_dim + d) * PG_LANES + j % PG_LANES] =
            k[r * ldk + h * head_dim + d];
        values[h * value_stride + j * head_dim + d] = v[r * ldv + h * head_dim + d];
      }
    }
  }
}

static float score_of(size_t head_dim, const float *query, const float *keys, size_t j,
                      float factor) {
  float total = 0;
  for (size_t d = 0; d < head_dim; d++) {
    total = fmaf(query[d], key_at(keys, head_dim, j, d), total);
  }
  return total * factor;
}

static void attention(size_t rows, size_t first, size_t heads, size_t kv_heads, size_t head_dim,
                      float scale, const float *q, size_t ldq, const float *keys,
                      size_t key_stride, const float *values, size_t value_stride, float *out,
                      size_t ldo, float *log_sum, float *scratch) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t h = 0; h < heads; h++) {
      size_t kv_head = h / (heads / kv_heads), positions = first + r + 1;
      const float *query = q + r * ldq + h * head_dim;
      const float *key = keys + kv_head * key_stride, *value = values + kv_head * value_stride;
      for (size_t j = 0; j < positions; j++) {
        scratch[j] = score_of(head_dim, query, key, j, scale * PG_EXP_LOG2_E);
      }
      float largest = maximum(positions, scratch);
      for (size_t j = 0; j < positions; j++) scratch[j] = binary_exponential(scratch[j] - largest);
      float total = sum(positions, scratch);
      if (log_sum) log_sum[r * heads + h] = fmaf(natural_log(total), PG_EXP_LOG2_E, largest);
      float inverse = 1 / total;
      for (size_t d = 0; d < head_dim; d++) {
        float chain = 0;
        for (size_t j = 0; j < positions; j++) {
          chain = fmaf(scratch[j], value[j * head_dim + d], chain);
        }
        out[r * ldo + h * head_dim + d] = chain * inverse;
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
  (void)scratch;
  for (size_t j = 0; j < length; j++) {
    memset(d_k + j * ldd_k, 0, kv_heads * head_dim * sizeof(float));
    memset(d_v + j * ldd_v, 0, kv_heads * head_dim * sizeof(float));
  }
  for (size_t r = 0; r < rows; r++) {
    for (size_t h = 0; h < heads; h++) {
      size_t kv_head = h / (heads / kv_heads), at = h * head_dim, kv_at = kv_head * head_dim;
      const float *key = keys + kv_head * key_stride, *value = values + kv_head * value_stride;
      const float *query = q + r * ldq + at, *above = d_out + r * ldd_out + at;
      float *query_gradient = d_q + r * ldd_q + at;
      float delta = dot(head_dim, above, out + r * ldo + at);
      for (size_t d = 0; d < head_dim; d++) query_gradient[d] = 0;
      for (size_t j = 0; j <= (size_t)positions[r]; j++) {
        float score = score_of(head_dim, query, key, j, scale * PG_EXP_LOG2_E);
        float p = binary_exponential(score - log_sum[r * heads + h]);
        float dp = 0;
        for (size_t d = 0; d < head_dim; d++) dp = fmaf(above[d], value[j * head_dim + d], dp);
        float slope = p * (dp - delta) * scale;
        float *key_gradient = d_k + j * ldd_k + kv_at, *value_gradient = d_v + j * ldd_v + kv_at;
        for (size_t d = 0; d < head_dim; d++) {
          query_gradient[d] = fmaf(slope, key_at(key, head_dim, j, d), query_gradient[d]);
          key_gradient[d] = fmaf(slope, query[d], key_gradient[d]);
          value_gradient[d] = fmaf(p, above[d], value_gradient[d]);
        }
      }
    }
  }
}
