#include "support.h"

static const size_t no_count = SIZE_MAX;

typedef struct {
  int32_t id;
  float log_probability, truncated;
} drawn;

static drawn draw_one(check *c, size_t n, const float *z, pg_truncation limits, float uniform) {
  drawn d = {.id = -2, .log_probability = 7, .truncated = 7};
  float *scratch = zeros(c, 2 * n);
  int32_t *ids = (int32_t *)(void *)zeros(c, n);
  d.id = pg_draw_truncated(n, z, &limits, uniform, &d.log_probability, &d.truncated, scratch, ids);
  return d;
}

// Logits with many ties, impossible ids and zeros of both signs.
static float *logits_of_kind(check *c, size_t n, int kind) {
  float *z = uniform(c, n);
  for (size_t i = 0; i < n; i++) {
    z[i] *= kind == 3 ? 0.01f : 12;
    if (kind == 1) z[i] = rintf(z[i] / 4) * 4;
    if (kind == 1 && z[i] == 0 && i % 2) z[i] = -0.0f;
    if (kind == 2) z[i] = i % 3 == 1 ? -INFINITY : rintf(z[i]);
  }
  if (kind == 2) z[n / 2] = 1;
  if (kind == 4) for (size_t i = 0; i < n; i++) z[i] = 2.5f;
  return z;
}

static const pg_truncation many_limits[] = {
    {1, no_count, 1, 0},        {1, 1, 1, 0},          {0.7f, 5, 1, 0},
    {2, 40, 1, 0},              {1, no_count, 0.9f, 0}, {1, no_count, 1e-6f, 0},
    {4, no_count, 0.999999f, 0}, {1, no_count, 1, 0.1f}, {3, no_count, 1, 1},
    {1, 50, 0.8f, 0.02f},       {0.5f, 700, 0.95f, 0}, {2, 30, 1, 0.05f},
    {1, no_count, 0.97f, 1e-3f}, {1000, 3000, 0.5f, 0},
};
enum { limit_count = sizeof many_limits / sizeof many_limits[0] };

static int truncated_draws_equal_reference(check *c) {
  for (size_t n = 1; n <= 9000; n += n < 70 ? 1 : n < 800 ? 241 : 2053) {
    for (int kind = 0; kind < 5; kind++) {
      float *z = logits_of_kind(c, n, kind);
      for (size_t l = 0; l < limit_count; l++) {
        const float share = 0.5f * (next_uniform(c) + 1);
        drawn d[2];
        const size_t mark = c->block_count;
        WITH_BOTH(c, d[pass] = draw_one(c, n, z, many_limits[l], share));
        REQUIRE(d[0].id == d[1].id && d[0].id >= 0, "%zu ids, kind %d, limits %zu: drew %d, not %d",
                n, kind, l, (int)d[1].id, (int)d[0].id);
        SAME((size_t)1, &d[1].log_probability, &d[0].log_probability, "%zu ids, limits %zu", n, l);
        SAME((size_t)1, &d[1].truncated, &d[0].truncated, "%zu ids, limits %zu, truncated", n, l);
        const float inverse = 1 / many_limits[l].temperature;
        float want, log_sum;
        pg_log_probabilities(1, n, z, n, &inverse, &d[1].id, &want, &log_sum, NULL);
        SAME((size_t)1, &d[1].log_probability, &want, "%zu ids, limits %zu, learning", n, l);
        REQUIRE(d[1].truncated <= 0, "a probability above 1");
        RELEASE(mark, "%zu ids, limits %zu", n, l);
      }
      RELEASE(0, "%zu ids", n);
    }
  }
  return 0;
}

// Whether id a goes before id b.
static int before(const float *z, size_t a, size_t b) {
  return z[a] > z[b] || (z[a] == z[b] && a < b);
}

// The probabilities that a draw should have, by sorting everything.
static void expected(size_t n, const float *z, pg_truncation limits, double *probability) {
  size_t order[64], kept = n;
  double weight[64], total = 0, sum = 0;
  for (size_t i = 0; i < n; i++) {
    size_t at = i;
    while (at > 0 && before(z, i, order[at - 1])) order[at] = order[at - 1], at--;
    order[at] = i;
  }
  for (size_t i = 0; i < n; i++) {
    weight[i] = exp((double)((z[i] - z[order[0]]) / limits.temperature));
    probability[i] = 0;
  }
  if (limits.top_k < kept) kept = limits.top_k;
  for (size_t i = 0; i < kept; i++) total += weight[order[i]];
  size_t nucleus = 0;
  while (nucleus < kept && sum < (double)limits.top_p * total) sum += weight[order[nucleus++]];
  kept = limits.top_p < 1 ? nucleus : kept;
  total = 0;
  for (size_t i = 0; i < kept; i++) {
    if (weight[order[i]] >= (double)limits.min_p) total += probability[order[i]] = weight[order[i]];
  }
  for (size_t i = 0; i < n; i++) probability[i] /= total;
}

