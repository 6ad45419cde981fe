// Hand-tuned kernels behind Peregrine's tensors.
//
// One rule holds for every function here: a result never depends on how many rows are computed
// together, on how the work is tiled, on the number of threads or on the instruction set. Products
// are chains of fused multiply-adds in the order of the summed index; every other sum runs in
// PG_LANES interleaved partial sums (element i goes to lane i mod PG_LANES) that are joined by one
// fixed tree. So the scalar reference, AVX2, AVX-512 and NEON give the same bits. (Integers add up
// exactly in any order; and products of bf16 by bf16 say below where they make an exception.)
//
// NaN reaches every result that it is an input of; which NaN's bits it arrives with is not fixed.
//
// Pointers need no alignment beyond that of float. Outputs must not overlap inputs unless a
// function says "in place". Sizes are elements, strides ("ld…") are elements between rows.
#ifndef PEREGRINE_CKERNELS_H
#define PEREGRINE_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Width of the virtual vector that fixes the order of sums.
#define PG_LANES 16
// Columns in a panel of a packed matrix.
#define PG_PANEL 32

// ---------------------------------------------------------------------------------------------
// Instruction sets

typedef enum {
  PG_ISA_REFERENCE = 0,  // plain scalar C, the definition of every result
  PG_ISA_PORTABLE = 1,   // vector code for whatever the compiler's baseline is
  PG_ISA_NEON = 2,
  PG_ISA_AVX2 = 3,
  PG_ISA_AVX512 = 4,
  PG_ISA_AVX512VNNI = 5,  // the same, and integers of 8 bits multiplied directly
  PG_ISA_AVX512BF16 = 6,  // the same, and bf16 too
  PG_ISA_NEON_DOTPROD = 7,  // NEON, and integers of 8 bits multiplied directly
  PG_ISA_LAST = PG_ISA_NEON_DOTPROD
} pg_isa;

// The set in use: the best the machine has, or the one named by the environment variable
// PEREGRINE_ISA (reference, portable, neon, avx2, avx512, avx512vnni, avx512bf16, neon-dotprod) when
// the machine has it.
pg_isa pg_current_isa(void);
// Whether this machine can run a set.
int pg_isa_available(pg_isa isa);
// Switches all following calls to a set; returns 0, or -1 if the machine lacks it. For tests.
int pg_select_isa(pg_isa isa);
// "avx512" and so on.
const char *pg_isa_name(pg_isa isa);

// ---------------------------------------------------------------------------------------------
// Waiting

// Tells the processor that this thread looks again and again for what another one does.
void pg_pause(void);
// Lets another thread have this processor.
void pg_yield(void);

// ---------------------------------------------------------------------------------------------
// Products

// Floats that the packed form of a [K x N] matrix takes: K * (N rounded up to PG_PANEL).
size_t pg_packed_count(size_t k, size_t n);

// Packs B[k][n] = b[k * k_stride + n * n_stride] into panels of PG_PANEL columns,
// [panel][k][PG_PANEL], missing columns zero.
void pg_pack(size_t k, size_t n, const float *b, ptrdiff_t k_stride, ptrdiff_t n_stride,
             float *packed);

// C[m][n] = init + sum over k of A[m][k] * B[k][n], one fma chain in ascending k per element,
// starting from C itself when accumulate != 0, else from bias[n] when bias is given, else from 0.
// Many rows take 150 kB of the stack.
void pg_matmul(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *packed,
               const float *bias, float *c, size_t ldc, int accumulate);

// The bits of pg_matmul from 0, of a B that lies in rows, B[k][n] = b[k * ldb + n]: for products so
// small, or of so few rows, that packing B would cost more than it saves. Takes 33 kB of the stack.
void pg_matmul_rows(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                    size_t ldb, float *c, size_t ldc);

// D[m][n] (+)= sum over t of A[t][m] * B[t][n], one fma chain in ascending t per element: the
// gradient of a weight. Starts from D when accumulate != 0, else from 0. `scratch` holds
// pg_matmul_outer_scratch_count(n, t) floats, half a megabyte at most. Takes 74 kB of the stack.
void pg_matmul_outer(size_t m, size_t n, size_t t, const float *a, size_t lda, const float *b,
                     size_t ldb, float *d, size_t ldd, int accumulate, float *scratch);
