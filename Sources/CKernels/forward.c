// The public functions: each calls the kernel of the instruction set in use.
#include <string.h>

#include "internal/dispatch.h"

void pg_matmul(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
               const float *bias, float *c, size_t ldc, int accumulate) {
  pg_current_kernels()->matmul(m, n, k, a, lda, packed, bias, c, ldc, accumulate);
}

void pg_matmul_rows(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                    size_t ldb, float *c, size_t ldc) {
  pg_current_kernels()->matmul_rows(m, n, k, a, lda, b, ldb, c, ldc);
}

void pg_matmul_outer(size_t m, size_t n, size_t t, const float *a, size_t lda, const float *b,
                     size_t ldb, float *d, size_t ldd, int accumulate, float *scratch) {
  pg_current_kernels()->matmul_outer(m, n, t, a, lda, b, ldb, d, ldd, accumulate, scratch);
}

void pg_matmul_bfloat16(size_t m, size_t n, size_t k, const float *a, size_t lda,
                        const uint16_t *packed, const float *bias, float *c, size_t ldc,
                        int accumulate) {
  pg_current_kernels()->matmul_bfloat16(m, n, k, a, lda, packed, bias, c, ldc, accumulate);
}

void pg_matmul_int8(size_t m, size_t n, size_t k, const float *a, size_t lda, const int8_t *packed,
                    const float *scales, const float *bias, float *c, size_t ldc, int accumulate) {
  pg_current_kernels()->matmul_int8(m, n, k, a, lda, packed, scales, bias, c, ldc, accumulate);
}

// Rounded rows begin with the set that made them, whose products read them, so that another one may be
// selected meanwhile.
static const pg_kernels *set_of_rows(const float *rounded) {
  const pg_kernels *set;
  memcpy(&set, rounded, sizeof set);
  return set;
}
static const pg_kernels *begin_rows(float *rounded) {
  const pg_kernels *set = pg_current_kernels();
  memcpy(rounded, &set, sizeof set);
  return set;
}

void pg_round_bfloat16(size_t m, size_t k, const float *a, size_t lda, float *rounded) {
  begin_rows(rounded)->round_bfloat16(m, k, a, lda, rounded + PG_LANES);
}

void pg_matmul_bfloat16_pairs(size_t m, size_t n, size_t k, const float *rounded,
                              const uint16_t *packed, const float *bias, float *c, size_t ldc,
                              int accumulate) {
  set_of_rows(rounded)->matmul_bfloat16_pairs(m, n, k, rounded + PG_LANES, packed, bias, c, ldc,
                                              accumulate);
}

void pg_round_int8(size_t m, size_t k, const float *a, size_t lda, float *rounded) {
  begin_rows(rounded)->round_int8(m, k, a, lda, rounded + PG_LANES);
}

void pg_matmul_int8_fours(size_t m, size_t n, size_t k, const float *rounded,
                          const uint8_t *packed, const float *scales, const float *bias, float *c,
                          size_t ldc, int accumulate) {
  set_of_rows(rounded)->matmul_int8_fours(m, n, k, rounded + PG_LANES, packed, scales, bias, c,
                                          ldc, accumulate);
}

void pg_sum_rows(size_t rows, size_t n, const float *a, size_t lda, float *out, int accumulate) {
  pg_current_kernels()->sum_rows(rows, n, a, lda, out, accumulate);
}

void pg_add(size_t n, const float *a, const float *b, float *out) {
  pg_current_kernels()->add(n, a, b, out);
}

void pg_multiply(size_t n, const float *a, const float *b, float *out) {
  pg_current_kernels()->multiply(n, a, b, out);
}

void pg_scale(size_t n, float s, const float *a, float *out) {
  pg_current_kernels()->scale(n, s, a, out);
}

void pg_axpy(size_t n, float s, const float *x, float *y) {
  pg_current_kernels()->axpy(n, s, x, y);
}

void pg_exp(size_t n, const float *x, float *out) {
  pg_current_kernels()->exp(n, x, out);
}
void pg_exp2(size_t n, const float *x, float *out) {
  pg_current_kernels()->exp2(n, x, out);
}

float pg_sum(size_t n, const float *x) {
  return pg_current_kernels()->sum(n, x);
}

float pg_dot(size_t n, const float *a, const float *b) {
  return pg_current_kernels()->dot(n, a, b);
}

float pg_max(size_t n, const float *x) {
  return pg_current_kernels()->max(n, x);
}

double pg_sum_of_squares(size_t n, const float *x) {
  return pg_current_kernels()->sum_of_squares(n, x);
}

int pg_all_finite(size_t n, const float *x) {
  return pg_current_kernels()->all_finite(n, x);
}

void pg_swiglu(size_t n, const float *gate, const float *up, float *out) {
  pg_current_kernels()->swiglu(n, gate, up, out);
}

void pg_swiglu_backward(size_t n, const float *gate, const float *up, const float *d_out,
                        float *d_gate, float *d_up) {
  pg_current_kernels()->swiglu_backward(n, gate, up, d_out, d_gate, d_up);
}

void pg_rms_norm(size_t rows, size_t width, const float *x, const float *weight, float epsilon,
                 float *y, float *inverse) {
  pg_current_kernels()->rms_norm(rows, width, x, weight, epsilon, y, inverse);
}

void pg_rms_norm_backward(size_t rows, size_t width, const float *x, const float *weight,
                          const float *inverse, const float *d_y, float *d_x, float *d_weight) {
  pg_current_kernels()->rms_norm_backward(rows, width, x, weight, inverse, d_y, d_x, d_weight);
}

