/// The solution of a square system of linear equations.
///
///     A · X = B
///
/// By elimination with row exchanges. The digits are those of the machine's LAPACK: unlike
/// ``matmul(_:_:)``, they may differ between machines and thread counts.
///
/// - Parameters:
///   - a: `[N, N]`
///   - b: `[N]`, or `[N, R]` for `R` right-hand sides.
///   - minimumReciprocalCondition: Refuses a matrix whose reciprocal condition in the 1-norm, an
///     estimate in `[0, 1]`, lies below; the default is the rounding unit, where no digit of the
///     solution can be trusted. 0 refuses exactly singular matrices only.
/// - Returns: `X`, of the shape of `b`; no equations give an empty `X`.
/// - Throws: ``LinearAlgebraError/singular(pivot:)``,
///   ``LinearAlgebraError/illConditioned(reciprocalCondition:)``,
///   ``LinearAlgebraError/nonFinite(argument:)``.
/// - Complexity: O(*N*³ + *N*² *R*)
/// - Source: LAPACK `sgetrf`, `sgecon`, `sgetrs`.
public func solve(
  _ a: Tensor, _ b: Tensor, minimumReciprocalCondition: Float = .ulpOfOne / 2
) throws(LinearAlgebraError) -> Tensor {
  precondition(
    (1...2).contains(b.shape.count) && a.shape.first == b.shape[0],
    "solve needs [N, N] and [N] or [N, R], got \(a.shape) and \(b.shape)")
  try LAPACK.requireFinite(b, "b")
  let elimination = try Elimination(a, "solve")
  if let pivot = elimination.zeroPivot { throw .singular(pivot: pivot) }
  let reciprocal = try elimination.reciprocalCondition()
  guard reciprocal >= minimumReciprocalCondition else {
    throw .illConditioned(reciprocalCondition: reciprocal)
  }
  return Tensor(try elimination.solve(b.values, columns: b.rowStride), shape: b.shape)
}

/// The inverse of a square matrix.
///
/// To solve a system, ``solve(_:_:minimumReciprocalCondition:)`` is both faster and more accurate.
///
/// - Parameter a: `[N, N]`
/// - Returns: `A⁻¹`. `[N, N]`
/// - Throws: as ``solve(_:_:minimumReciprocalCondition:)``.
/// - Complexity: O(*N*³)
public func inverse(_ a: Tensor) throws(LinearAlgebraError) -> Tensor {
  let extent = LAPACK.squareExtent(a, "inverse")
  var identity = [Float](repeating: 0, count: extent * extent)
  for i in 0..<extent { identity[i * extent + i] = 1 }
  return try solve(a, Tensor(identity, shape: [extent, extent]))
}

/// The determinant of a square matrix.
///
/// - Parameter a: `[N, N]`
/// - Returns: The product of the pivots, multiplied in `Double`: 0 for a matrix whose elimination
///   meets an exact zero, 1 for an empty one, infinite where it exceeds `Double`.
/// - Throws: ``LinearAlgebraError/nonFinite(argument:)``.
/// - Complexity: O(*N*³)
/// - Source: LAPACK `sgetrf`.
public func determinant(_ a: Tensor) throws(LinearAlgebraError) -> Double {
  try Elimination(a, "determinant").determinant
}
