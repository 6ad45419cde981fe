// The clipped surrogate with its k3 penalty.

typedef struct {
  float value, minus_one, excess;
} exponential_parts;

// e^x, e^x - 1 and e^x - 1 - x for |x| <= PG_LOG_RATIO_LIMIT.
static exponential_parts exponential_in_parts(float x) {
  float shifted = fmaf(x, PG_EXP_LOG2_E, PG_EXP_SHIFT);
  float n = shifted - PG_EXP_SHIFT;
  float r = fmaf(n, -PG_EXP_LN2_HIGH, x);
  r = fmaf(n, -PG_EXP_LN2_LOW, r);
  float q = fmaf(PG_EXP_Q4, r, PG_EXP_Q3);
  q = fmaf(q, r, PG_EXP_Q2);
  q = fmaf(q, r, PG_EXP_Q1);
  q = fmaf(q, r, PG_EXP_Q0);
  float s = r * r * q, power = ldexpf(1, (int)n);
  return (exponential_parts){fmaf(power, r + s, power), fmaf(power, r + s, power - 1),
                             fmaf(power, s, fmaf(power, r, -x) + (power - 1))};
}

static float held(float x, float lower, float upper) {
  x = x > lower ? x : lower;
  return x < upper ? x : upper;
}

enum { surrogate, penalty, ratio_minus_one, k1, k3, advantages, clipped, dual_clipped, sum_count };

static int clipped_surrogate(size_t n, const pg_surrogate_settings *s, const float *current,
                             const float *old, const float *advantage, const float *reference,
                             float *gradient, pg_surrogate_sums *sums) {
  double totals[sum_count][PG_LANES] = {{0}};
  float lanes[sum_count][PG_LANES], largest = 0;
  int finite = 1;
  for (size_t i = 0; i < n; i++) {
    const size_t lane = i % PG_LANES;
    if (i % PG_SURROGATE_BLOCK == 0) memset(lanes, 0, sizeof lanes);
    const float difference = current[i] - old[i];
    const float d = held(difference, -PG_LOG_RATIO_LIMIT, PG_LOG_RATIO_LIMIT);
    const exponential_parts e = exponential_in_parts(d);
    const float cost = -advantage[i];
    const float capped = e.value < s->cap ? e.value : s->cap;
    const float in_range = held(e.value, s->lower, s->upper);
    const int worse = cost * in_range > cost * capped;
    const float bounded = worse ? in_range : capped;
    float loss = cost * bounded, slope = bounded == e.value && d == difference ? loss : 0;
    if (worse && in_range != e.value) lanes[clipped][lane] += 1;
    if (advantage[i] < 0 && cost * s->dual < loss) {
      loss = cost * s->dual;
      slope = 0;
      lanes[dual_clipped][lane] += 1;
    }
    gradient[i] = s->surrogate_scale * slope;
    lanes[surrogate][lane] += loss;
    lanes[ratio_minus_one][lane] += e.minus_one;
    lanes[k1][lane] -= d;
    lanes[k3][lane] += e.excess;
    lanes[advantages][lane] += advantage[i];
    if (e.value > largest) largest = e.value;
    if (reference) {
      const float distance = reference[i] - current[i];
      const float x = held(distance, -PG_LOG_RATIO_LIMIT, PG_LOG_RATIO_LIMIT);
      const exponential_parts p = exponential_in_parts(x);
      const int limited = p.excess > s->penalty_maximum;
      const float pull = x == distance && !limited ? -p.minus_one : 0;
      lanes[penalty][lane] += limited ? s->penalty_maximum : p.excess;
      gradient[i] = fmaf(s->penalty_scale, pull, gradient[i]);
      finite &= isfinite(reference[i]) != 0;
    }
    finite &= isfinite(current[i]) && isfinite(old[i]) && isfinite(advantage[i]) &&
              isfinite(loss) && isfinite(gradient[i]);
    if ((i + 1) % PG_SURROGATE_BLOCK == 0 || i + 1 == n) {
      for (size_t k = 0; k < sum_count; k++) {
        for (size_t l = 0; l < PG_LANES; l++) totals[k][l] += (double)lanes[k][l];
      }
    }
  }
  for (size_t k = 0; k < sum_count; k++) {
    for (size_t width = PG_LANES / 2; width > 0; width /= 2) {
      for (size_t l = 0; l < width; l++) totals[k][l] = totals[k][l] + totals[k][l + width];
    }
  }
  *sums = (pg_surrogate_sums){totals[surrogate][0],  totals[penalty][0], totals[ratio_minus_one][0],
                              totals[k1][0],         totals[k3][0],      totals[advantages][0],
                              totals[clipped][0],    totals[dual_clipped][0], largest};
  return finite;
}