static int truncated_draws_follow_a_naive_sort(check *c) {
  enum { steps = 1000 };
  for (size_t n = 1; n <= 37; n += 9) {
    for (int kind = 0; kind < 5; kind++) {
      float *z = logits_of_kind(c, n, kind);
      for (size_t l = 0; l < limit_count; l++) {
        double want[64], counts[64] = {0};
        expected(n, z, many_limits[l], want);
        for (int i = 0; i < steps; i++) {
          const size_t mark = c->block_count;
          const drawn d = draw_one(c, n, z, many_limits[l], ((float)i + 0.5f) / steps);
          RELEASE(mark, "%zu ids", n);
          REQUIRE(d.id >= 0 && want[d.id] > 0, "%zu ids, kind %d, limits %zu: drew %d, not kept", n,
                  kind, l, (int)d.id);
          REQUIRE(fabs((double)d.truncated - log(want[d.id])) < 4e-6, "log-probability %g, not %g",
                  (double)d.truncated, log(want[d.id]));
          counts[d.id] += 1.0 / steps;
        }
        for (size_t i = 0; i < n; i++) {
          REQUIRE(fabs(counts[i] - want[i]) < 2.0 / steps,
                  "%zu ids, kind %d, limits %zu: id %zu drawn %g, probability %g", n, kind, l, i,
                  counts[i], want[i]);
        }
      }
      RELEASE(0, "%zu ids", n);
    }
  }
  return 0;
}

// Weights 8, 4, 4, 2, 1, 1 of 20, not in order, and an impossible id. Logits are logarithms.
enum { by_hand = 7 };
static void logits_by_hand(float *z) {
  const float weights[by_hand] = {1, 4, 2, 8, 4, 1, 0};
  for (size_t i = 0; i < by_hand; i++) z[i] = logf(weights[i]);
}

