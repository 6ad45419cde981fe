internal import CLAPACKE

/// What ``leastSquares(_:_:relativeCutoff:)`` found.
public struct LeastSquares: Sendable, Equatable {
  /// The `X` of least norm among those that come closest. `[N]`, or `[N, R]`
  public let solution: Tensor
  /// How many singular values counted as nonzero.
  public let rank: Int
  /// The singular values of `A`, descending. `[min(M, N)]`
  public let singularValues: Tensor
}

/// The best solution of a system that has too many equations, too few, or equations that repeat.
///
///     minimise ‖A · X − B‖₂, and among all minima ‖X‖₂
///
/// - Parameters:
///   - a: `[M, N]`
///   - b: `[M]`, or `[M, R]` for `R` right-hand sides.
///   - relativeCutoff: Singular values up to this fraction of the largest count as zero;
///     `max(M, N)` roundings of 1 when `nil`.
/// - Returns: The solution, 0 where there are no equations.
/// - Throws: ``LinearAlgebraError/notConverged(remaining:)``,
///   ``LinearAlgebraError/nonFinite(argument:)``.
/// - Complexity: O(*M N* min(*M*, *N*))
/// - Source: LAPACK `sgelsd`.
public func leastSquares(
  _ a: Tensor, _ b: Tensor, relativeCutoff: Float? = nil
) throws(LinearAlgebraError) -> LeastSquares {
  precondition(
    a.shape.count == 2 && (1...2).contains(b.shape.count) && a.shape[0] == b.shape[0],
    "leastSquares needs [M, N] and [M] or [M, R], got \(a.shape) and \(b.shape)")
  try LAPACK.requireFinite(a, "a")
  try LAPACK.requireFinite(b, "b")
  let (rows, columns, sides) = (a.shape[0], a.shape[1], b.rowStride)
  let shape = [columns] + b.shape.dropFirst()
  guard rows > 0, columns > 0 else {
    return LeastSquares(solution: Tensor(zeros: shape), rank: 0, singularValues: Tensor(zeros: [0]))
  }
  // One side at least, so that the rank is found even when nothing is asked.
  let held = max(sides, 1)
  var values = b.values
  values.append(contentsOf: repeatElement(0, count: max(rows, columns) * held - values.count))
  var matrix = a.values
  var singularValues = [Float](repeating: 0, count: min(rows, columns))
  var rank: Int32 = 0
  let (m, n, r) = (LAPACK.extent(rows), LAPACK.extent(columns), LAPACK.extent(held))
  try LAPACK.check(
    LAPACKE_sgelsd(
      LAPACK.rowMajor, m, n, r, &matrix, n, &values, r, &singularValues,
      relativeCutoff ?? Float(max(rows, columns)) * .ulpOfOne, &rank)
  ) { .notConverged(remaining: $0) }
  return LeastSquares(
    solution: Tensor(Array(values.prefix(columns * sides)), shape: shape), rank: Int(rank),
    singularValues: Tensor(singularValues))
}
