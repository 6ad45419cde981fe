// One AdamW step, and the sparse update of an embedding table.

static void scatter_add(size_t rows, size_t width, const float *d_out, const int32_t *ids,
                        float *d_table) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t i = 0; i < width; i++) {
      d_table[(size_t)ids[r] * width + i] += d_out[r * width + i];
    }
  }
}

static void adamw(size_t n, const float *w, const float *gradient, float *m, float *v,
                  float learning_rate, float beta1, float beta2, float epsilon, float decay,
                  float correction1, float correction2, float gradient_scale, float *out) {
  float rescale1 = 1 / correction1, rescale2 = 1 / correction2;
  for (size_t i = 0; i < n; i++) {
    float g = gradient_scale * gradient[i];
    m[i] = fmaf(beta1, m[i], (1 - beta1) * g);
    v[i] = fmaf(beta2, v[i], (1 - beta2) * g * g);
    float size = sqrtf(v[i] * rescale2) + epsilon;
    float update = fmaf(decay, w[i], m[i] * rescale1 / size);
    out[i] = fmaf(-learning_rate, update, w[i]);
  }
}
