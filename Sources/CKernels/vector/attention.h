// Causal attention with grouped heads, and the products that its way back shares.
//
// The queries of one key-value head are taken in order of (row, head of the group), a block at a
// time, positions in blocks of PG_SCORES, and every product is a call of tile.h. A block sees
// positions in a staircase, which the products keep as limits of their chains: a masked position never
// enters a sum, not even as 0.

// Queries of a tile at most, unless an instruction set says fewer: the products are short.
#ifndef PG_QUERY_ROWS
#define PG_QUERY_ROWS PG_TILE_ROWS
#endif

static void store_keys_values(size_t rows, size_t first, size_t kv_heads, size_t head_dim,
                              const float *k, size_t ldk, const float *v, size_t ldv, float *keys,
                              size_t key_stride, float *values, size_t value_stride) {
  for (size_t r = 0; r < rows;) {
    const size_t position = first + r;
    // A whole panel at once where it is filled, else one position.
    const size_t step = position % PG_LANES == 0 && r + PG_LANES <= rows ? PG_LANES : 1;
    for (size_t h = 0; h < kv_heads; h++) {
      const float *key = k + r * ldk + h * head_dim;
      float *panel = keys + h * key_stride + position / PG_LANES * head_dim * PG_LANES;
      size_t d = 0;
      for (; step == PG_LANES && d + PG_LANES <= head_dim; d += PG_LANES) {
        v16 block[PG_LANES];
        for (size_t i = 0; i < PG_LANES; i++) block[i] = load(key + i * ldk + d);
        transpose(block);
        for (size_t i = 0; i < PG_LANES; i++) store(panel + (d + i) * PG_LANES, block[i]);
      }
      for (; d < head_dim; d++) {
        for (size_t i = 0; i < step; i++) {
          panel[d * PG_LANES + position % PG_LANES + i] = key[i * ldk + d];
        }
      }
      for (size_t i = 0; i < step; i++) {
        memcpy(values + h * value_stride + (position + i) * head_dim,
               v + (r + i) * ldv + h * head_dim, head_dim * sizeof(float));
      }
    }
    r += step;
  }
}

// Where the queries stand: row r at positions[r], or at first + r when that is NULL.
typedef struct {
  const int32_t *positions;
  size_t first, group, head_dim, kv_head;
} attention_shape;

// Row and head of query i of a key-value head.
PG_INLINE size_t row_of(const attention_shape *s, size_t i) { return i / s->group; }
PG_INLINE size_t head_of(const attention_shape *s, size_t i) {
  return s->kv_head * s->group + i % s->group;
}
// Positions that query i sees.
PG_INLINE size_t seen_by(const attention_shape *s, size_t i) {
  return (s->positions ? (size_t)s->positions[row_of(s, i)] : s->first + row_of(s, i)) + 1;
}

PG_INLINE void seen_by_each(const attention_shape *s, size_t begin, size_t count, uint32_t *seen) {
  for (size_t i = 0; i < count; i++) seen[i] = (uint32_t)seen_by(s, begin + i);
}

// The same of the positions of a block of scores that begins at `from`, given those of all.
PG_INLINE void seen_within(const uint32_t *all, size_t count, size_t from, uint32_t *seen) {
  for (size_t i = 0; i < count; i++) {
    seen[i] = all[i] > from ? (uint32_t)smaller(all[i] - from, PG_SCORES) : 0;
  }
}

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

// c[i][j] = chain over d of gathered[i][d] * panels[j / 16][d][j % 16] for `columns` (whole panels)
// of a block of scores.
PG_INLINE void panel_products(const attention_shape *s, size_t count, const float *gathered,
                              size_t width, const float *panels, size_t columns, float *c) {
  product p = {
      .a = gathered,
      .row = width,
      .b = panels,
      .single = s->head_dim * PG_LANES,
      .pair = 2 * s->head_dim * PG_LANES,
      .ahead = 2 * s->head_dim * PG_LANES,
      .k = s->head_dim,
      .c = c,
      .ldc = PG_SCORE_STRIDE,
      .columns = columns,
  };
  product_of_rows(count, PG_QUERY_ROWS, width, panels_across_of_height, p);
}

