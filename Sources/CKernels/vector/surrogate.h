// The clipped surrogate with its k3 penalty.

// e^x, e^x - 1 and e^x - 1 - x for |x| <= PG_LOG_RATIO_LIMIT, none of which loses its digits near
// x = 0. With e^r = 1 + r + s, e^x - 1 - x = 2^n s + (2^n r - x) + (2^n - 1), exact but for s where
// n is 0.
typedef struct {
  v16 value, minus_one, excess;
} exponential_parts;

PG_INLINE exponential_parts exponential_in_parts(v16 x) {
  v16 shifted = fused(x, splat(PG_EXP_LOG2_E), splat(PG_EXP_SHIFT));
  v16 n = shifted - splat(PG_EXP_SHIFT);
  v16 r = fused(n, splat(-PG_EXP_LN2_HIGH), x);
  r = fused(n, splat(-PG_EXP_LN2_LOW), r);
  v16 q = fused(splat(PG_EXP_Q4), r, splat(PG_EXP_Q3));
  q = fused(q, r, splat(PG_EXP_Q2));
  q = fused(q, r, splat(PG_EXP_Q1));
  q = fused(q, r, splat(PG_EXP_Q0));
  v16 s = r * r * q, power = splat(1);
  u16 bits, exponent;
  __builtin_memcpy(&bits, &power, sizeof bits);
  __builtin_memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 23;
  __builtin_memcpy(&power, &bits, sizeof power);
  v16 above = r + s, rest = power - splat(1);
  return (exponential_parts){fused(power, above, power), fused(power, above, rest),
                             fused(power, s, fused(power, r, -x) + rest)};
}

PG_INLINE v16 held(v16 x, float lower, float upper) {
  x = x > splat(lower) ? x : splat(lower);
  return x < splat(upper) ? x : splat(upper);
}

// Sums of one block.
typedef struct {
  v16 surrogate, penalty, ratio_minus_one, k1, k3, advantage, clipped, dual_clipped;
} surrogate_lanes;

// The same of all blocks, the largest ratio, and zeros unless something was not finite.
typedef struct {
  d16 surrogate, penalty, ratio_minus_one, k1, k3, advantage, clipped, dual_clipped;
  v16 largest_ratio, unordered;
} surrogate_totals;

// One vector of tokens; lanes that `inside` leaves out hold zeros and must not raise the maximum.
PG_INLINE v16 surrogate_step(const pg_surrogate_settings *s, const int with_penalty, v16 current,
                             v16 old, v16 advantage, v16 reference, i16 inside,
                             surrogate_lanes *lanes, surrogate_totals *totals) {
  v16 difference = current - old;
  v16 d = held(difference, -PG_LOG_RATIO_LIMIT, PG_LOG_RATIO_LIMIT);
  exponential_parts e = exponential_in_parts(d);
  v16 cost = -advantage;
  v16 capped = e.value < splat(s->cap) ? e.value : splat(s->cap);
  v16 in_range = held(e.value, s->lower, s->upper);
  v16 free = cost * capped, stopped = cost * in_range;
  i16 worse = stopped > free;
  v16 loss = worse ? stopped : free;
  v16 slope = (worse ? in_range : capped) == e.value ? loss : splat(0);
  slope = d == difference ? slope : splat(0);
  i16 clipped = worse & (in_range != e.value);
  v16 most = cost * splat(s->dual);
  i16 dual_clipped = (advantage < splat(0)) & (most < loss);
  loss = dual_clipped ? most : loss;
  slope = dual_clipped ? splat(0) : slope;
  v16 gradient = splat(s->surrogate_scale) * slope;

  lanes->surrogate += loss;
  lanes->ratio_minus_one += e.minus_one;
  lanes->k1 -= d;
  lanes->k3 += e.excess;
  lanes->advantage += advantage;
  lanes->clipped += clipped ? splat(1) : splat(0);
  lanes->dual_clipped += dual_clipped ? splat(1) : splat(0);
  totals->largest_ratio = larger(totals->largest_ratio, inside ? e.value : splat(0));
  // A product with 0 is 0 for a finite number, else NaN, which is sticky in the sum.
  totals->unordered = fused(current, splat(0), totals->unordered);
  totals->unordered = fused(old, splat(0), totals->unordered);
  totals->unordered = fused(loss, splat(0), totals->unordered);

  if (with_penalty) {
    v16 distance = reference - current;
    v16 x = held(distance, -PG_LOG_RATIO_LIMIT, PG_LOG_RATIO_LIMIT);
    exponential_parts p = exponential_in_parts(x);
    i16 limited = p.excess > splat(s->penalty_maximum);
    v16 pull = (x == distance) & ~limited ? -p.minus_one : splat(0);
    lanes->penalty += limited ? splat(s->penalty_maximum) : p.excess;
    gradient = fused(splat(s->penalty_scale), pull, gradient);
    totals->unordered = fused(reference, splat(0), totals->unordered);
  }
  totals->unordered = fused(advantage, splat(0), totals->unordered);
  totals->unordered = fused(gradient, splat(0), totals->unordered);
  return gradient;
}

