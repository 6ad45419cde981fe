// The set of kernels that one instruction set provides. Each file in instruction_sets/ defines one
// such table; dispatch.c picks one and the public functions call through it.
#ifndef PEREGRINE_KERNEL_TABLE_H
#define PEREGRINE_KERNEL_TABLE_H

#include "../include/CKernels.h"

typedef struct {
  pg_isa isa;
  __typeof__(pg_matmul) *matmul;
  __typeof__(pg_matmul_rows) *matmul_rows;
  __typeof__(pg_matmul_outer) *matmul_outer;
  __typeof__(pg_matmul_bfloat16) *matmul_bfloat16;
  __typeof__(pg_matmul_int8) *matmul_int8;
  __typeof__(pg_round_bfloat16) *round_bfloat16;
  __typeof__(pg_matmul_bfloat16_pairs) *matmul_bfloat16_pairs;
  __typeof__(pg_round_int8) *round_int8;
  __typeof__(pg_matmul_int8_fours) *matmul_int8_fours;
  __typeof__(pg_sum_rows) *sum_rows;
  __typeof__(pg_add) *add;
  __typeof__(pg_multiply) *multiply;
  __typeof__(pg_scale) *scale;
  __typeof__(pg_axpy) *axpy;
  __typeof__(pg_exp) *exp;
  __typeof__(pg_exp2) *exp2;
  __typeof__(pg_sum) *sum;
  __typeof__(pg_dot) *dot;
  __typeof__(pg_max) *max;
  __typeof__(pg_sum_of_squares) *sum_of_squares;
  __typeof__(pg_all_finite) *all_finite;
  __typeof__(pg_swiglu) *swiglu;
  __typeof__(pg_swiglu_backward) *swiglu_backward;
  __typeof__(pg_rms_norm) *rms_norm;
  __typeof__(pg_rms_norm_backward) *rms_norm_backward;
  __typeof__(pg_rotary) *rotary;
  __typeof__(pg_store_keys_values) *store_keys_values;
  __typeof__(pg_attention) *attention;
  __typeof__(pg_attention_backward) *attention_backward;
  __typeof__(pg_scatter_add) *scatter_add;
  __typeof__(pg_softmax) *softmax;
  __typeof__(pg_log_softmax) *log_softmax;
  __typeof__(pg_log_probabilities) *log_probabilities;
  __typeof__(pg_log_probabilities_backward) *log_probabilities_backward;
  __typeof__(pg_draw) *draw;
  __typeof__(pg_draw_truncated) *draw_truncated;
  __typeof__(pg_top_k) *top_k;
  __typeof__(pg_clipped_surrogate) *clipped_surrogate;
  __typeof__(pg_group_advantages) *group_advantages;
  __typeof__(pg_generalized_advantages) *generalized_advantages;
  __typeof__(pg_adamw) *adamw;
} pg_kernels;

extern const pg_kernels pg_kernels_reference;
extern const pg_kernels pg_kernels_portable;
#if defined(__aarch64__)
extern const pg_kernels pg_kernels_neon;
extern const pg_kernels pg_kernels_neon_dotprod;
#endif
#if defined(__x86_64__)
extern const pg_kernels pg_kernels_avx2;
extern const pg_kernels pg_kernels_avx512;
extern const pg_kernels pg_kernels_avx512vnni;
extern const pg_kernels pg_kernels_avx512bf16;
#endif

#endif
