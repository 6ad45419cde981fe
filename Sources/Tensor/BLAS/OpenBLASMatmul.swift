internal import COpenBLAS

/// The matrix product `A · B` as OpenBLAS computes it: the peer that ``matmul(_:_:)`` is measured
/// and checked against.
///
/// The order of its sums depends on the machine, on the number of rows and on OpenBLAS's threads, so
/// nothing in this package trains or samples with it.
///
/// - Parameters:
///   - a: `[M, K]`
///   - b: `[K, N]`
/// - Returns: `[M, N]`
/// - Precondition: the inner extents agree.
/// - Complexity: O(*M K N*)
/// - Source: `cblas_sgemm`.
public func openBLASMatmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  precondition(
    a.shape.count == 2 && b.shape.count == 2 && a.shape[1] == b.shape[0],
    "openBLASMatmul needs [M, K] and [K, N], got \(a.shape) and \(b.shape)")
  var c = Tensor(zeros: [a.shape[0], b.shape[1]])
  openBLASMatmul(a, b, into: &c)
  return c
}

/// Overwrites a matrix with the product `A · B` as OpenBLAS computes it.
///
/// - Parameters:
///   - a: `[M, K]`
///   - b: `[K, N]`
///   - c: `[M, N]`; its memory is reused if nobody shares it.
public func openBLASMatmul(_ a: Tensor, _ b: Tensor, into c: inout Tensor) {
  precondition(
    a.shape.count == 2 && b.shape.count == 2 && a.shape[1] == b.shape[0]
      && c.shape == [a.shape[0], b.shape[1]],
    "openBLASMatmul needs [M, K], [K, N] and [M, N], got \(a.shape), \(b.shape) and \(c.shape)")
  let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
  precondition(
    max(m, k, n) <= Int(Int32.max), "OpenBLAS counts to \(Int32.max), got \(a.shape), \(b.shape)")
  guard m > 0, n > 0 else { return }
  c.withUnsafeMutableBufferPointer { target in
    guard let base = target.baseAddress else { return }
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a.pointer,
      Int32(max(k, 1)), b.pointer, Int32(n), 0, base, Int32(n))
  }
}
