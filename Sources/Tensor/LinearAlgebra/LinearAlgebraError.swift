/// A matrix that a linear algebra function can't work with, and why.
///
/// Shapes that don't fit are the caller's mistake and trap; these are properties of the numbers.
public enum LinearAlgebraError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An argument holds a NaN or an infinity.
  case nonFinite(argument: String)
  /// The matrix has no inverse: this pivot of its elimination, counted from 0, is exactly zero.
  case singular(pivot: Int)
  /// The matrix is so close to a singular one that its inverse would be rounding error.
  case illConditioned(reciprocalCondition: Float)
  /// The matrix is not positive definite: its leading minor of this order is not positive.
  case notPositiveDefinite(minor: Int)
  /// The iteration did not converge; LAPACK reports how many off-diagonal elements were left.
  case notConverged(remaining: Int)
  /// LAPACK could not get its working memory.
  case outOfMemory

  /// One sentence: what was found, and what to do.
  public var description: String {
    switch self {
    case .nonFinite(let argument):
      "argument \(argument) holds a NaN or an infinity; find where it was computed"
    case .singular(let pivot):
      "the matrix is singular at pivot \(pivot); use leastSquares for a solution of least norm"
    case .illConditioned(let reciprocal):
      "the matrix is singular to working precision (reciprocal condition \(reciprocal)); rescale it or use leastSquares"
    case .notPositiveDefinite(let minor):
      "the matrix is not positive definite at its leading minor of order \(minor); add a multiple of the identity"
    case .notConverged(let remaining):
      "the iteration did not converge, \(remaining) elements are left; rescale the matrix"
    case .outOfMemory: "LAPACK found no memory to work in; use a smaller matrix"
    }
  }
}
