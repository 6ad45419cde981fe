// Root-mean-square norm and rotary position.

static void rms_norm(size_t rows, size_t width, const float *x, const float *weight, float epsilon,
                     float *y, float *inverse) {
  for (size_t r = 0; r < rows; r++, x += width, y += width) {
    float s = 1 / sqrtf(dot(width, x, x) / (float)width + epsilon);
    if (inverse) inverse[r] = s;
    for (size_t i = 0; i < width; i++) y[i] = x[i] * s * weight[i];
  }
}

static void rms_norm_backward(size_t rows, size_t width, const float *x, const float *weight,
                              const float *inverse, const float *d_y, float *d_x,
                              float *d_weight) {
  for (size_t r = 0; r < rows; r++, x += width, d_y += width, d_x += width) {
    float lanes[PG_LANES] = {0};
    for (size_t i = 0; i < width; i++) {
      lanes[i % PG_LANES] = fmaf(d_y[i] * weight[i], x[i], lanes[i % PG_LANES]);
    }
    float s = inverse[r], c = joined(lanes) * s * s * s / (float)width;
    for (size_t i = 0; i < width; i++) {
      d_x[i] += fmaf(-c, x[i], s * (d_y[i] * weight[i]));
      d_weight[i] = fmaf(d_y[i], x[i] * s, d_weight[i]);
    }
  }
}

static void rotary(size_t rows, size_t heads, size_t head_dim, const int32_t *positions,
                   const float *cosines, const float *sines, int direction, float *x,
                   size_t ldx) {
  size_t half = head_dim / 2;
  for (size_t r = 0; r < rows; r++) {
    for (size_t h = 0; h < heads; h++) {
      for (size_t i = 0; i < half; i++) {
        size_t entry = (size_t)positions[r] * half + i;
        float c = cosines[entry], s = direction < 0 ? -sines[entry] : sines[entry];
        float *first = x + r * ldx + h * head_dim + i, *second = first + half;
        float a = *first, b = *second;
        *first = fmaf(a, c, -(b * s));
        *second = fmaf(b, c, a * s);
      }
    }
  }
}