// c[i][d] (+)= chain over j < limits[i] of scores[i][j] * rows[j][d], limits ascending. Where rows
// hold no whole number of vectors, the last columns run one by one.
PG_INLINE void row_products(size_t count, const float *scores, const uint32_t *limits,
                            const float *rows, size_t row_width, int accumulate, float *c,
                            size_t ldc) {
  const size_t columns = row_width / PG_LANES * PG_LANES;
  const int even = limits[0] == limits[count - 1];
  if (columns > 0) {
    product p = {
        .a = scores,
        .b = rows,
        .b_step = row_width,
        .ahead = PG_STEPS_AHEAD * row_width,
        .k = limits[0],
        .c = c,
        .ldc = ldc,
        .columns = columns,
        .accumulate = accumulate,
        .limit = even ? NULL : limits,
    };
    product_of_rows(count, PG_QUERY_ROWS, PG_SCORE_STRIDE,
                    even ? scores_across_of_height : ragged_across_of_height,
                    p);
  }
  for (size_t d = columns; d < row_width; d++) {
    for (size_t i = 0; i < count; i++) {
      float total = accumulate ? c[i * ldc + d] : 0;
      for (size_t j = 0; j < limits[i]; j++) {
        total = fused1(scores[i * PG_SCORE_STRIDE + j], rows[j * row_width + d], total);
      }
      c[i * ldc + d] = total;
    }
  }
}

// best = the largest of factor * score and itself in each lane, of the first `seen` scores.
PG_INLINE void find_largest(size_t seen, float factor, const float *scores, float *best) {
  v16 largest = load(best);
  size_t j = 0;
  for (; j + PG_LANES <= seen; j += PG_LANES) {
    largest = larger(largest, load(scores + j) * splat(factor));
  }
  if (j < seen) {
    v16 u = load(scores + j) * splat(factor);
    largest = first_lanes(seen - j) ? larger(largest, u) : largest;
  }
  store(best, largest);
}

// score -> 2^(factor * score - largest) in place, and their sum in each lane of `totals`, of the
// first `seen` scores; what stands beside them in a vector is overwritten as well.
PG_INLINE void weigh(size_t seen, float factor, float largest, float *scores, float *totals) {
  const v16 scale = splat(factor), shift = splat(largest);
  v16 total = load(totals), below[2], e[2];
  size_t j = 0;
  for (; j + 2 * PG_LANES <= seen; j += 2 * PG_LANES) {
    PG_UNROLL for (size_t v = 0; v < 2; v++) {
      below[v] = load(scores + j + v * PG_LANES) * scale - shift;
    }
    binary_exponentials_below(2, below, e);
    PG_UNROLL for (size_t v = 0; v < 2; v++) {
      store(scores + j + v * PG_LANES, e[v]);
      total += e[v];
    }
  }
  for (; j < seen; j += PG_LANES) {
    e[0] = binary_exponential_below(load(scores + j) * scale - shift);
    store(scores + j, e[0]);
    total = first_lanes(seen - j) ? total + e[0] : total;
  }
  store(totals, total);
}

// Asks for the beginning of what a few queries will read next; what follows is asked for on the way.
PG_INLINE void expect_start(size_t queries, const float *from, size_t count) {
  if (!PG_WAITS_FOR_MEMORY(queries, SCORES)) return;
  for (size_t i = 0; i < count; i += PG_LANES) expect(from, i);
}

// Asks for a share of the rows that the block of queries from `begin` on writes and the next one reads,
// so that they come from memory during the block's products: of all positions that it sees, those from
// `from` on.
PG_INLINE void expect_queries(const attention_shape *s, size_t queries, size_t begin, size_t from,
                              size_t reach, const float *q, size_t ldq, float *out, size_t ldo) {
  const size_t first = from * PG_QUERIES / reach, share = PG_SCORES * PG_QUERIES / reach + 1;
  const size_t last = smaller(first + share, PG_QUERIES);
  for (size_t i = begin + first; i < begin + last; i++) {
    if (i + PG_QUERIES >= queries) return;
    const float *next = query_row(s, i + PG_QUERIES, q, ldq), *to = query_row(s, i, out, ldo);
    for (size_t d = 0; d < s->head_dim; d += PG_LANES) {
      expect_later(next, d);
      expect_write(to, d);
    }
  }
}

