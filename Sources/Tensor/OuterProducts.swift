internal import CKernels

/// Sums of outer products, which are the gradients of weights, and the memory they are worked out in.
///
///     D[m, n] (+)= Σ over t of A[t, m] · B[t, n]
struct OuterProducts {
  let columns: Int
  private let scratch: TensorStorage

  /// - Parameters:
  ///   - columns: `n`
  ///   - rows: The largest `t`.
  init(columns: Int, rows: Int) {
    self.columns = columns
    scratch = TensorStorage(uninitialized: pg_matmul_outer_scratch_count(columns, rows))
  }

  /// Sets the sums over some rows, or adds to what stands there.
  ///
  /// - Parameters:
  ///   - a: `[rows, width]`
  ///   - b: `[rows, columns]`
  ///   - sums: `[width, columns]`, which the sums start from if they accumulate.
  func sum(
    rows: Int, _ a: UnsafePointer<Float>, width: Int, _ b: UnsafePointer<Float>,
    into sums: UnsafeMutablePointer<Float>, accumulating: Bool
  ) {
    withExtendedLifetime(scratch) {
      pg_matmul_outer(
        width, columns, rows, a, width, b, columns, sums, columns, accumulating ? 1 : 0,
        scratch.base)
    }
  }
}