size_t pg_matmul_outer_scratch_count(size_t n, size_t t);

// out[n] (+)= sum over rows t of a[t][n], in ascending t. Starts from out when accumulate != 0.
void pg_sum_rows(size_t rows, size_t n, const float *a, size_t lda, float *out, int accumulate);

// ---------------------------------------------------------------------------------------------
// Products over narrow weights
//
// Weights take half or a quarter of the memory; A, sums and results stay floats. A weight counts as
// exactly the float that it stands for.

// pg_pack with every weight rounded to bf16: to nearest, ties to even. The error is at most 2^-8 of
// a weight whose magnitude is FLT_MIN or more, and 2^-134 below; from 0x1.ffp127 on it is infinite.
// NaN stays NaN. pg_packed_count(k, n) elements, [panel][k][PG_PANEL], where column j < PG_LANES of
// a panel stands at 2 j and column PG_LANES + j behind it.
void pg_pack_bfloat16(size_t k, size_t n, const float *b, ptrdiff_t k_stride, ptrdiff_t n_stride,
                      uint16_t *packed);

// pg_pack with every weight an integer in -127...127 times the scale of its column:
//   scales[n] = max(max over k of |B[k][n]| / 127, FLT_MIN)    integer = B[k][n] / scales[n]
// rounded to nearest, ties to even. The error is at most (1/2 + 2^-16) scales[n]. A column that holds
// NaN or an infinity has the scale NaN and integers 0. scales: n floats.
void pg_pack_int8(size_t k, size_t n, const float *b, ptrdiff_t k_stride, ptrdiff_t n_stride,
                  int8_t *packed, float *scales);

// pg_matmul over weights that pg_pack_bfloat16 packed: the bits of pg_matmul over the rounded ones.
void pg_matmul_bfloat16(size_t m, size_t n, size_t k, const float *a, size_t lda,
                        const uint16_t *packed, const float *bias, float *c, size_t ldc,
                        int accumulate);

// The same over weights that pg_pack_int8 packed. Integers q are summed, the scale comes last:
//   s = sum over k of A[m][k] * q[k][n], one fma chain in ascending k from 0
//   C[m][n] = fma(s, scales[n], init), init as for pg_matmul
void pg_matmul_int8(size_t m, size_t n, size_t k, const float *a, size_t lda, const int8_t *packed,
                    const float *scales, const float *bias, float *c, size_t ldc, int accumulate);

// ---------------------------------------------------------------------------------------------
// Products of narrow numbers
//
// Rows of A are rounded as well, so that processors which multiply narrow numbers directly can do so:
// two to four times as many products at once. How a set stores rounded rows is its own affair; they name
// the set that rounded them, and it reads them, whichever is in use by then.

// Floats that m rounded rows take, of either kind.
size_t pg_rounded_count(size_t m, size_t k);

// Rows of A as bf16: to nearest, ties to even; what is below 2^-126 then becomes zero. NaN stays NaN.
void pg_round_bfloat16(size_t m, size_t k, const float *a, size_t lda, float *rounded);

// Weights rounded like this, for pairs of k: pg_packed_pairs_count(k, n) elements,
// [panel][k / 2][PG_PANEL][2], what is missing zero.
size_t pg_packed_pairs_count(size_t k, size_t n);
void pg_pack_bfloat16_pairs(size_t k, size_t n, const float *b, ptrdiff_t k_stride,
                            ptrdiff_t n_stride, uint16_t *packed);

// C[m][n] = init + sum over k of A[m][k] * B[k][n], init as for pg_matmul: one chain of fused
// multiply-adds, of each pair of k the odd one first (a row of odd length ends in a zero). With
// AVX512-BF16 what init and sums on the way have below 2^-126 in magnitude is zero. `rounded` comes
// from pg_round_bfloat16, whatever m is.
void pg_matmul_bfloat16_pairs(size_t m, size_t n, size_t k, const float *rounded,
                              const uint16_t *packed, const float *bias, float *c, size_t ldc,
                              int accumulate);

