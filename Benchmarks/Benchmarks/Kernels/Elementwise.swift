internal import CKernels
internal import Measuring

/// Arithmetic on arrays that the second cache holds.
func elementwise() {
  let n = Size.elements
  benchmark("e^x of \(n)") {
    (x: Floats(normal: n, seed: 1), out: Floats(zeros: n))
  } call: {
    pg_exp(n, $0.x.base, $0.out.base)
  }
  benchmark("2^x of \(n)") {
    (x: Floats(normal: n, seed: 1), out: Floats(zeros: n))
  } call: {
    pg_exp2(n, $0.x.base, $0.out.base)
  }
  benchmark("SwiGLU of \(n)") {
    (gate: Floats(normal: n, seed: 1), up: Floats(normal: n, seed: 2), out: Floats(zeros: n))
  } call: {
    pg_swiglu(n, $0.gate.base, $0.up.base, $0.out.base)
  }
  benchmark("SwiGLU of \(n), backward") {
    (0..<5).map { Floats(normal: n, seed: $0) }
  } call: {
    pg_swiglu_backward(n, $0[0].base, $0[1].base, $0[2].base, $0[3].base, $0[4].base)
  }
  benchmark("sum of squares of \(n)") {
    Floats(normal: n, seed: 1)
  } call: {
    _ = pg_sum_of_squares(n, $0.base)
  }
  benchmark("AdamW of \(n)") {
    (0..<4).map { Floats(normal: n, seed: $0) } + [Floats(zeros: n)]
  } call: {
    pg_adamw(
      n, $0[0].base, $0[1].base, $0[2].base, $0[4].base, 1e-6, 0.9, 0.999, 1e-8, 0, 0.1, 1e-3, 1,
      $0[3].base)
  }
}
