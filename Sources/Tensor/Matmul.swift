internal import CKernels

/// The matrix product `A · B` for a `B` that was packed before, to be used many times.
///
/// - Parameters:
///   - a: `[M, K]`
///   - b: `K × N`
/// - Returns: `[M, N]`; of a `b` stored as floats the same bits as ``matmul(_:_:)`` of the unpacked
///   one, as ``PackedMatrix/Precision/bfloat16`` those of the rounded one.
/// - Precondition: the inner extents agree.
/// - Complexity: O(*M K N*)
public func matmul(_ a: Tensor, _ b: PackedMatrix) -> Tensor {
  precondition(
    a.shape.count == 2 && a.shape[1] == b.innerCount,
    "matmul needs [M, K] and K × N, got \(a.shape) and \(b.innerCount) × \(b.columnCount)")
  return Tensor(shape: [a.shape[0], b.columnCount]) { c in
    guard let base = c.baseAddress else { return }
    b.multiply(
      rows: a.shape[0], a.pointer, stride: b.innerCount, into: base, stride: b.columnCount)
  }
}

/// Overwrites a matrix with the product `A · B`.
///
/// - Parameters:
///   - a: `[M, K]`
///   - b: `K × N`
///   - c: `[M, N]`; its memory is reused if nobody shares it.
public func matmul(_ a: Tensor, _ b: PackedMatrix, into c: inout Tensor) {
  precondition(
    a.shape.count == 2 && a.shape[1] == b.innerCount && c.shape == [a.shape[0], b.columnCount],
    "matmul needs [M, K], K × N and [M, N], got \(a.shape), \(b.innerCount) × \(b.columnCount) and \(c.shape)"
  )
  c.withUnsafeMutableBufferPointer { target in
    guard let base = target.baseAddress else { return }
    b.multiply(
      rows: a.shape[0], a.pointer, stride: b.innerCount, into: base, stride: b.columnCount)
  }
}

/// The matrix product `A · B`.
///
/// - Parameters:
///   - a: `[M, K]`
///   - b: `[K, N]`
/// - Returns: `[M, N]`; each element is one chain of fused multiply-adds in ascending `k`.
/// - Precondition: the inner extents agree.
/// - Complexity: O(*M K N*); packs `b` in blocks of 2 MiB at most unless it is small or `a` has few rows.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  precondition(
    a.shape.count == 2 && b.shape.count == 2 && a.shape[1] == b.shape[0],
    "matmul needs [M, K] and [K, N], got \(a.shape) and \(b.shape)")
  let (rows, inner, columns) = (a.shape[0], a.shape[1], b.shape[1])
  return Tensor(shape: [rows, columns]) { c in
    guard let base = c.baseAddress else { return }
    if PackedMatrix.isWorthPacking(rows: rows, innerCount: inner, columnCount: columns) {
      PassingProduct(b.pointer, rows: inner, columns: columns, transposed: false).multiply(
        rows: rows, a.pointer, stride: inner, into: base, stride: columns)
    } else {
      pg_matmul_rows(rows, columns, inner, a.pointer, inner, b.pointer, columns, base, columns)
    }
  }
}

extension PackedMatrix {
  /// Whether `B` is worth packing for a single product.
  ///
  /// Few rows read it once anyway, and a small matrix stays in the caches where it lies. Changes no
  /// bit of the product.
  ///
  ///     M > 8  and  (N > 256  or  K N > 65,536)
  ///
  /// - Parameters:
  ///   - rows: `M`.
  ///   - innerCount: `K`.
  ///   - columnCount: `N`.
  /// - Returns: Whether packing first takes less time, as measured with AVX2 and AVX-512; `false` when
  ///   any extent is 0.
  /// - Complexity: O(1)
  public static func isWorthPacking(rows: Int, innerCount: Int, columnCount: Int) -> Bool {
    rows > 8 && innerCount > 0 && (columnCount > 256 || innerCount * columnCount > 1 << 16)
  }
}