// Rows of A as integers in -127...127 times a scale for each 32 of them:
//   scale = max(max |A| / 127, FLT_MIN)    integer = A * (1 / scale)
// rounded to nearest, ties to even. The error is at most (1/2 + 2^-15) scale. Where a block holds NaN
// or an infinity its scale is NaN, and so is all that comes of the row.
void pg_round_int8(size_t m, size_t k, const float *a, size_t lda, float *rounded);

// The weights of pg_pack_int8 with 128 added, for fours of k: pg_packed_fours_count(k, n) bytes,
// [panel][k / 4][PG_PANEL][4], k rounded up to 32, what is missing 128. scales: n floats.
size_t pg_packed_fours_count(size_t k, size_t n);
void pg_pack_int8_fours(size_t k, size_t n, const float *b, ptrdiff_t k_stride,
                        ptrdiff_t n_stride, uint8_t *packed, float *scales);

// Integers q are summed exactly in blocks of 32 k, the blocks t with their scales in ascending order,
// the scale of the column last:
//   s = fma(sum over k in block t of qA[m][k] * qB[k][n], scaleA[m][t], s) from 0
//   C[m][n] = fma(s, scales[n], init), init as for pg_matmul
// s is up to 127 times as large as what it stands for, so it overflows from |A| = FLT_MAX / 127 on.
// `rounded` comes from pg_round_int8, whatever m is.
void pg_matmul_int8_fours(size_t m, size_t n, size_t k, const float *rounded,
                          const uint8_t *packed, const float *scales, const float *bias, float *c,
                          size_t ldc, int accumulate);

// ---------------------------------------------------------------------------------------------
// Element-wise

void pg_add(size_t n, const float *a, const float *b, float *out);          // may be in place
void pg_multiply(size_t n, const float *a, const float *b, float *out);     // may be in place
void pg_scale(size_t n, float s, const float *a, float *out);               // may be in place
void pg_axpy(size_t n, float s, const float *x, float *y);                  // y = fma(s, x, y)
// e^x: error at most 1 unit in the last place on [-87.33654, 88.72283], where results are normal;
// 0 below (also for -inf), +inf above, NaN for NaN. Never a subnormal.
void pg_exp(size_t n, const float *x, float *out);                          // may be in place
// 2^x: error at most 1 unit in the last place on [-126, 128), where results are normal; 0 below (also
// for -inf), +inf from 128 on, NaN for NaN. Never a subnormal.
void pg_exp2(size_t n, const float *x, float *out);                         // may be in place
// Sum in lanes; see the rule above.
float pg_sum(size_t n, const float *x);
float pg_dot(size_t n, const float *a, const float *b);
// Largest element; NaN if any element is NaN; -inf when n is 0.
float pg_max(size_t n, const float *x);
// Sum of squares in double, lanes as above.
double pg_sum_of_squares(size_t n, const float *x);
// 1 when every element is finite.
int pg_all_finite(size_t n, const float *x);

// out = silu(gate) * up, silu(z) = z / (1 + e^-z).
void pg_swiglu(size_t n, const float *gate, const float *up, float *out);
// d_gate and d_up are overwritten.
void pg_swiglu_backward(size_t n, const float *gate, const float *up, const float *d_out,
                        float *d_gate, float *d_up);

// ---------------------------------------------------------------------------------------------
// Norm and rotary position

// y[r][i] = x[r][i] * s[r] * weight[i], s[r] = 1 / sqrt(mean(x[r]^2) + epsilon); s is written to
// inverse[r] unless NULL.
void pg_rms_norm(size_t rows, size_t width, const float *x, const float *weight, float epsilon,
                 float *y, float *inverse);
// d_x += gradient with respect to x; d_weight += gradient with respect to weight, rows ascending.
void pg_rms_norm_backward(size_t rows, size_t width, const float *x, const float *weight,
                          const float *inverse, const float *d_y, float *d_x, float *d_weight);

