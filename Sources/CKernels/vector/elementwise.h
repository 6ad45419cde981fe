// Element-wise kernels and flat reductions.

static void add(size_t n, const float *a, const float *b, float *out) {
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) store(out + i, load(a + i) + load(b + i));
  for (; i < n; i++) out[i] = a[i] + b[i];
}

static void multiply(size_t n, const float *a, const float *b, float *out) {
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) store(out + i, load(a + i) * load(b + i));
  for (; i < n; i++) out[i] = a[i] * b[i];
}

static void scale(size_t n, float s, const float *a, float *out) {
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) store(out + i, splat(s) * load(a + i));
  for (; i < n; i++) out[i] = s * a[i];
}

static void axpy(size_t n, float s, const float *x, float *y) {
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    store(y + i, fused(splat(s), load(x + i), load(y + i)));
  }
  for (; i < n; i++) y[i] = fused1(s, x[i], y[i]);
}

static void exponentials(size_t n, const float *x, float *out) {
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) store(out + i, exponential(load(x + i)));
  if (i < n) store_part(out + i, exponential(load_part(x + i, n - i, 0)), n - i);
}

static void binary_exponentials(size_t n, const float *x, float *out) {
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) store(out + i, binary_exponential(load(x + i)));
  if (i < n) store_part(out + i, binary_exponential(load_part(x + i, n - i, 0)), n - i);
}

static float sum(size_t n, const float *x) {
  v16 lanes = splat(0);
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) lanes += load(x + i);
  if (i < n) lanes += load_part(x + i, n - i, 0);
  return sum_lanes(lanes);
}

static float dot(size_t n, const float *a, const float *b) {
  v16 lanes = splat(0);
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) lanes = fused(load(a + i), load(b + i), lanes);
  if (i < n) lanes = fused(load_part(a + i, n - i, 0), load_part(b + i, n - i, 0), lanes);
  return sum_lanes(lanes);
}

static float maximum(size_t n, const float *x) {
  v16 best = splat(-INFINITY), unordered = splat(0);
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    v16 v = load(x + i);
    best = larger(best, v);
    unordered = v != v ? v : unordered;
  }
  if (i < n) {
    v16 v = load_part(x + i, n - i, -INFINITY);
    best = larger(best, v);
    unordered = v != v ? v : unordered;
  }
  return sum_lanes(unordered) == 0 ? largest_lane(best) : NAN;
}

static double sum_of_squares(size_t n, const float *x) {
  d16 lanes = (d16)0.0;
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    d16 wide = __builtin_convertvector(load(x + i), d16);
    lanes += wide * wide;
  }
  if (i < n) {
    d16 wide = __builtin_convertvector(load_part(x + i, n - i, 0), d16);
    lanes += wide * wide;
  }
  return sum_lanes_double(lanes);
}

static int all_finite(size_t n, const float *x) {
  // x - x is 0 for a finite number, else NaN; NaN is sticky in the sum.
  v16 lanes = splat(0);
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    v16 v = load(x + i);
    lanes += v - v;
  }
  if (i < n) {
    v16 v = load_part(x + i, n - i, 0);
    lanes += v - v;
  }
  return sum_lanes(lanes) == 0;
}

// silu(z) = z * sigmoid(z).
PG_INLINE v16 sigmoid(v16 z) { return splat(1) / (splat(1) + exponential(-z)); }
PG_INLINE v16 gated(v16 gate, v16 up) { return gate * sigmoid(gate) * up; }

static void swiglu(size_t n, const float *gate, const float *up, float *out) {
  size_t i = 0;
  for (; i + PG_LANES <= n; i += PG_LANES) store(out + i, gated(load(gate + i), load(up + i)));
  if (i < n) {
    size_t rest = n - i;
    store_part(out + i, gated(load_part(gate + i, rest, 0), load_part(up + i, rest, 0)), rest);
  }
}

PG_INLINE void gated_gradient(v16 gate, v16 up, v16 d_out, v16 *d_gate, v16 *d_up) {
  v16 s = sigmoid(gate);
  *d_up = d_out * (gate * s);
  *d_gate = d_out * up * (s * fused(gate, splat(1) - s, splat(1)));
}

static void swiglu_backward(size_t n, const float *gate, const float *up, const float *d_out,
                            float *d_gate, float *d_up) {
  size_t i = 0;
  v16 gate_gradient, up_gradient;
  for (; i + PG_LANES <= n; i += PG_LANES) {
    gated_gradient(load(gate + i), load(up + i), load(d_out + i), &gate_gradient, &up_gradient);
    store(d_gate + i, gate_gradient);
    store(d_up + i, up_gradient);
  }
  if (i < n) {
    size_t rest = n - i;
    gated_gradient(load_part(gate + i, rest, 0), load_part(up + i, rest, 0),
                   load_part(d_out + i, rest, 0), &gate_gradient, &up_gradient);
    store_part(d_gate + i, gate_gradient, rest);
    store_part(d_up + i, up_gradient, rest);
  }
}
