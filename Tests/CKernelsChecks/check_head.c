#include "support.h"

enum { rows = 5 };

typedef struct {
  size_t vocabulary, ldz;
  float *logits, *inverse_temperature;
  int32_t targets[rows];
} head;

static head make(check *c, size_t vocabulary, int with_impossible) {
  head s = {.vocabulary = vocabulary, .ldz = vocabulary + 3};
  s.logits = uniform(c, rows * s.ldz);
  s.inverse_temperature = zeros(c, rows);
  for (size_t r = 0; r < rows; r++) {
    s.inverse_temperature[r] = 0.5f + 0.4f * (float)r;
    s.targets[r] = (int32_t)((r * 7 + vocabulary - 1) % vocabulary);
    for (size_t i = 0; i < vocabulary; i++) {
      float *z = s.logits + r * s.ldz + i;
      *z *= 10;
      if (with_impossible && (i + r) % 5 == 3 && (int32_t)i != s.targets[r]) *z = -INFINITY;
    }
  }
  return s;
}

typedef struct {
  float *log_probability, *log_sum, *entropy;
} outcome;

static outcome evaluate(check *c, const head *s) {
  outcome o = {zeros(c, rows), zeros(c, rows), zeros(c, rows)};
  pg_log_probabilities(rows, s->vocabulary, s->logits, s->ldz, s->inverse_temperature, s->targets,
                       o.log_probability, o.log_sum, o.entropy);
  return o;
}

static int log_probabilities_equal_reference(check *c) {
  for (size_t vocabulary = 1; vocabulary <= 9000; vocabulary += vocabulary < 50 ? 1 : 607) {
    for (int impossible = 0; impossible < 2; impossible++) {
      head s = make(c, vocabulary, impossible);
      outcome o[2];
      WITH_BOTH(c, o[pass] = evaluate(c, &s));
      SAME((size_t)rows, o[1].log_probability, o[0].log_probability, "vocabulary %zu", vocabulary);
      SAME((size_t)rows, o[1].log_sum, o[0].log_sum, "log sum, %zu", vocabulary);
      SAME((size_t)rows, o[1].entropy, o[0].entropy, "entropy, %zu", vocabulary);
      float *plain = zeros(c, rows);
      pg_log_probabilities(rows, vocabulary, s.logits, s.ldz, s.inverse_temperature, s.targets,
                           plain, o[1].log_sum, NULL);
      SAME((size_t)rows, plain, o[0].log_probability, "without entropy, %zu", vocabulary);
      const float a[rows] = {1, -2, 0, 0.5f, 3}, b[rows] = {0.1f, 0, -1, 2, 0.01f};
      for (int with_entropy = 0; with_entropy < 2; with_entropy++) {
        float *d[2];
        WITH_BOTH(c, {
          d[pass] = copy(c, rows * s.ldz, s.logits);
          pg_log_probabilities_backward(rows, vocabulary, d[pass], s.ldz, s.inverse_temperature,
                                        s.targets, o[0].log_sum, with_entropy ? o[0].entropy : NULL,
                                        a, with_entropy ? b : NULL);
        });
        SAME(rows * s.ldz, d[1], d[0], "gradient, %zu", vocabulary);
      }
      RELEASE(0, "vocabulary %zu", vocabulary);
    }
  }
  return 0;
}

// a * log-probability + b * entropy of row r in double, with logit `at` moved by h.
static double plain(const head *s, size_t r, size_t at, double h, double a, double b,
                    double *log_sum) {
  const float *z = s->logits + r * s->ldz;
  double t = s->inverse_temperature[r], largest = -INFINITY, total = 0, entropy = 0;
  for (size_t i = 0; i < s->vocabulary; i++) {
    double u = (z[i] + (i == at ? h : 0)) * t;
    if (u > largest) largest = u;
  }
  for (size_t i = 0; i < s->vocabulary; i++) {
    total += exp((z[i] + (i == at ? h : 0)) * t - largest);
  }
  double log_total = largest + log(total);
  for (size_t i = 0; i < s->vocabulary; i++) {
    double log_p = (z[i] + (i == at ? h : 0)) * t - log_total;
    if (exp(log_p) > 0) entropy -= exp(log_p) * log_p;
  }
  size_t target = (size_t)s->targets[r];
  if (log_sum) *log_sum = log_total;
  return a * ((z[target] + (target == at ? h : 0)) * t - log_total) + b * entropy;
}

