internal import CLAPACKE

/// What every call of LAPACK shares: its integers, its letters, its row-major layout and its status.
///
/// LAPACKE transposes row-major matrices on the way in and out, O(*N*²) beside O(*N*³) of work.
enum LAPACK {
  static var rowMajor: Int32 { LAPACK_ROW_MAJOR }

  /// An extent as LAPACK counts.
  static func extent(_ count: Int) -> Int32 {
    precondition(count <= Int(Int32.max), "LAPACK counts to \(Int32.max), got extent \(count)")
    return Int32(count)
  }

  /// A letter that chooses a variant.
  static func letter(_ scalar: Unicode.Scalar) -> CChar {
    CChar(truncatingIfNeeded: scalar.value)
  }

  /// Throws what a status means: 0 is success, a positive one is for the routine to interpret.
  static func check(
    _ status: Int32, failure: (Int) -> LinearAlgebraError
  ) throws(LinearAlgebraError) {
    if status == 0 { return }
    if status == LAPACK_WORK_MEMORY_ERROR || status == LAPACK_TRANSPOSE_MEMORY_ERROR {
      throw .outOfMemory
    }
    precondition(status > 0, "argument \(-status) of a LAPACK call was wrong")
    throw failure(Int(status))
  }

  /// Throws if an argument has an element that is not finite: some routines would never return.
  static func requireFinite(
    _ tensor: Tensor, _ argument: String
  ) throws(LinearAlgebraError) {
    guard tensor.isFinite else { throw .nonFinite(argument: argument) }
  }

  /// The extent of a square matrix.
  static func squareExtent(_ matrix: Tensor, _ function: String) -> Int {
    precondition(
      matrix.shape.count == 2 && matrix.shape[0] == matrix.shape[1],
      "\(function) needs a square matrix, got shape \(matrix.shape)")
    return matrix.shape[0]
  }
}