static int truncated_draws_by_hand(check *c) {
  static const struct {
    pg_truncation limits;
    // Over what a weight is divided; 0 where an id is not kept.
    float kept[by_hand], total;
  } cases[] = {
      {{1, 1, 1, 0}, {0, 0, 0, 8, 0, 0, 0}, 8},
      {{1, 2, 1, 0}, {0, 4, 0, 8, 0, 0, 0}, 12},   // of two ties the lower id
      {{1, 3, 1, 0}, {0, 4, 0, 8, 4, 0, 0}, 16},
      {{1, 5, 1, 0}, {1, 4, 2, 8, 4, 0, 0}, 19},
      {{1, 6, 1, 0}, {1, 4, 2, 8, 4, 1, 0}, 20},   // the seventh can't be drawn
      {{1, 7, 1, 0}, {1, 4, 2, 8, 4, 1, 0}, 20},
      {{1, no_count, 0.39f, 0}, {0, 0, 0, 8, 0, 0, 0}, 8},
      {{1, no_count, 0.41f, 0}, {0, 4, 0, 8, 0, 0, 0}, 12},
      {{1, no_count, 0.79f, 0}, {0, 4, 0, 8, 4, 0, 0}, 16},
      {{1, no_count, 0.96f, 0}, {1, 4, 2, 8, 4, 1, 0}, 20},
      {{1, no_count, 1, 0.24f}, {0, 4, 2, 8, 4, 0, 0}, 18},
      {{1, no_count, 1, 0.49f}, {0, 4, 0, 8, 4, 0, 0}, 16},  // both of two ties
      {{1, no_count, 1, 1}, {0, 0, 0, 8, 0, 0, 0}, 8},
      // top_p counts what top_k kept (16, of which 8 and 4 are 0.75), not all 20.
      {{1, 3, 0.74f, 0}, {0, 4, 0, 8, 0, 0, 0}, 12},
      // min_p comes after top_p: 0.61 of 20 takes 8, 4 and 4; of the 16 that min_p leaves it would
      // take 8 and 4.
      {{1, no_count, 0.61f, 0.49f}, {0, 4, 0, 8, 4, 0, 0}, 16},
      {{1, no_count, 0.79f, 0.51f}, {0, 0, 0, 8, 0, 0, 0}, 8},
      {{1, 5, 0.9f, 0.24f}, {0, 4, 2, 8, 4, 0, 0}, 18},
      // At temperature 0.5 weights are squared: 64, 16, 16, 4, 1, 1 of 102.
      {{0.5f, 2, 1, 0}, {0, 16, 0, 64, 0, 0, 0}, 80},
      {{0.5f, no_count, 0.8f, 0}, {0, 16, 0, 64, 16, 0, 0}, 96},
      {{0.5f, no_count, 1, 0.24f}, {0, 16, 0, 64, 16, 0, 0}, 96},
  };
  float z[by_hand];
  logits_by_hand(z);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    float cumulated = 0;
    const float full = cases[i].limits.temperature < 1 ? 102 : 20;
    for (int32_t id = 0; id < by_hand; id++) {
      const float weight = cases[i].kept[id];
      if (weight == 0) continue;
      const size_t mark = c->block_count;
      const drawn d =
          draw_one(c, by_hand, z, cases[i].limits, (cumulated + weight / 2) / cases[i].total);
      RELEASE(mark, "case %zu", i);
      cumulated += weight;
      REQUIRE(d.id == id, "case %zu: drew %d, not %d", i, (int)d.id, (int)id);
      REQUIRE(fabsf(d.truncated - logf(weight / cases[i].total)) < 5e-7f,
              "case %zu, id %d: truncated %g", i, (int)id, (double)d.truncated);
      REQUIRE(fabsf(d.log_probability - logf(weight / full)) < 1e-6f,
              "case %zu, id %d: log-probability %g", i, (int)id, (double)d.log_probability);
    }
    REQUIRE(cumulated == cases[i].total, "case %zu is wrong itself", i);
  }
  return 0;
}

