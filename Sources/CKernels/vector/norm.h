// Root-mean-square norm and rotary position.

static void rms_norm(size_t rows, size_t width, const float *x, const float *weight, float epsilon,
                     float *y, float *inverse) {
  for (size_t r = 0; r < rows; r++, x += width, y += width) {
    float mean = dot(width, x, x) / (float)width;
    float s = 1 / __builtin_sqrtf(mean + epsilon);
    if (inverse) inverse[r] = s;
    size_t i = 0;
    for (; i + PG_LANES <= width; i += PG_LANES) {
      store(y + i, load(x + i) * splat(s) * load(weight + i));
    }
    for (; i < width; i++) y[i] = x[i] * s * weight[i];
  }
}

// With g = d_y * weight and c = s^3 sum(g x) / width:  d_x += s g - c x,  d_weight += d_y (x s).
static void rms_norm_backward(size_t rows, size_t width, const float *x, const float *weight,
                              const float *inverse, const float *d_y, float *d_x,
                              float *d_weight) {
  for (size_t r = 0; r < rows; r++, x += width, d_y += width, d_x += width) {
    v16 lanes = splat(0);
    size_t i = 0;
    for (; i + PG_LANES <= width; i += PG_LANES) {
      lanes = fused(load(d_y + i) * load(weight + i), load(x + i), lanes);
    }
    if (i < width) {
      size_t rest = width - i;
      v16 g = load_part(d_y + i, rest, 0) * load_part(weight + i, rest, 0);
      lanes = fused(g, load_part(x + i, rest, 0), lanes);
    }
    float s = inverse[r];
    float c = sum_lanes(lanes) * s * s * s / (float)width;
    for (i = 0; i + PG_LANES <= width; i += PG_LANES) {
      v16 from = load(x + i), above = load(d_y + i);
      v16 gradient = fused(splat(-c), from, splat(s) * (above * load(weight + i)));
      store(d_x + i, load(d_x + i) + gradient);
      store(d_weight + i, fused(above, from * splat(s), load(d_weight + i)));
    }
    for (; i < width; i++) {
      d_x[i] += fused1(-c, x[i], s * (d_y[i] * weight[i]));
      d_weight[i] = fused1(d_y[i], x[i] * s, d_weight[i]);
    }
  }
}

static void rotary(size_t rows, size_t heads, size_t head_dim, const int32_t *positions,
                   const float *cosines, const float *sines, int direction, float *x,
                   size_t ldx) {
  size_t half = head_dim / 2;
  float sign = direction < 0 ? -1.0f : 1.0f;
  for (size_t r = 0; r < rows; r++) {
    const float *cosine = cosines + (size_t)positions[r] * half;
    const float *sine = sines + (size_t)positions[r] * half;
    for (size_t h = 0; h < heads; h++) {
      float *first = x + r * ldx + h * head_dim, *second = first + half;
      size_t i = 0;
      for (; i + PG_LANES <= half; i += PG_LANES) {
        v16 c = load(cosine + i), s = splat(sign) * load(sine + i);
        v16 a = load(first + i), b = load(second + i);
        store(first + i, fused(a, c, -(b * s)));
        store(second + i, fused(b, c, a * s));
      }
      for (; i < half; i++) {
        float c = cosine[i], s = sign * sine[i], a = first[i], b = second[i];
        first[i] = fused1(a, c, -(b * s));
        second[i] = fused1(b, c, a * s);
      }
    }
  }
}