void pg_rotary(size_t rows, size_t heads, size_t head_dim, const int32_t *positions,
               const float *cosines, const float *sines, int direction, float *x, size_t ldx) {
  pg_current_kernels()->rotary(rows, heads, head_dim, positions, cosines, sines, direction, x, ldx);
}

void pg_store_keys_values(size_t rows, size_t first, size_t kv_heads, size_t head_dim,
                          const float *k, size_t ldk, const float *v, size_t ldv, float *keys,
                          size_t key_stride, float *values, size_t value_stride) {
  pg_current_kernels()->store_keys_values(rows, first, kv_heads, head_dim, k, ldk, v, ldv, keys,
                                          key_stride, values, value_stride);
}

void pg_attention(size_t rows, size_t first, size_t heads, size_t kv_heads, size_t head_dim,
                  float scale, const float *q, size_t ldq, const float *keys, size_t key_stride,
                  const float *values, size_t value_stride, float *out, size_t ldo, float *log_sum,
                  float *scratch) {
  pg_current_kernels()->attention(rows, first, heads, kv_heads, head_dim, scale, q, ldq, keys,
                                  key_stride, values, value_stride, out, ldo, log_sum, scratch);
}

void pg_attention_backward(size_t rows, const int32_t *positions, size_t length, size_t heads,
                           size_t kv_heads, size_t head_dim, float scale, const float *q,
                           size_t ldq, const float *keys, size_t key_stride, const float *values,
                           size_t value_stride, const float *out, size_t ldo, const float *log_sum,
                           const float *d_out, size_t ldd_out, float *d_q, size_t ldd_q, float *d_k,
                           size_t ldd_k, float *d_v, size_t ldd_v, float *scratch) {
  pg_current_kernels()->attention_backward(
      rows, positions, length, heads, kv_heads, head_dim, scale, q, ldq, keys, key_stride, values,
      value_stride, out, ldo, log_sum, d_out, ldd_out, d_q, ldd_q, d_k, ldd_k, d_v, ldd_v, scratch);
}

void pg_scatter_add(size_t rows, size_t width, const float *d_out, const int32_t *ids,
                    float *d_table) {
  pg_current_kernels()->scatter_add(rows, width, d_out, ids, d_table);
}

void pg_softmax(size_t rows, size_t width, const float *x, size_t ldx, float *out, size_t ldo) {
  pg_current_kernels()->softmax(rows, width, x, ldx, out, ldo);
}

void pg_log_softmax(size_t rows, size_t width, const float *x, size_t ldx, float *out,
                    size_t ldo) {
  pg_current_kernels()->log_softmax(rows, width, x, ldx, out, ldo);
}

void pg_log_probabilities(size_t rows, size_t vocabulary, const float *logits, size_t ldz,
                          const float *inverse_temperature, const int32_t *targets,
                          float *log_probability, float *log_sum, float *entropy) {
  pg_current_kernels()->log_probabilities(rows, vocabulary, logits, ldz, inverse_temperature,
                                          targets, log_probability, log_sum, entropy);
}

void pg_log_probabilities_backward(size_t rows, size_t vocabulary, float *logits, size_t ldz,
                                   const float *inverse_temperature, const int32_t *targets,
                                   const float *log_sum, const float *entropy,
                                   const float *d_log_probability, const float *d_entropy) {
  pg_current_kernels()->log_probabilities_backward(rows, vocabulary, logits, ldz,
                                                   inverse_temperature, targets, log_sum, entropy,
                                                   d_log_probability, d_entropy);
}

int32_t pg_draw(size_t vocabulary, const float *logits, float temperature, float uniform,
                float *log_probability, float *scratch) {
  return pg_current_kernels()->draw(vocabulary, logits, temperature, uniform, log_probability,
                                    scratch);
}

int32_t pg_draw_truncated(size_t vocabulary, const float *logits, const pg_truncation *limits,
                          float uniform, float *log_probability, float *truncated, float *scratch,
                          int32_t *ids) {
  return pg_current_kernels()->draw_truncated(vocabulary, logits, limits, uniform, log_probability,
                                              truncated, scratch, ids);
}

size_t pg_top_k(size_t n, const float *x, size_t k, float *values, int32_t *ids) {
  return pg_current_kernels()->top_k(n, x, k, values, ids);
}

int pg_clipped_surrogate(size_t n, const pg_surrogate_settings *settings, const float *current,
                         const float *old, const float *advantage, const float *reference,
                         float *gradient, pg_surrogate_sums *sums) {
  return pg_current_kernels()->clipped_surrogate(n, settings, current, old, advantage, reference,
                                                 gradient, sums);
}

int pg_group_advantages(size_t groups, size_t size, const pg_group_settings *settings,
                        const float *scores, float *advantages) {
  return pg_current_kernels()->group_advantages(groups, size, settings, scores, advantages);
}

void pg_generalized_advantages(size_t rows, const ptrdiff_t *offsets, double discount, double decay,
                               const float *rewards, const float *values, float *advantages,
                               float *returns) {
  pg_current_kernels()->generalized_advantages(rows, offsets, discount, decay, rewards, values,
                                               advantages, returns);
}

void pg_adamw(size_t n, const float *w, const float *gradient, float *m, float *v,
              float learning_rate, float beta1, float beta2, float epsilon, float decay,
              float correction1, float correction2, float gradient_scale, float *out) {
  pg_current_kernels()->adamw(n, w, gradient, m, v, learning_rate, beta1, beta2, epsilon, decay,
                              correction1, correction2, gradient_scale, out);
}
