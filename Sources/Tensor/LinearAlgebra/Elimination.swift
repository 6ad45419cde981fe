internal import CLAPACKE

/// A square matrix as a permutation, a unit lower and an upper triangle: `A = P · L · U`.
struct Elimination {
  private let extent: Int
  private let factors: [Float]
  /// The row, counted from 1, that each row was exchanged with.
  private let pivots: [Int32]
  /// Greatest sum of magnitudes of a column of `A`.
  private let norm: Float
  /// The first pivot that is exactly zero, if any.
  let zeroPivot: Int?

  init(_ matrix: Tensor, _ function: String) throws(LinearAlgebraError) {
    extent = LAPACK.squareExtent(matrix, function)
    try LAPACK.requireFinite(matrix, "a")
    let n = LAPACK.extent(extent)
    var factors = matrix.values
    var pivots = [Int32](repeating: 0, count: extent)
    guard extent > 0 else {
      (self.factors, self.pivots, norm, zeroPivot) = (factors, pivots, 0, nil)
      return
    }
    norm = LAPACKE_slange(LAPACK.rowMajor, LAPACK.letter("1"), n, n, factors, n)
    let status = LAPACKE_sgetrf(LAPACK.rowMajor, n, n, &factors, n, &pivots)
    if status < 0 { try LAPACK.check(status) { .singular(pivot: $0 - 1) } }
    zeroPivot = status > 0 ? Int(status) - 1 : nil
    (self.factors, self.pivots) = (factors, pivots)
  }

  /// An estimate of `1 / (‖A‖ ‖A⁻¹‖)` in the 1-norm, in `[0, 1]`.
  func reciprocalCondition() throws(LinearAlgebraError) -> Float {
    guard extent > 0 else { return 1 }
    let n = LAPACK.extent(extent)
    var reciprocal: Float = 0
    let status = LAPACKE_sgecon(
      LAPACK.rowMajor, LAPACK.letter("1"), n, factors, n, norm, &reciprocal)
    // A positive status says that the estimate overflowed, so the condition is out of range.
    if status < 0 { try LAPACK.check(status) { .singular(pivot: $0 - 1) } }
    return status == 0 && reciprocal.isFinite ? reciprocal : 0
  }

  /// `A⁻¹ · B` for row-major columns.
  func solve(
    _ values: [Float], columns: Int
  ) throws(LinearAlgebraError) -> [Float] {
    guard extent > 0, columns > 0 else { return values }
    let (n, r) = (LAPACK.extent(extent), LAPACK.extent(columns))
    var solution = values
    try LAPACK.check(
      LAPACKE_sgetrs(
        LAPACK.rowMajor, LAPACK.letter("N"), n, r, factors, n, pivots, &solution, r)
    ) { .singular(pivot: $0 - 1) }
    return solution
  }

  /// The product of the pivots, negated for every exchange of rows.
  var determinant: Double {
    (0..<extent).reduce(1) { product, i in
      let pivot = Double(factors[i * extent + i])
      return product * (Int(pivots[i]) == i + 1 ? pivot : -pivot)
    }
  }
}
