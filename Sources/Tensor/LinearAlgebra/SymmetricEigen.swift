internal import CLAPACKE

/// Eigenvalues and eigenvectors of a symmetric matrix.
///
///     A = V · diag(λ) · Vᵀ
public struct SymmetricEigen: Sendable, Equatable {
  /// λ, ascending. `[N]`
  public let values: Tensor
  /// `V`, whose column `i` is the unit eigenvector of eigenvalue `i`. `[N, N]`
  ///
  /// Each column's sign, and the basis chosen for equal eigenvalues, are LAPACK's.
  public let vectors: Tensor
}

/// The eigenvalues and eigenvectors of a symmetric matrix.
///
/// Only the lower triangle of `a` is read; the upper one is taken to mirror it.
///
/// - Parameter a: Symmetric. `[N, N]`
/// - Throws: ``LinearAlgebraError/notConverged(remaining:)``,
///   ``LinearAlgebraError/nonFinite(argument:)``.
/// - Complexity: O(*N*³)
/// - Source: LAPACK `ssyevd`.
public func symmetricEigen(_ a: Tensor) throws(LinearAlgebraError) -> SymmetricEigen {
  let extent = LAPACK.squareExtent(a, "symmetricEigen")
  try LAPACK.requireFinite(a, "a")
  guard extent > 0 else { return SymmetricEigen(values: Tensor(zeros: [0]), vectors: a) }
  let n = LAPACK.extent(extent)
  var vectors = a.values
  var values = [Float](repeating: 0, count: extent)
  try LAPACK.check(
    LAPACKE_ssyevd(
      LAPACK.rowMajor, LAPACK.letter("V"), LAPACK.letter("L"), n, &vectors, n, &values)
  ) { .notConverged(remaining: $0) }
  return SymmetricEigen(values: Tensor(values), vectors: Tensor(vectors, shape: a.shape))
}