static int truncated_draws_at_the_edges(check *c) {
  enum { n = 100 };
  float *z = logits_of_kind(c, n, 0);
  float log_p, *scratch = zeros(c, n);
  for (int i = 0; i < 60; i++) {
    const size_t mark = c->block_count;
    const float share = 0.5f * (next_uniform(c) + 1);
    // What keeps everything draws as if there were no limit, and reports the same bits twice.
    const int32_t id = pg_draw(n, z, 1.5f, share, &log_p, scratch);
    const pg_truncation all[] = {{1.5f, n, 1, 0}, {1.5f, no_count, 2, 0}, {1.5f, n + 1, 1, 1e-30f}};
    for (int l = 0; l < 3; l++) {
      const drawn d = draw_one(c, n, z, all[l], share);
      REQUIRE(d.id == id, "limits %d that keep all drew %d, not %d", l, (int)d.id, (int)id);
      SAME((size_t)1, &d.log_probability, &log_p, "limits %d", l);
      SAME((size_t)1, &d.truncated, &log_p, "limits %d, truncated", l);
    }
    // What keeps one id draws the likeliest with probability 1.
    const int32_t best = pg_draw(n, z, 0, share, &log_p, scratch);
    const pg_truncation one[] = {{1.5f, 1, 1, 0}, {1.5f, no_count, FLT_MIN, 0},
                                 {1.5f, no_count, 1, 1}, {1.5f, 1, 1e-3f, 1}};
    for (int l = 0; l < 4; l++) {
      const drawn d = draw_one(c, n, z, one[l], share);
      REQUIRE(d.id == best, "limits %d that keep one drew %d, not %d", l, (int)d.id, (int)best);
      REQUIRE(d.truncated == 0, "limits %d: the log of 1 is %g", l, (double)d.truncated);
    }
    RELEASE(mark, "draw %d", i);
  }
  // Of equal logits the lowest ids are kept, by any limit but min_p, which keeps all.
  for (size_t i = 0; i < n; i++) z[i] = i % 2 ? 0.0f : -0.0f;
  const float last = 0x1.fffffep-1f;
  REQUIRE(draw_one(c, n, z, (pg_truncation){1, 10, 1, 0}, last).id == 9, "top-k of equals");
  REQUIRE(draw_one(c, n, z, (pg_truncation){1, no_count, 0.25f, 0}, last).id == 24,
          "top-p of equals");
  REQUIRE(draw_one(c, n, z, (pg_truncation){1, 10, 0.5f, 0}, last).id == 4, "both of equals");
  REQUIRE(draw_one(c, n, z, (pg_truncation){1, no_count, 1, 1}, last).id == 99, "min-p of equals");
  REQUIRE(draw_one(c, n, z, (pg_truncation){1, 10, 1, 0}, 1).id == 9, "a uniform of 1");
  RELEASE(2, "%s", "equals");
  // What pg_draw refuses.
  const pg_truncation limits = {1, 10, 0.9f, 0.01f};
  for (size_t at = 0; at < n; at += 33) {
    for (int bad = 0; bad < 2; bad++) {
      const float kept = z[at];
      z[at] = bad ? NAN : INFINITY;
      const drawn d = draw_one(c, n, z, limits, 0.5f);
      REQUIRE(d.id == -1 && d.log_probability == 7 && d.truncated == 7, "drew from %g at %zu",
              (double)z[at], at);
      z[at] = kept;
      RELEASE(2, "at %zu", at);
    }
  }
  for (size_t i = 0; i < n; i++) z[i] = -INFINITY;
  REQUIRE(draw_one(c, n, z, limits, 0.5f).id == -1, "drew from nothing");
  REQUIRE(draw_one(c, 0, z, limits, 0.5f).id == -1, "drew from an empty vocabulary");
  // One possible id.
  z[70] = -FLT_MAX;
  REQUIRE(draw_one(c, n, z, limits, 0.5f).id == 70, "missed the only possible id");
  // Huge logits, and a nucleus whose end lies far below the largest.
  for (size_t i = 0; i < n; i++) z[i] = i == 50 ? 3e38f : 1e38f;
  REQUIRE(draw_one(c, n, z, (pg_truncation){1, 10, 0.9f, 0}, last).id == 50, "huge logits");
  for (size_t i = 0; i < n; i++) z[i] = i == 50 ? 20 : -0.5f * (float)i;
  REQUIRE(draw_one(c, n, z, (pg_truncation){1, 4, 1, 0}, last).id == 50, "far below");
  REQUIRE(draw_one(c, n, z, (pg_truncation){1, 4, 1, 0}, 0).id == 50 ||
              draw_one(c, n, z, (pg_truncation){1, 4, 1, 0}, 0).id == 0,
          "far below, the first");
  return 0;
}

// Pearson's statistic over independent draws, against its 0.999 quantile for 7 degrees of freedom.
static int truncated_draws_pass_chi_square(check *c) {
  enum { n = 300, kept = 8, draws = 40000 };
  float *z = logits_of_kind(c, n, 0);
  for (size_t i = 0; i < n; i++) z[i] *= 0.2f;
  const pg_truncation limits = {0.9f, kept, 1, 0};
  double counts[n] = {0}, probability[n] = {0};
  const size_t mark = c->block_count;
  for (int i = 0; i < draws; i++) {
    const drawn d = draw_one(c, n, z, limits, 0.5f * (next_uniform(c) + 1));
    RELEASE(mark, "draw %d", i);
    counts[d.id]++;
    probability[d.id] = exp((double)d.truncated);
  }
  double statistic = 0, total = 0;
  size_t seen = 0;
  for (size_t i = 0; i < n; i++) {
    if (counts[i] == 0) continue;
    seen++;
    total += probability[i];
    const double want = probability[i] * draws;
    statistic += (counts[i] - want) * (counts[i] - want) / want;
  }
  REQUIRE(seen == kept, "%zu ids were drawn, not %d", seen, kept);
  REQUIRE(fabs(total - 1) < 1e-6, "probabilities add up to %g", total);
  REQUIRE(statistic < 24.32, "chi-square %g", statistic);
  return 0;
}

const check_entry truncation_checks[] = {
    {"truncated draws equal their reference bit for bit, and learning's log-probability",
     truncated_draws_equal_reference},
    {"truncated draws keep what a naive sort keeps", truncated_draws_follow_a_naive_sort},
    {"truncated draws have the probabilities worked out by hand", truncated_draws_by_hand},
    {"truncated draws handle one, all, ties, impossible ids and NaN", truncated_draws_at_the_edges},
    {"truncated draws pass a chi-square test", truncated_draws_pass_chi_square},
    {NULL, NULL},
};