static int head_is_softmax(check *c) {
  const size_t none = (size_t)-1;
  const size_t sizes[] = {1, 2, 19, 64, 1000, 9001};
  for (size_t i = 0; i < 6; i++) {
    head s = make(c, sizes[i], (int)i % 2);
    outcome o = evaluate(c, &s);
    for (size_t r = 0; r < rows; r++) {
      double log_sum, log_p = plain(&s, r, none, 0, 1, 0, &log_sum);
      double entropy = plain(&s, r, none, 0, 0, 1, NULL);
      REQUIRE(fabs(o.log_sum[r] - log_sum) < 4e-6, "log sum %g, not %g", (double)o.log_sum[r],
              log_sum);
      REQUIRE(fabs(o.log_probability[r] - log_p) < 8e-6, "log-probability %g, not %g",
              (double)o.log_probability[r], log_p);
      REQUIRE(fabs(o.entropy[r] - entropy) < 4e-6, "entropy %g, not %g", (double)o.entropy[r],
              entropy);
    }
    const float a[rows] = {1, -2, 0, 0.5f, 3}, b[rows] = {0.1f, 0, -1, 2, 0.01f};
    float *d = copy(c, rows * s.ldz, s.logits);
    pg_log_probabilities_backward(rows, s.vocabulary, d, s.ldz, s.inverse_temperature, s.targets,
                                  o.log_sum, o.entropy, a, b);
    for (size_t r = 0; r < rows; r++) {
      for (size_t j = 0; j < s.vocabulary; j += 1 + s.vocabulary / 50) {
        if (isinf(s.logits[r * s.ldz + j])) {
          REQUIRE(d[r * s.ldz + j] == 0, "an impossible id has gradient %g",
                  (double)d[r * s.ldz + j]);
          continue;
        }
        const double h = 1e-4;
        double slope =
            (plain(&s, r, j, h, a[r], b[r], NULL) - plain(&s, r, j, -h, a[r], b[r], NULL)) / 2 / h;
        REQUIRE(fabs(d[r * s.ldz + j] - slope) < 1e-5, "vocabulary %zu, [%zu, %zu]: %g not %g",
                s.vocabulary, r, j, (double)d[r * s.ldz + j], slope);
      }
    }
    RELEASE(0, "vocabulary %zu", sizes[i]);
  }
  return 0;
}

static int draws_report_what_learning_sees(check *c) {
  const float temperatures[] = {0, 0.3f, 1, 0.7f, 2};
  for (size_t vocabulary = 1; vocabulary <= 9000; vocabulary += vocabulary < 40 ? 1 : 997) {
    for (size_t i = 0; i < 5; i++) {
      head s = make(c, vocabulary, (int)i % 2);
      float uniform_number = 0.5f * (next_uniform(c) + 1), got[2], log_sum, want;
      float *scratch = zeros(c, vocabulary);
      int32_t ids[2];
      WITH_BOTH(c, ids[pass] = pg_draw(vocabulary, s.logits, temperatures[i], uniform_number,
                                       &got[pass], scratch));
      REQUIRE(ids[0] == ids[1] && ids[0] >= 0, "drew %d, not %d", (int)ids[1], (int)ids[0]);
      SAME((size_t)1, got + 1, got, "vocabulary %zu", vocabulary);
      float inverse_temperature = temperatures[i] > 0 ? 1 / temperatures[i] : 1;
      pg_log_probabilities(1, vocabulary, s.logits, vocabulary, &inverse_temperature, ids, &want,
                           &log_sum, NULL);
      SAME((size_t)1, got, &want, "vocabulary %zu, temperature %g", vocabulary,
           (double)temperatures[i]);
      RELEASE(0, "vocabulary %zu", vocabulary);
    }
  }
  return 0;
}