// Rotates pairs (x[i], x[i + d/2]) of every head by the angle of the row's position, in place.
//   x: rows of `heads * head_dim` floats, row stride ldx
//   positions[r]: index into the tables; cosines, sines: [position][head_dim / 2]
// direction +1 rotates forward, -1 back (the gradient).
void pg_rotary(size_t rows, size_t heads, size_t head_dim, const int32_t *positions,
               const float *cosines, const float *sines, int direction, float *x, size_t ldx);

// ---------------------------------------------------------------------------------------------
// Causal attention with grouped heads over one sequence
//
// Keys live in panels of PG_LANES positions, per key-value head:
//   keys[head][position / PG_LANES][d][position % PG_LANES]     head stride key_stride
// Values as rows:
//   values[head][position][d]                                   head stride value_stride
// so a sequence can grow in place. Floats needed per head for n positions: pg_key_count(n, d) and
// n * d. Slots of a panel beyond the last written position are read, but never part of a result.

size_t pg_key_count(size_t positions, size_t head_dim);

// Writes keys and values of `rows` consecutive positions from `first`.
//   k, v: rows of kv_heads * head_dim floats with row strides ldk, ldv
void pg_store_keys_values(size_t rows, size_t first, size_t kv_heads, size_t head_dim,
                          const float *k, size_t ldk, const float *v, size_t ldv, float *keys,
                          size_t key_stride, float *values, size_t value_stride);

// Scratch floats that attention over `positions` positions needs.
size_t pg_attention_scratch_count(size_t positions, size_t heads, size_t head_dim);

// For query row r (at position first + r) and head h, over positions j <= first + r:
//   score[j] = (scale * log2(e)) * (q . k[j])   fma chain over d, then one product
//   out = sum over j of 2^(score[j] - max) v[j], divided by the sum of 2^(...)
// which is the softmax of scale * (q . k[j]).
// heads % kv_heads == 0; head h reads key-value head h / (heads / kv_heads).
// log_sum[r * heads + h] = max + log2(sum), unless log_sum is NULL.
void pg_attention(size_t rows, size_t first, size_t heads, size_t kv_heads, size_t head_dim,
                  float scale, const float *q, size_t ldq, const float *keys, size_t key_stride,
                  const float *values, size_t value_stride, float *out, size_t ldo,
                  float *log_sum, float *scratch);

// Gradients of pg_attention for some queries of a sequence: query row r stands at positions[r],
// ascending, each below `length`. d_q is overwritten, and so are d_k and d_v, rows of kv_heads *
// head_dim floats for each of the `length` positions. Their chains run over the queries in ascending
// order of (row, head) and start from 0; a position that no query sees gets 0. `out` and `log_sum`
// are those of the forward call, row r those of query row r.
void pg_attention_backward(size_t rows, const int32_t *positions, size_t length, size_t heads,
                           size_t kv_heads, size_t head_dim, float scale, const float *q,
                           size_t ldq, const float *keys, size_t key_stride, const float *values,
                           size_t value_stride, const float *out, size_t ldo, const float *log_sum,
                           const float *d_out, size_t ldd_out, float *d_q, size_t ldd_q, float *d_k,
                           size_t ldd_k, float *d_v, size_t ldd_v, float *scratch);

// ---------------------------------------------------------------------------------------------
// Embedding and head

// out[r] = table[ids[r]].
void pg_gather(size_t rows, size_t width, const float *table, const int32_t *ids, float *out);
// d_table[ids[r]] += d_out[r], rows ascending.
void pg_scatter_add(size_t rows, size_t width, const float *d_out, const int32_t *ids,
                    float *d_table);

// How every softmax here sums e^u: over blocks of PG_SOFTMAX_BLOCK elements in lanes, each block
// with the largest u so far taken off; when a block raises it, the sums so far are multiplied by
// e^(old - new) first. A u of -inf weighs nothing; when there is no other, the sum is 0.
#define PG_SOFTMAX_BLOCK 4096

