internal import CKernels
internal import Measuring

/// Laying out a weight `[4864 × 896]` for products, as sampling does once for each of its versions.
func packing() {
  let (k, n) = (Size.width, Size.feedForward)
  @Sendable func operands() -> Operands { Operands(rows: 1, inner: k, columns: n) }
  benchmark("packing \(k) × \(n)", prepare: operands) {
    pg_pack(k, n, $0.b.base, n, 1, $0.packed.base)
  }
  benchmark("packing \(n) × \(k), transposed", prepare: operands) {
    pg_pack(k, n, $0.b.base, 1, k, $0.packed.base)
  }
  benchmark("packing \(n) × \(k) in bf16", prepare: operands) {
    pg_pack_bfloat16(k, n, $0.b.base, 1, k, $0.packed.narrow())
  }
  benchmark("packing \(n) × \(k) in int8", prepare: operands) {
    pg_pack_int8(k, n, $0.b.base, 1, k, $0.packed.narrow(), $0.scales.base)
  }
}