static void attention(size_t rows, size_t first, size_t heads, size_t kv_heads, size_t head_dim,
                      float factor, const float *q, size_t ldq, const float *keys,
                      size_t key_stride, const float *values, size_t value_stride, float *out,
                      size_t ldo, float *log_sum, float *scratch) {
  attention_shape s = {NULL, first, heads / kv_heads, head_dim, 0};
  const size_t width = round_up(head_dim, PG_LANES);
  factor *= PG_EXP_LOG2_E;
  float *gathered = scratch;
  float *sums = gathered + PG_QUERIES * width;
  float *scores = sums + PG_QUERIES * width;
  for (s.kv_head = 0; s.kv_head < kv_heads; s.kv_head++) {
    const float *key = keys + s.kv_head * key_stride;
    const float *value = values + s.kv_head * value_stride;
    for (size_t begin = 0; begin < rows * s.group; begin += PG_QUERIES) {
      const size_t count = smaller(rows * s.group - begin, PG_QUERIES);
      uint32_t all[PG_QUERIES], seen[PG_QUERIES];
      seen_by_each(&s, begin, count, all);
      const size_t reach = all[count - 1];
      // Of each lane of a query's scores.
      float best[PG_QUERIES][PG_LANES], lanes[PG_QUERIES][PG_LANES];
      // Of whole vectors of queries, so that their logarithms are taken together.
      float largest[PG_QUERY_LANES], totals[PG_QUERY_LANES], logarithms[PG_QUERY_LANES];
      for (size_t i = 0; i < PG_QUERY_LANES; i++) largest[i] = totals[i] = 1;
      for (size_t i = 0; i < count; i++) {
        store(best[i], splat(-INFINITY));
        store(lanes[i], splat(0));
      }
      gather(&s, begin, count, q, ldq, gathered, width);
      // A block of positions after the other, so that keys, values and scores are in the cache.
      float *block = scores;
      for (size_t from = 0; from < reach; from += PG_SCORES, block += PG_QUERIES * PG_SCORE_STRIDE) {
        const size_t columns = round_up(smaller(reach - from, PG_SCORES), PG_LANES);
        seen_within(all, count, from, seen);
        if (from == 0) expect_start(count, value, smaller(reach, PG_STEPS_AHEAD) * head_dim);
        panel_products(&s, count, gathered, width, key + from * head_dim, columns, block);
        for (size_t i = 0; i < count; i++) {
          find_largest(seen[i], factor, block + i * PG_SCORE_STRIDE, best[i]);
        }
      }
      for (size_t i = 0; i < count; i++) largest[i] = largest_lane(load(best[i]));
      block = scores;
      for (size_t from = 0; from < reach; from += PG_SCORES, block += PG_QUERIES * PG_SCORE_STRIDE) {
        seen_within(all, count, from, seen);
        for (size_t i = 0; i < count; i++) {
          weigh(seen[i], factor, largest[i], block + i * PG_SCORE_STRIDE, lanes[i]);
        }
        if (from == 0 && s.kv_head + 1 < kv_heads) {
          expect_start(count, key + key_stride, 2 * PG_LANES * head_dim);
        }
        expect_queries(&s, rows * s.group, begin, from, reach, q, ldq, out, ldo);
        row_products(count, block, seen, value + from * head_dim, head_dim, from > 0, sums, width);
      }
      for (size_t i = 0; i < count; i++) totals[i] = sum_lanes(load(lanes[i]));
      if (log_sum) {
        for (size_t i = 0; i < PG_QUERY_LANES; i += PG_LANES) {
          store(logarithms + i, fused(natural_logs(load(totals + i)), splat(PG_EXP_LOG2_E),
                                      load(largest + i)));
        }
        for (size_t i = 0; i < count; i++) {
          log_sum[row_of(&s, begin + i) * heads + head_of(&s, begin + i)] = logarithms[i];
        }
      }
      for (size_t i = 0; i < count; i++) {
        float *to = out + row_of(&s, begin + i) * ldo + head_of(&s, begin + i) * head_dim;
        scale(head_dim, 1 / totals[i], sums + i * width, to);
      }
    }
  }
}