static int draws_follow_the_distribution(check *c) {
  enum { vocabulary = 21, steps = 20000 };
  head s = make(c, vocabulary, 1);
  float log_p, *scratch = zeros(c, vocabulary);
  double counts[vocabulary] = {0};
  int32_t last = 0;
  for (int i = 0; i < steps; i++) {
    int32_t id = pg_draw(vocabulary, s.logits, 4, ((float)i + 0.5f) / steps, &log_p, scratch);
    REQUIRE(id >= last && id < vocabulary, "id %d after %d: not the cumulated order", (int)id,
            (int)last);
    last = id;
    counts[id] += 1.0 / steps;
  }
  float quarter = 0.25f, log_sum;
  for (int32_t id = 0; id < vocabulary; id++) {
    pg_log_probabilities(1, vocabulary, s.logits, vocabulary, &quarter, &id, &log_p, &log_sum,
                         NULL);
    REQUIRE(fabs(counts[id] - exp((double)log_p)) < 2.0 / steps, "id %d drawn %g, probability %g",
            (int)id, counts[id], exp((double)log_p));
  }
  return 0;
}

static int draws_at_the_edges(check *c) {
  float log_p = 7, scratch[40], z[40];
  for (size_t i = 0; i < 40; i++) z[i] = i == 9 || i == 30 ? 2 : -1;
  REQUIRE(pg_draw(40, z, 0, 0.9f, &log_p, scratch) == 9, "greedy does not take the first of ties");
  z[39] = 3;
  REQUIRE(pg_draw(40, z, 0, 0, &log_p, scratch) == 39, "greedy misses the last");
  for (size_t i = 0; i < 40; i++) z[i] = i == 5 || i == 8 ? 0 : -INFINITY;
  REQUIRE(pg_draw(40, z, 1, 0, &log_p, scratch) == 5, "the first possible id");
  REQUIRE(pg_draw(40, z, 1, 0.5f, &log_p, scratch) == 8, "a sum equal to uniform was enough");
  REQUIRE(pg_draw(40, z, 1, 0x1.fffffep-1f, &log_p, scratch) == 8, "the last possible id");
  REQUIRE(fabs(log_p + log(2)) < 1e-6, "log-probability %g", (double)log_p);
  REQUIRE(pg_draw(40, z, 1, 1, &log_p, scratch) == 8, "a uniform of 1 leaves the last");
  for (size_t at = 0; at < 40; at += 13) {
    float kept = z[at];
    z[at] = NAN;
    REQUIRE(pg_draw(40, z, 1, 0.5f, &log_p, scratch) == -1, "NaN at %zu was drawn from", at);
    REQUIRE(pg_draw(40, z, 0, 0.5f, &log_p, scratch) == -1, "greedy over NaN at %zu", at);
    z[at] = kept;
  }
  for (size_t i = 0; i < 40; i++) z[i] = -INFINITY;
  REQUIRE(pg_draw(40, z, 1, 0.5f, &log_p, scratch) == -1, "drew from nothing");
  REQUIRE(pg_draw(40, z, 0, 0.5f, &log_p, scratch) == -1, "greedy over nothing");
  REQUIRE(pg_draw(0, z, 1, 0.5f, &log_p, scratch) == -1, "drew from an empty vocabulary");
  return 0;
}

const check_entry head_checks[] = {
    {"log-probabilities and their gradients equal their references bit for bit",
     log_probabilities_equal_reference},
    {"log-probabilities and entropy are those of a softmax, the gradients their slopes",
     head_is_softmax},
    {"a draw reports bit for bit the log-probability that learning computes",
     draws_report_what_learning_sees},
    {"draws follow the distribution, in the order of ids", draws_follow_the_distribution},
    {"draws handle ties, impossible ids and NaN", draws_at_the_edges},
    {NULL, NULL},
};
