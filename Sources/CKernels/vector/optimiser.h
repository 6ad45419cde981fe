// One AdamW step, and the sparse update of an embedding table.

static void scatter_add(size_t rows, size_t width, const float *d_out, const int32_t *ids,
                        float *d_table) {
  for (size_t r = 0; r < rows; r++) {
    float *to = d_table + (size_t)ids[r] * width;
    add(width, to, d_out + r * width, to);
  }
}

typedef struct {
  float learning_rate, beta1, beta2, epsilon, decay, rescale1, rescale2, gradient_scale;
} adamw_settings;

PG_INLINE void adamw_step(const adamw_settings *s, v16 gradient, v16 *w, v16 *m, v16 *v) {
  v16 g = splat(s->gradient_scale) * gradient;
  *m = fused(splat(s->beta1), *m, splat(1 - s->beta1) * g);
  *v = fused(splat(s->beta2), *v, splat(1 - s->beta2) * g * g);
  v16 size = root(*v * splat(s->rescale2)) + splat(s->epsilon);
  v16 update = fused(splat(s->decay), *w, *m * splat(s->rescale1) / size);
  *w = fused(splat(-s->learning_rate), update, *w);
}

static void adamw(size_t n, const float *w, const float *gradient, float *m, float *v,
                  float learning_rate, float beta1, float beta2, float epsilon, float decay,
                  float correction1, float correction2, float gradient_scale, float *out) {
  const adamw_settings s = {learning_rate, beta1,           beta2,           epsilon,
                            decay,         1 / correction1, 1 / correction2, gradient_scale};
  size_t i = 0;
  v16 weight, first, second;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    weight = load(w + i);
    first = load(m + i);
    second = load(v + i);
    adamw_step(&s, load(gradient + i), &weight, &first, &second);
    store(out + i, weight);
    store(m + i, first);
    store(v + i, second);
  }
  if (i < n) {
    size_t rest = n - i;
    weight = load_part(w + i, rest, 0);
    first = load_part(m + i, rest, 0);
    second = load_part(v + i, rest, 0);
    adamw_step(&s, load_part(gradient + i, rest, 0), &weight, &first, &second);
    store_part(out + i, weight, rest);
    store_part(m + i, first, rest);
    store_part(v + i, second, rest);
  }
}
