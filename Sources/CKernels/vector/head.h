// Softmax over a vocabulary: log-probabilities, entropy, their gradient, and drawing.

// max(u), then sum e^(u - max) and, when `with_entropy`, sum e^(u - max) (u - max).
// An impossible id (u = -inf) adds nothing to either.
typedef struct {
  float largest, total, weighted;
  // Where the block begins in which the maximum stands.
  size_t settled;
} softmax_sums;

// z * factor, where `unit` says that the factor is 1.
PG_INLINE v16 scaled(v16 z, v16 factor, const int unit) { return unit ? z : z * factor; }

PG_INLINE void add_weights(const int count, const v16 *below, const int with_entropy, v16 *total,
                           v16 *weighted, v16 *weights) {
  exponentials_below(count, below, weights);
  PG_UNROLL for (int v = 0; v < count; v++) {
    *total += weights[v];
    if (!with_entropy) continue;
    *weighted = fused(weights[v], weights[v] > splat(0) ? below[v] : splat(0), *weighted);
  }
}

// Adds one block's weights; `next`, unless NULL, is a whole block that follows, whose maximum is
// found on the way, so that it comes from memory while this one is summed in the first cache.
PG_INLINE float add_block_weights(size_t n, const float *z, float inverse_temperature,
                                  const int unit, float shift, const float *next,
                                  const int with_entropy, v16 *total, v16 *weighted,
                                  float *weights) {
  const v16 factor = splat(inverse_temperature);
  v16 best = splat(-INFINITY), below[2], e[2];
  size_t i = 0;
  for (; i + 2 * PG_LANES <= n; i += 2 * PG_LANES) {
    PG_UNROLL for (size_t v = 0; v < 2; v++) {
      const size_t at = i + v * PG_LANES;
      if (next) {
        expect(next + at, PG_SOFTMAX_BLOCK / 4);
        best = larger(best, scaled(load(next + at), factor, unit));
      } else {
        expect(z + at, PG_SOFTMAX_BLOCK);  // most likely the rows that follow
      }
      below[v] = scaled(load(z + at), factor, unit) - splat(shift);
    }
    add_weights(2, below, with_entropy, total, weighted, e);
    if (weights) {
      PG_UNROLL for (size_t v = 0; v < 2; v++) store(weights + i + v * PG_LANES, e[v]);
    }
  }
  for (; i < n; i += PG_LANES) {
    // Lanes past the end weigh 0.
    float last[PG_LANES];
    store(last, splat(-INFINITY));
    const size_t count = smaller(n - i, PG_LANES);
    for (size_t j = 0; j < count; j++) last[j] = z[i + j] * inverse_temperature;
    below[0] = load(last) - splat(shift);
    add_weights(1, below, with_entropy, total, weighted, e);
    if (weights) store_part(weights + i, e[0], count);
  }
  return largest_lane(best);
}

// One pass over memory, block by block. Sums that stand when the maximum grows are brought to the
// new one. Writes e^(u - the maximum so far) to `weights` unless NULL. `unit` is a constant that says
// that the inverse temperature is 1.
PG_INLINE softmax_sums softmax_by(size_t n, const float *z, float inverse_temperature,
                                  const int unit, const int with_entropy, float *weights) {
  softmax_sums s = {.largest = -INFINITY};
  v16 total = splat(0), weighted = splat(0);
  float largest = largest_product(smaller(n, PG_SOFTMAX_BLOCK), z, inverse_temperature);
  for (size_t begin = 0; begin < n; begin += PG_SOFTMAX_BLOCK) {
    if (largest > s.largest) {
      if (begin > 0) {
        const float step = s.largest - largest, shrink = exponential1(step);
        if (with_entropy) {
          weighted = fused(splat(shrink > 0 ? step : 0), total, weighted) * splat(shrink);
        }
        total *= splat(shrink);
      }
      s.largest = largest;
      s.settled = begin;
    }
    const float shift = s.largest > -INFINITY ? s.largest : 0;
    const float *from = z + begin, *next = from + PG_SOFTMAX_BLOCK;
    float *to = weights ? weights + begin : NULL;
    const size_t left = n - begin;
    if (left >= 2 * PG_SOFTMAX_BLOCK) {
      largest = add_block_weights(PG_SOFTMAX_BLOCK, from, inverse_temperature, unit, shift, next,
                                  with_entropy, &total, &weighted, to);
    } else {
      add_block_weights(smaller(left, PG_SOFTMAX_BLOCK), from, inverse_temperature, unit, shift,
                        NULL, with_entropy, &total, &weighted, to);
      if (left > PG_SOFTMAX_BLOCK) {
        largest = largest_product(left - PG_SOFTMAX_BLOCK, next, inverse_temperature);
      }
    }
  }
  s.total = sum_lanes(total);
  s.weighted = sum_lanes(weighted);
  return s;
}
PG_INLINE softmax_sums softmax_of(size_t n, const float *z, float inverse_temperature,
                                  const int with_entropy, float *weights) {
  return inverse_temperature == 1
             ? softmax_by(n, z, inverse_temperature, 1, with_entropy, weights)
             : softmax_by(n, z, inverse_temperature, 0, with_entropy, weights);
}

