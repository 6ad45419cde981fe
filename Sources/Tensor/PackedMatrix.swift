internal import CKernels

/// A matrix stored in the panels that products read, made once and used many times.
public struct PackedMatrix: Sendable {
  /// Rows of the matrix: the length of the sums. `K`
  public let innerCount: Int
  /// Columns of the matrix. `N`
  public let columnCount: Int
  let storage: TensorStorage

  /// Packs `B`, or its transpose.
  ///
  /// - Parameters:
  ///   - values: Row-major elements, `[rows, columns]`.
  ///   - transposed: Pack the transpose: then `K` is `columns` and `N` is `rows`.
  public init(
    _ values: UnsafeBufferPointer<Float>, rows: Int, columns: Int, transposed: Bool
  ) {
    precondition(
      values.count == rows * columns,
      "a \(rows) × \(columns) matrix has \(rows * columns) elements, got \(values.count)")
    innerCount = transposed ? columns : rows
    columnCount = transposed ? rows : columns
    storage = TensorStorage(uninitialized: pg_packed_count(innerCount, columnCount))
    guard let base = values.baseAddress else { return }
    pg_pack(
      innerCount, columnCount, base, transposed ? 1 : columns, transposed ? columns : 1,
      storage.base)
  }

  /// Packs a matrix, or its transpose.
  public init(_ matrix: Tensor, transposed: Bool = false) {
    precondition(matrix.shape.count == 2, "a matrix has two axes, got shape \(matrix.shape)")
    self = matrix.withUnsafeBufferPointer {
      PackedMatrix($0, rows: matrix.shape[0], columns: matrix.shape[1], transposed: transposed)
    }
  }

  /// Writes `A · B` for the packed `B`.
  ///
  ///     C[m, n] = initial + Σₖ A[m, k] B[k, n]
  ///
  /// `initial` is C's own value when accumulating, else the bias, else 0. Each element is one chain
  /// of fused multiply-adds in ascending `k`, whatever `rows` is.
  ///
  /// - Parameters:
  ///   - rows: `M`.
  ///   - a: `[M, K]`, row stride `aStride`.
  ///   - bias: `[N]`, or `nil`.
  ///   - c: `[M, N]`, row stride `cStride`.
  package func multiply(
    rows: Int, _ a: UnsafePointer<Float>, stride aStride: Int, bias: UnsafePointer<Float>? = nil,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int, accumulating: Bool = false
  ) {
    pg_matmul(
      rows, columnCount, innerCount, a, aStride, storage.base, bias, c, cStride,
      accumulating ? 1 : 0)
  }
}

/// The matrix product `A · B` for a `B` that was packed before, to be used many times.
///
/// - Parameters:
///   - a: `[M, K]`
///   - b: `K × N`
/// - Returns: `[M, N]`, the same bits as ``matmul(_:_:)`` of the unpacked `b`.
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
/// - Complexity: O(*M K N*), and a packed copy of `b`.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  precondition(
    a.shape.count == 2 && b.shape.count == 2 && a.shape[1] == b.shape[0],
    "matmul needs [M, K] and [K, N], got \(a.shape) and \(b.shape)")
  return matmul(a, PackedMatrix(b))
}