PG_INLINE void add_block(surrogate_totals *totals, const surrogate_lanes *lanes) {
#define PG_ADD(name) totals->name += __builtin_convertvector(lanes->name, d16)
  PG_ADD(surrogate);
  PG_ADD(penalty);
  PG_ADD(ratio_minus_one);
  PG_ADD(k1);
  PG_ADD(k3);
  PG_ADD(advantage);
  PG_ADD(clipped);
  PG_ADD(dual_clipped);
#undef PG_ADD
}

PG_INLINE int surrogate_pass(size_t n, const pg_surrogate_settings *settings, const int with_penalty,
                             const float *current, const float *old, const float *advantage,
                             const float *reference, float *gradient, pg_surrogate_sums *sums) {
  surrogate_totals totals = {0};
  for (size_t begin = 0; begin < n; begin += PG_SURROGATE_BLOCK) {
    const size_t end = smaller(n, begin + PG_SURROGATE_BLOCK);
    surrogate_lanes lanes = {0};
    size_t i = begin;
    for (; i + PG_LANES <= end; i += PG_LANES) {
      v16 pull = surrogate_step(settings, with_penalty, load(current + i), load(old + i),
                                load(advantage + i),
                                with_penalty ? load(reference + i) : splat(0), (i16)(-1), &lanes,
                                &totals);
      store(gradient + i, pull);
    }
    if (i < end) {
      size_t rest = end - i;
      v16 pull = surrogate_step(settings, with_penalty, load_part(current + i, rest, 0),
                                load_part(old + i, rest, 0), load_part(advantage + i, rest, 0),
                                with_penalty ? load_part(reference + i, rest, 0) : splat(0),
                                first_lanes(rest), &lanes, &totals);
      store_part(gradient + i, pull, rest);
    }
    add_block(&totals, &lanes);
  }
  *sums = (pg_surrogate_sums){
      .surrogate = sum_lanes_double(totals.surrogate),
      .penalty = sum_lanes_double(totals.penalty),
      .ratio_minus_one = sum_lanes_double(totals.ratio_minus_one),
      .k1 = sum_lanes_double(totals.k1),
      .k3 = sum_lanes_double(totals.k3),
      .advantage = sum_lanes_double(totals.advantage),
      .clipped = sum_lanes_double(totals.clipped),
      .dual_clipped = sum_lanes_double(totals.dual_clipped),
      .largest_ratio = largest_lane(totals.largest_ratio),
  };
  return sum_lanes(totals.unordered) == 0;
}

static int clipped_surrogate(size_t n, const pg_surrogate_settings *settings, const float *current,
                             const float *old, const float *advantage, const float *reference,
                             float *gradient, pg_surrogate_sums *sums) {
  return reference ? surrogate_pass(n, settings, 1, current, old, advantage, reference, gradient,
                                    sums)
                   : surrogate_pass(n, settings, 0, current, old, advantage, NULL, gradient, sums);
}
