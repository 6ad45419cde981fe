internal import CKernels

/// The product `A · B` of a `B` that is packed on the way, block after block.
///
///     C[m, n] = initial + Σₖ A[m, k] B[k, n]
///
/// Every row of A meets a block while it is in the caches, and the next one takes its memory, so
/// that `B` never stands packed beside itself. The same bits as a ``PackedMatrix``'s product: a chain
/// that a block interrupts goes on from its sum.
struct PassingProduct {
  /// What a block holds at most, 2 MiB: as much as products read in one go.
  private static let block = (inner: 512, columns: 1024)

  /// `B`, `[K, N]`.
  let values: UnsafePointer<Float>
  let innerCount: Int
  let columnCount: Int
  /// From `B[k, n]` to `B[k + 1, n]` and to `B[k, n + 1]`; one of them is 1.
  let strides: (inner: Int, column: Int)

  /// A matrix of which each product is one with its rows, or, `transposed`, with its columns.
  ///
  /// - Parameters:
  ///   - values: Row-major elements, `[rows, columns]`, which outlive the products.
  ///   - transposed: Multiply by the transpose: then `K` is `columns` and `N` is `rows`.
  init(_ values: UnsafePointer<Float>, rows: Int, columns: Int, transposed: Bool) {
    self.values = values
    (innerCount, columnCount) = transposed ? (columns, rows) : (rows, columns)
    strides = transposed ? (1, columns) : (columns, 1)
  }

  /// Writes the product; see ``PackedMatrix/multiply(rows:_:stride:bias:into:stride:accumulating:team:)``.
  func multiply(
    rows: Int, _ a: UnsafePointer<Float>, stride aStride: Int, bias: UnsafePointer<Float>? = nil,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int, accumulating: Bool = false
  ) {
    let packed = TensorStorage(
      uninitialized: pg_packed_count(
        min(innerCount, Self.block.inner), min(columnCount, Self.block.columns)))
    for first in stride(from: 0, to: columnCount, by: Self.block.columns) {
      let columns = min(columnCount - first, Self.block.columns)
      // Once without any k as well, for the bias or zeros.
      for start in stride(from: 0, to: max(innerCount, 1), by: Self.block.inner) {
        let inner = min(innerCount - start, Self.block.inner)
        pg_pack(
          inner, columns, values + start * strides.inner + first * strides.column, strides.inner,
          strides.column, packed.base)
        pg_matmul(
          rows, columns, inner, a + start, aStride, packed.base, bias.map { $0 + first }, c + first,
          cStride, accumulating || start > 0 ? 1 : 0)
      }
    }
    withExtendedLifetime(packed) {}
  }
}