// What remains to be done to an element of a softmax's row once its sums are known.
typedef enum { WEIGHT_AND_SCALE, SCALE, SHIFT } softmax_finish;

PG_INLINE v16 finished(const softmax_finish kind, v16 x, float shift, float factor) {
  if (kind == SCALE) return x * splat(factor);
  if (kind == SHIFT) return x - splat(shift);
  return exponential_below(x - splat(shift)) * splat(factor);
}

PG_INLINE void finish_part(const softmax_finish kind, const int streaming, size_t n,
                           const float *x, float shift, float factor, float *out) {
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    v16 y = finished(kind, load(x + i), shift, factor);
    if (streaming) {
      stream(out + i, y);
    } else {
      store(out + i, y);
    }
  }
  if (i < n) {
    store_part(out + i, finished(kind, load_part(x + i, n - i, shift), shift, factor), n - i);
  }
}

PG_INLINE void finish(const softmax_finish kind, int streaming, size_t n, const float *x,
                      float shift, float factor, float *out) {
  if (!streaming) {
    finish_part(kind, 0, n, x, shift, factor, out);
    return;
  }
  const size_t past = (uintptr_t)out % sizeof(v16) / sizeof(float);
  const size_t head = smaller(past ? PG_LANES - past : 0, n);
  finish_part(kind, 0, head, x, shift, factor, out);
  finish_part(kind, 1, n - head, x + head, shift, factor, out + head);
}

static void softmax(size_t rows, size_t width, const float *x, size_t ldx, float *out,
                    size_t ldo) {
  float block[PG_SOFTMAX_BLOCK];
  const int streaming = rows * width >= PG_STREAMING_COUNT && x != out;
  for (size_t r = 0; r < rows; r++, x += ldx, out += ldo) {
    if (width <= PG_SOFTMAX_BLOCK) {
      float *weights = streaming ? block : out;
      const softmax_sums s = softmax_of(width, x, 1, 0, weights);
      finish(SCALE, streaming, width, weights, 0, 1 / s.total, out);
    } else {
      const softmax_sums s = softmax_of(width, x, 1, 0, NULL);
      finish(WEIGHT_AND_SCALE, streaming, width, x, s.largest, 1 / s.total, out);
    }
  }
  if (streaming) flush_streams();
}

static void log_softmax(size_t rows, size_t width, const float *x, size_t ldx, float *out,
                        size_t ldo) {
  const int streaming = rows * width >= PG_STREAMING_COUNT && x != out;
  for (size_t r = 0; r < rows; r++, x += ldx, out += ldo) {
    const softmax_sums s = softmax_of(width, x, 1, 0, NULL);
    finish(SHIFT, streaming, width, x, s.largest + natural_log(s.total), 0, out);
  }
  if (streaming) flush_streams();
}

static void log_probabilities(size_t rows, size_t vocabulary, const float *logits, size_t ldz,
                              const float *inverse_temperature, const int32_t *targets,
                              float *log_probability, float *log_sum, float *entropy) {
  for (size_t r = 0; r < rows; r++) {
    const float *z = logits + r * ldz;
    softmax_sums s = entropy ? softmax_of(vocabulary, z, inverse_temperature[r], 1, NULL)
                             : softmax_of(vocabulary, z, inverse_temperature[r], 0, NULL);
    float log_total = natural_log(s.total);
    log_sum[r] = s.largest + log_total;
    log_probability[r] = z[targets[r]] * inverse_temperature[r] - log_sum[r];
    if (entropy) entropy[r] = log_total - s.weighted / s.total;
  }
}

