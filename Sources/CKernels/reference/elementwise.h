// Element-wise kernels.

static void add(size_t n, const float *a, const float *b, float *out) {
  for (size_t i = 0; i < n; i++) out[i] = a[i] + b[i];
}

static void multiply(size_t n, const float *a, const float *b, float *out) {
  for (size_t i = 0; i < n; i++) out[i] = a[i] * b[i];
}

static void scale(size_t n, float s, const float *a, float *out) {
  for (size_t i = 0; i < n; i++) out[i] = s * a[i];
}

static void axpy(size_t n, float s, const float *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = fmaf(s, x[i], y[i]);
}

static void exponentials(size_t n, const float *x, float *out) {
  for (size_t i = 0; i < n; i++) out[i] = exponential(x[i]);
}

static void binary_exponentials(size_t n, const float *x, float *out) {
  for (size_t i = 0; i < n; i++) out[i] = binary_exponential(x[i]);
}

static float sigmoid(float z) { return 1 / (1 + exponential(-z)); }

static void swiglu(size_t n, const float *gate, const float *up, float *out) {
  for (size_t i = 0; i < n; i++) out[i] = gate[i] * sigmoid(gate[i]) * up[i];
}

static void swiglu_backward(size_t n, const float *gate, const float *up, const float *d_out,
                            float *d_gate, float *d_up) {
  for (size_t i = 0; i < n; i++) {
    float s = sigmoid(gate[i]);
    d_up[i] = d_out[i] * (gate[i] * s);
    d_gate[i] = d_out[i] * up[i] * (s * fmaf(gate[i], 1 - s, 1));
  }
}
