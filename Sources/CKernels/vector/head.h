// Softmax over a vocabulary: log-probabilities, entropy, their gradient, and drawing.

// max(u), then the lanes of sum e^(u - max) and, when `with_entropy`, of sum e^(u - max) (u - max).
// An impossible id (u = -inf) adds nothing to either.
typedef struct {
  float largest, total, weighted;
} softmax_sums;

PG_INLINE void add_weights(v16 u, float largest, const int with_entropy, v16 *total,
                           v16 *weighted, v16 *weights) {
  v16 below = u - splat(largest);
  v16 e = exponential(below);
  *total += e;
  if (with_entropy) *weighted = fused(e, e > splat(0) ? below : splat(0), *weighted);
  *weights = e;
}

// Writes e^(u - max) to `weights` unless NULL.
PG_INLINE softmax_sums softmax_of(size_t n, const float *z, float inverse_temperature,
                                  const int with_entropy, float *weights) {
  const v16 factor = splat(inverse_temperature);
  const float largest = largest_product(n, z, inverse_temperature);
  v16 total = splat(0), weighted = splat(0), e;
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    add_weights(load(z + i) * factor, largest, with_entropy, &total, &weighted, &e);
    if (weights) store(weights + i, e);
  }
  if (i < n) {
    // Lanes past the end weigh 0.
    float last[PG_LANES];
    store(last, splat(-INFINITY));
    for (size_t j = i; j < n; j++) last[j - i] = z[j] * inverse_temperature;
    add_weights(load(last), largest, with_entropy, &total, &weighted, &e);
    if (weights) store_part(weights + i, e, n - i);
  }
  return (softmax_sums){largest, sum_lanes(total), sum_lanes(weighted)};
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
PG_INLINE v16 logit_gradient(v16 u, float log_sum, float entropy, float a, float b,
                             const int with_entropy) {
  v16 log_p = u - splat(log_sum);
  v16 p = exponential(log_p);
  if (!with_entropy) return p * splat(-a);
  v16 safe = p > splat(0) ? log_p : splat(0);
  return p * fused(splat(-b), safe + splat(entropy), splat(-a));
}

PG_INLINE void row_gradient(size_t n, float *z, float inverse_temperature, int32_t target,
                            float log_sum, float entropy, float a, float b,
                            const int with_entropy) {
  const v16 factor = splat(inverse_temperature);
  float at_target = logit_gradient(splat(z[target] * inverse_temperature), log_sum, entropy, a, b,
                                   with_entropy)
                        .x;
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    v16 u = load(z + i) * factor;
    store(z + i, logit_gradient(u, log_sum, entropy, a, b, with_entropy) * factor);
  }
  if (i < n) {
    v16 u = load_part(z + i, n - i, 0) * factor;
    v16 gradient = logit_gradient(u, log_sum, entropy, a, b, with_entropy) * factor;
    store_part(z + i, gradient, n - i);
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

static int32_t draw(size_t vocabulary, const float *logits, float temperature, float uniform,
                    float *log_probability, float *scratch) {
  float inverse_temperature = temperature > 0 ? 1 / temperature : 1;
  softmax_sums s = softmax_of(vocabulary, logits, inverse_temperature, 0, scratch);
  // The largest logit itself weighs 1, so anything else means NaN, infinities or no id at all.
  if (!(s.total >= 1)) return -1;
  int32_t id = temperature > 0 ? draw_from_weights(vocabulary, scratch, 1 / s.total, uniform)
                               : first_equal(vocabulary, logits, s.largest);
  *log_probability = logits[id] * inverse_temperature - (s.largest + natural_log(s.total));
  return id;
}
