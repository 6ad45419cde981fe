// Softmax over a vocabulary: log-probabilities, entropy, their gradient, and drawing.

typedef struct {
  float largest, total, weighted;
} softmax_sums;

static softmax_sums softmax_of(size_t n, const float *z, float inverse_temperature) {
  float largest = -INFINITY, total[PG_LANES] = {0}, weighted[PG_LANES] = {0};
  for (size_t begin = 0; begin < n; begin += PG_SOFTMAX_BLOCK) {
    const size_t end = smaller(begin + PG_SOFTMAX_BLOCK, n);
    const float before = largest;
    for (size_t i = begin; i < end; i++) {
      float u = z[i] * inverse_temperature;
      if (u > largest) largest = u;
    }
    if (begin > 0 && largest > before) {
      const float step = before - largest, shrink = exponential(step);
      for (size_t lane = 0; lane < PG_LANES; lane++) {
        weighted[lane] = fmaf(shrink > 0 ? step : 0, total[lane], weighted[lane]) * shrink;
        total[lane] *= shrink;
      }
    }
    const float shift = largest > -INFINITY ? largest : 0;
    for (size_t i = begin; i < end; i++) {
      float below = z[i] * inverse_temperature - shift, e = exponential(below);
      total[i % PG_LANES] += e;
      weighted[i % PG_LANES] = fmaf(e, e > 0 ? below : 0, weighted[i % PG_LANES]);
    }
  }
  return (softmax_sums){largest, joined(total), joined(weighted)};
}

static void softmax(size_t rows, size_t width, const float *x, size_t ldx, float *out,
                    size_t ldo) {
  for (size_t r = 0; r < rows; r++) {
    const softmax_sums s = softmax_of(width, x + r * ldx, 1);
    const float factor = 1 / s.total;
    for (size_t i = 0; i < width; i++) {
      out[r * ldo + i] = exponential(x[r * ldx + i] - s.largest) * factor;
    }
  }
}

static void log_softmax(size_t rows, size_t width, const float *x, size_t ldx, float *out,
                        size_t ldo) {
  for (size_t r = 0; r < rows; r++) {
    const softmax_sums s = softmax_of(width, x + r * ldx, 1);
    const float log_sum = s.largest + natural_log(s.total);
    for (size_t i = 0; i < width; i++) out[r * ldo + i] = x[r * ldx + i] - log_sum;
  }
}

static void log_probabilities(size_t rows, size_t vocabulary, const float *logits, size_t ldz,
                              const float *inverse_temperature, const int32_t *targets,
                              float *log_probability, float *log_sum, float *entropy) {
  for (size_t r = 0; r < rows; r++) {
    const float *z = logits + r * ldz;
    softmax_sums s = softmax_of(vocabulary, z, inverse_temperature[r]);
    float log_total = natural_log(s.total);
    log_sum[r] = s.largest + log_total;
    log_probability[r] = z[targets[r]] * inverse_temperature[r] - log_sum[r];
    if (entropy) entropy[r] = log_total - s.weighted / s.total;
  }
}

static void log_probabilities_backward(size_t rows, size_t vocabulary, float *logits, size_t ldz,
                                       const float *inverse_temperature, const int32_t *targets,
                                       const float *log_sum, const float *entropy,
                                       const float *d_log_probability, const float *d_entropy) {
  for (size_t r = 0; r < rows; r++) {
    float *z = logits + r * ldz;
    for (size_t i = 0; i < vocabulary; i++) {
      float log_p = z[i] * inverse_temperature[r] - log_sum[r], p = exponential(log_p);
      float factor = -d_log_probability[r];
      if (d_entropy) factor = fmaf(-d_entropy[r], (p > 0 ? log_p : 0) + entropy[r], factor);
      float gradient = p * factor;
      if ((size_t)targets[r] == i) gradient += d_log_probability[r];
      z[i] = gradient * inverse_temperature[r];
    }
  }
}

static int32_t draw(size_t vocabulary, const float *logits, float temperature, float uniform,
                    float *log_probability, float *scratch) {
  float inverse_temperature = temperature > 0 ? 1 / temperature : 1;
  softmax_sums s = softmax_of(vocabulary, logits, inverse_temperature);
  for (size_t i = 0; i < vocabulary; i++) {
    scratch[i] = exponential(logits[i] * inverse_temperature - s.largest);
  }
  if (!(s.total >= 1)) return -1;
  int32_t id = temperature > 0 ? draw_from_weights(vocabulary, scratch, 1 / s.total, uniform)
                               : first_equal(vocabulary, logits, s.largest);
  *log_probability = logits[id] * inverse_temperature - (s.largest + natural_log(s.total));
  return id;
}