// out[r][i] = e^(x[r][i] - max) * (1 / total), total = the sum of e^(x[r][j] - max). Relative error
// at most (max - x[r][i] + width / PG_LANES + 32) 2^-24, in practice a few units in the last place;
// 0 where e^(x - max) would be subnormal. May be in place.
void pg_softmax(size_t rows, size_t width, const float *x, size_t ldx, float *out, size_t ldo);
// out[r][i] = x[r][i] - log_sum[r]: bit for bit what pg_log_probabilities gives for target i at the
// inverse temperature 1. May be in place.
void pg_log_softmax(size_t rows, size_t width, const float *x, size_t ldx, float *out, size_t ldo);

// For each row of logits z (vocabulary floats, stride ldz), with u = z * inverse_temperature[r]:
//   log_sum[r] = log sum e^u (the maximum taken off)    log_probability[r] = u[target] - log_sum
//   entropy[r] = -sum p log p, in nats, unless entropy is NULL
void pg_log_probabilities(size_t rows, size_t vocabulary, const float *logits, size_t ldz,
                          const float *inverse_temperature, const int32_t *targets,
                          float *log_probability, float *log_sum, float *entropy);

// Overwrites each row of logits with the gradient of
//   d_log_probability[r] * log_probability[r] + d_entropy[r] * entropy[r]
// d_entropy and entropy may both be NULL.
void pg_log_probabilities_backward(size_t rows, size_t vocabulary, float *logits, size_t ldz,
                                   const float *inverse_temperature, const int32_t *targets,
                                   const float *log_sum, const float *entropy,
                                   const float *d_log_probability, const float *d_entropy);

// Draws one id from one row of logits: the first id whose cumulated probability (ascending ids,
// summed one after the other) exceeds uniform in [0, 1); the last id of nonzero probability when
// rounding leaves none. temperature 0 takes the largest logit, ties to the lowest id. Returns the
// id, or -1 (*log_probability untouched) when a logit is NaN or +inf, all are -inf, or dividing by
// the temperature overflows; *log_probability is bit for bit what pg_log_probabilities gives for
// that id at the inverse temperature 1 / temperature (1 when greedy).
// scratch: vocabulary floats.
int32_t pg_draw(size_t vocabulary, const float *logits, float temperature, float uniform,
                float *log_probability, float *scratch);

// The ids that a truncated draw may draw, in this order of limits. Ids are ordered by their logit,
// the larger first, equal ones by ascending id; u = logit / temperature, an id weighs e^(u - max).
//   top_k   the first top_k ids, all when it is at least the vocabulary; at least 1
//   top_p   of these the shortest beginning with at least top_p of their weight; 1 or more for all
//   min_p   of these the ids that weigh at least min_p, which is their probability over the largest
//           one; 0 for all, at most 1
// So the first id is always kept. Weights are added as whole numbers of 2^-42, exactly.
typedef struct {
  float temperature;
  size_t top_k;
  float top_p, min_p;
} pg_truncation;

// Draws one id as pg_draw does, of the kept ids only, whose weights are divided by their sum.
// temperature is positive, the vocabulary at most 2^20. Writes two natural logarithms:
// *log_probability bit for bit as pg_draw does, over the whole vocabulary; *truncated over the kept
// ids: u - max - log(sum of kept weights), and *log_probability itself when all ids are kept; then
// the id too is that of pg_draw. Returns -1 where pg_draw does, with both untouched.
// scratch: 2 * vocabulary floats. ids: vocabulary elements, overwritten.
int32_t pg_draw_truncated(size_t vocabulary, const float *logits, const pg_truncation *limits,
                          float uniform, float *log_probability, float *truncated, float *scratch,
                          int32_t *ids);

// The k largest of n elements (all n when k is larger), the largest first: equal ones by ascending
// index, NaN before everything. Writes values and indices, returns how many. k is meant to be small
// beside n: one comparison turns most elements away.
size_t pg_top_k(size_t n, const float *x, size_t k, float *values, int32_t *ids);

// ---------------------------------------------------------------------------------------------
// Policy gradient

