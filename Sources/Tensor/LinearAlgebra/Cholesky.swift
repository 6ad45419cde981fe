internal import CLAPACKE

/// The lower triangle whose product with its transpose is a positive definite matrix.
///
///     A = L · Lᵀ
///
/// Only the lower triangle of `a` is read; the upper one is taken to mirror it.
///
/// - Parameter a: Symmetric. `[N, N]`
/// - Returns: `L`, zero above its diagonal, positive on it. `[N, N]`
/// - Throws: ``LinearAlgebraError/notPositiveDefinite(minor:)`` naming the order of the first
///   leading minor that is not positive, ``LinearAlgebraError/nonFinite(argument:)``.
/// - Complexity: O(*N*³)
/// - Source: LAPACK `spotrf`.
public func cholesky(_ a: Tensor) throws(LinearAlgebraError) -> Tensor {
  let extent = LAPACK.squareExtent(a, "cholesky")
  try LAPACK.requireFinite(a, "a")
  guard extent > 0 else { return a }
  let n = LAPACK.extent(extent)
  var lower = a.values
  try LAPACK.check(LAPACKE_spotrf(LAPACK.rowMajor, LAPACK.letter("L"), n, &lower, n)) {
    .notPositiveDefinite(minor: $0)
  }
  for row in 0..<extent {
    for column in (row + 1)..<max(extent, row + 1) { lower[row * extent + column] = 0 }
  }
  return Tensor(lower, shape: a.shape)
}
