internal import CKernels
internal import Measuring

/// Products with a weight `[4864 × 896]` of few rows and of many, in every precision.
func products() {
  let (k, n) = (Size.width, Size.feedForward)
  @Sendable func operands(_ rows: Int) -> Operands { Operands(rows: rows, inner: k, columns: n) }
  for rows in [1, 8, Size.rows] {
    let name = "product of \(rows) × \(k) × \(n)"
    benchmark(name) { () -> Operands in
      let o = operands(rows)
      pg_pack(k, n, o.b.base, 1, k, o.packed.base)
      return o
    } call: {
      pg_matmul(rows, n, k, $0.a.base, k, $0.packed.base, nil, $0.c.base, n, 0)
    }
    benchmark("\(name), weights in bf16") { () -> Operands in
      let o = operands(rows)
      pg_pack_bfloat16(k, n, o.b.base, 1, k, o.packed.narrow())
      return o
    } call: {
      pg_matmul_bfloat16(rows, n, k, $0.a.base, k, $0.packed.narrow(), nil, $0.c.base, n, 0)
    }
    benchmark("\(name), weights in int8") { () -> Operands in
      let o = operands(rows)
      pg_pack_int8(k, n, o.b.base, 1, k, o.packed.narrow(), o.scales.base)
      return o
    } call: {
      pg_matmul_int8(
        rows, n, k, $0.a.base, k, $0.packed.narrow(), $0.scales.base, nil, $0.c.base, n, 0)
    }
    benchmark("\(name), bf16 by bf16") { () -> Operands in
      let o = operands(rows)
      pg_pack_bfloat16_pairs(k, n, o.b.base, 1, k, o.packed.narrow())
      return o
    } call: {
      pg_round_bfloat16(rows, k, $0.a.base, k, $0.rounded.base)
      pg_matmul_bfloat16_pairs(
        rows, n, k, $0.rounded.base, $0.packed.narrow(), nil, $0.c.base, n, 0)
    }
    benchmark("\(name), int8 by int8") { () -> Operands in
      let o = operands(rows)
      pg_pack_int8_fours(k, n, o.b.base, 1, k, o.packed.narrow(), o.scales.base)
      return o
    } call: {
      pg_round_int8(rows, k, $0.a.base, k, $0.rounded.base)
      pg_matmul_int8_fours(
        rows, n, k, $0.rounded.base, $0.packed.narrow(), $0.scales.base, nil, $0.c.base, n, 0)
    }
  }
  let rows = Size.rows
  benchmark("gradient of a weight, \(k) × \(n), over \(rows) rows") {
    (
      x: Floats(normal: rows * k, seed: 1), dy: Floats(normal: rows * n, seed: 2),
      sum: Floats(zeros: k * n), scratch: Floats(zeros: pg_matmul_outer_scratch_count(n, rows))
    )
  } call: {
    pg_matmul_outer(k, n, rows, $0.x.base, k, $0.dy.base, n, $0.sum.base, n, 1, $0.scratch.base)
  }
}

/// What a product reads and writes; `packed` has room for any precision.
struct Operands: Sendable {
  let a, b, c, packed, scales, rounded: Floats

  init(rows: Int, inner: Int, columns: Int) {
    a = Floats(normal: rows * inner, seed: 1)
    b = Floats(normal: inner * columns, seed: 2)
    c = Floats(zeros: rows * columns)
    packed = Floats(zeros: pg_packed_count(inner, columns) + inner + columns)
    scales = Floats(zeros: columns)
    rounded = Floats(zeros: pg_rounded_count(rows, inner))
  }
}