// The ratio's clip range, its cap and its dual clip (INFINITY for none), by what the gradients of
// surrogate and penalty are scaled, and the most a penalty may be (INFINITY for no end).
typedef struct {
  float lower, upper, cap, dual;
  float surrogate_scale, penalty_scale, penalty_maximum;
} pg_surrogate_settings;

// Sums over tokens: both losses unscaled, R - 1, -d, R - 1 - d, the advantages, how many tokens the
// range and the dual clip stopped; and the largest R, 0 for no token.
typedef struct {
  double surrogate, penalty, ratio_minus_one, k1, k3, advantage, clipped, dual_clipped;
  float largest_ratio;
} pg_surrogate_sums;

// Per token, with d = current - old and x = reference - current, both held within [-20, 20] with
// slope 0 outside, R = e^d and A the advantage:
//   surrogate = max(-A min(R, cap), -A clip(R, lower, upper))
//   surrogate = min(surrogate, -A dual)   where A < 0
//   penalty = min(e^x - x - 1, penalty_maximum)
//   gradient = surrogate_scale * d surrogate / d current + penalty_scale * d penalty / d current
// A bound that is reached has slope 0. There is no penalty when reference is NULL. Sums run in
// float lanes over blocks of PG_SURROGATE_BLOCK tokens, those of blocks in double lanes; *sums is
// overwritten. Returns 1, or 0 when an input that is read, a loss or a gradient is not finite.
#define PG_SURROGATE_BLOCK 256
int pg_clipped_surrogate(size_t n, const pg_surrogate_settings *settings, const float *current,
                         const float *old, const float *advantage, const float *reference,
                         float *gradient, pg_surrogate_sums *sums);

// By what a sum of squared distances is divided, what is added to the deviation, by what distances
// are multiplied, how small a deviation relative to the mean is none, and whether distances are
// divided by the deviation.
typedef struct {
  float divisor, epsilon, multiplier, tolerance;
  int scaled;
} pg_group_settings;

// Groups of `size` scores one after another, at most PG_GROUP_LIMIT each:
//   advantage = (score - mean) multiplier / (deviation + epsilon)
// or without the division; 0 where deviation <= tolerance |mean|. Sums are trees of neighbours.
// Returns 1, or 0 when a deviation or an advantage is not finite.
#define PG_GROUP_LIMIT 1024
int pg_group_advantages(size_t groups, size_t size, const pg_group_settings *settings,
                        const float *scores, float *advantages);

// Generalised advantages of `rows` terminated rows, row r from offsets[r] to offsets[r + 1]:
//   x[t] = rewards[t] + discount values[t + 1] - values[t]
//   A[t] = x[t] + decay A[t + 1]
//   returns[t] = A[t] + values[t]
// with nothing after a row's last token. Blocks of PG_LANES tokens, counted from the end of their
// row, join neighbours at distances 1, 2, 4 and 8 by powers of the decay, then add what follows the
// block. With n tokens to its row's end an advantage is off by at most 2^-24 (18 + n / 5) times the
// sum of decay^k (|rewards| + |values| + discount |following values|) of those. A row in which that
// leaves the range of float is computed again in double, token after token. A number that is not
// finite spreads to the start of its row.
void pg_generalized_advantages(size_t rows, const ptrdiff_t *offsets, double discount, double decay,
                               const float *rewards, const float *values, float *advantages,
                               float *returns);

// ---------------------------------------------------------------------------------------------
// Optimiser

// One AdamW step over flat arrays, all in one pass:
//   g = gradient_scale * gradient
//   m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g^2
//   out = w - learning_rate * (m / correction1 / (sqrt(v / correction2) + epsilon) + decay w)
// where dividing by a correction is multiplying by its rounded inverse. `out` may be `w` or
// `gradient`.
void pg_adamw(size_t n, const float *w, const float *gradient, float *m, float *v,
              float learning_rate, float beta1, float beta2, float epsilon, float decay,
              float correction1, float correction2, float gradient_scale, float *out);

#ifdef __cplusplus
}
#endif

#endif