// d/du[i] of  a * log_probability + b * entropy  but for the target's own +a:
//   p[i] * (-a - b (log p[i] + entropy))
PG_INLINE void logit_gradients(const int count, const v16 *u, float log_sum, float entropy,
                               float a, float b, const int with_entropy, v16 *gradient) {
  v16 log_p[2], p[2];
  PG_EACH log_p[v] = u[v] - splat(log_sum);
  exponentials_of(count, log_p, p);
  PG_EACH {
    const v16 safe = p[v] > splat(0) ? log_p[v] : splat(0);
    gradient[v] = with_entropy ? p[v] * fused(splat(-b), safe + splat(entropy), splat(-a))
                               : p[v] * splat(-a);
  }
}

PG_INLINE void row_gradient(size_t n, float *z, float inverse_temperature, int32_t target,
                            float log_sum, float entropy, float a, float b,
                            const int with_entropy) {
  const v16 factor = splat(inverse_temperature);
  v16 u[2] = {splat(z[target] * inverse_temperature)}, gradient[2];
  logit_gradients(1, u, log_sum, entropy, a, b, with_entropy, gradient);
  const float at_target = gradient[0].x;
  size_t i = 0;
  for (; i + 2 * PG_LANES <= n; i += 2 * PG_LANES) {
    PG_UNROLL for (size_t v = 0; v < 2; v++) u[v] = load(z + i + v * PG_LANES) * factor;
    logit_gradients(2, u, log_sum, entropy, a, b, with_entropy, gradient);
    PG_UNROLL for (size_t v = 0; v < 2; v++) store(z + i + v * PG_LANES, gradient[v] * factor);
  }
  for (; i < n; i += PG_LANES) {
    const size_t count = smaller(n - i, PG_LANES);
    u[0] = load_part(z + i, count, 0) * factor;
    logit_gradients(1, u, log_sum, entropy, a, b, with_entropy, gradient);
    store_part(z + i, gradient[0] * factor, count);
  }
  z[target] = (at_target + a) * inverse_temperature;
}

static void log_probabilities_backward(size_t rows, size_t vocabulary, float *logits, size_t ldz,
                                       const float *inverse_temperature, const int32_t *targets,
                                       const float *log_sum, const float *entropy,
                                       const float *d_log_probability, const float *d_entropy) {
  for (size_t r = 0; r < rows; r++) {
    float *z = logits + r * ldz;
    if (d_entropy) {
      row_gradient(vocabulary, z, inverse_temperature[r], targets[r], log_sum[r], entropy[r],
                   d_log_probability[r], d_entropy[r], 1);
    } else {
      row_gradient(vocabulary, z, inverse_temperature[r], targets[r], log_sum[r], 0,
                   d_log_probability[r], 0, 0);
    }
  }
}

// The sums of a row, and e^(u - max) of each element in `weights`.
PG_INLINE softmax_sums weighed(size_t n, const float *logits, float inverse_temperature,
                               float *weights) {
  const softmax_sums s = softmax_of(n, logits, inverse_temperature, 0, weights);
  // What stands before the maximum was weighed by a smaller one.
  for (size_t i = 0; i < s.settled; i += PG_LANES) {
    v16 u = load(logits + i) * splat(inverse_temperature);
    store(weights + i, exponential_below(u - splat(s.largest)));
  }
  return s;
}

static int32_t draw(size_t vocabulary, const float *logits, float temperature, float uniform,
                    float *log_probability, float *scratch) {
  float inverse_temperature = temperature > 0 ? 1 / temperature : 1;
  softmax_sums s = weighed(vocabulary, logits, inverse_temperature, scratch);
  // The largest logit itself weighs 1, so anything else means NaN, infinities or no id at all.
  if (!(s.total >= 1)) return -1;
  int32_t id = temperature > 0 ? draw_from_weights(vocabulary, scratch, 1 / s.total, uniform)
                               : first_equal(vocabulary, logits, s.largest);
  *log_probability = logits[id] * inverse_temperature - (s.largest + natural_log(s.total));
  return id;
}
