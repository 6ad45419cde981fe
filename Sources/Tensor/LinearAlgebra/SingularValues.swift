internal import CLAPACKE

/// The singular value decomposition of a matrix, without the directions it sends to zero for lack
/// of rows or columns.
///
///     A = U · diag(σ) · Vᵀ,   R = min(M, N)
public struct SingularValueDecomposition: Sendable, Equatable {
  /// `U`, with orthonormal columns. `[M, R]`
  public let left: Tensor
  /// σ, descending, not negative. `[R]`
  public let values: Tensor
  /// `Vᵀ`, with orthonormal rows. `[R, N]`
  ///
  /// The sign that a column of `U` shares with its row here is LAPACK's.
  public let rightTransposed: Tensor
}

/// The singular value decomposition of a matrix.
///
/// - Parameter a: `[M, N]`
/// - Throws: ``LinearAlgebraError/notConverged(remaining:)``,
///   ``LinearAlgebraError/nonFinite(argument:)``.
/// - Complexity: O(*M N* min(*M*, *N*))
/// - Source: LAPACK `sgesdd`.
public func singularValueDecomposition(
  _ a: Tensor
) throws(LinearAlgebraError) -> SingularValueDecomposition {
  let (rows, columns) = extents(of: a, for: "singularValueDecomposition")
  try LAPACK.requireFinite(a, "a")
  let count = min(rows, columns)
  var left = [Float](repeating: 0, count: rows * count)
  var values = [Float](repeating: 0, count: count)
  var right = [Float](repeating: 0, count: count * columns)
  if count > 0 {
    var matrix = a.values
    let (m, n, r) = (LAPACK.extent(rows), LAPACK.extent(columns), LAPACK.extent(count))
    try LAPACK.check(
      LAPACKE_sgesdd(
        LAPACK.rowMajor, LAPACK.letter("S"), m, n, &matrix, n, &values, &left, r, &right, n)
    ) { .notConverged(remaining: $0) }
  }
  return SingularValueDecomposition(
    left: Tensor(left, shape: [rows, count]), values: Tensor(values),
    rightTransposed: Tensor(right, shape: [count, columns]))
}

/// The singular values of a matrix alone, which is several times cheaper.
///
/// - Parameter a: `[M, N]`
/// - Returns: σ, descending, not negative. `[min(M, N)]`
/// - Throws: ``LinearAlgebraError/notConverged(remaining:)``,
///   ``LinearAlgebraError/nonFinite(argument:)``.
/// - Complexity: O(*M N* min(*M*, *N*))
/// - Source: LAPACK `sgesdd`.
public func singularValues(_ a: Tensor) throws(LinearAlgebraError) -> Tensor {
  let (rows, columns) = extents(of: a, for: "singularValues")
  try LAPACK.requireFinite(a, "a")
  let count = min(rows, columns)
  guard count > 0 else { return Tensor(zeros: [0]) }
  var matrix = a.values
  var values = [Float](repeating: 0, count: count)
  let (m, n) = (LAPACK.extent(rows), LAPACK.extent(columns))
  try LAPACK.check(
    LAPACKE_sgesdd(
      LAPACK.rowMajor, LAPACK.letter("N"), m, n, &matrix, n, &values, nil, 1, nil, n)
  ) { .notConverged(remaining: $0) }
  return Tensor(values)
}

private func extents(of matrix: Tensor, for function: String) -> (rows: Int, columns: Int) {
  precondition(
    matrix.shape.count == 2, "\(function) needs a matrix, got shape \(matrix.shape)")
  return (matrix.shape[0], matrix.shape[1])
}
