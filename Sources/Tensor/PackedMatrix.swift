internal import CKernels

/// A matrix stored in the panels that products read, made once and used many times.
///
/// Stored narrowly it takes less memory and is read faster, and its elements are rounded once, when
/// it is packed. Whatever they are rounded to, a product is a sum of floats in a fixed order, so a
/// row of it depends neither on the rows beside it nor on the processor.
public struct PackedMatrix: Sendable {
  /// What the elements are stored as.
  public enum Precision: String, Sendable, Hashable, CaseIterable {
    /// As they are: 4 bytes.
    case float32
    /// Rounded to 8 significant bits, to nearest, ties to even: 2 bytes.
    ///
    ///     |stored − b| ≤ 2⁻⁸ |b|
    ///
    /// for normal numbers, and at most 2⁻¹³⁴ for smaller ones. From 255.5 · 2¹²⁰ on the result is
    /// infinite; NaN stays NaN.
    case bfloat16
    /// Integers in −127…127 times a scale per column, rounded to nearest, ties to even: 1 byte.
    ///
    ///     scale[n] = max(maxₖ |B[k, n]| / 127, 2⁻¹²⁶)
    ///     |stored − b| ≤ (½ + 2⁻¹⁶) scale[n]
    ///
    /// A column that holds NaN or an infinity becomes NaN.
    case int8
  }

  private enum Elements: Sendable {
    case float32(PackedStorage<Float>)
    case bfloat16(PackedStorage<UInt16>)
    case int8(PackedStorage<Int8>, scales: PackedStorage<Float>)
  }

  /// Rows of the matrix: the length of the sums. `K`
  public let innerCount: Int
  /// Columns of the matrix. `N`
  public let columnCount: Int
  private let elements: Elements

  /// What the elements are stored as.
  public var precision: Precision {
    switch elements {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .int8: .int8
    }
  }

  /// Bytes that the elements take, scales included.
  public var byteCount: Int {
    let count = pg_packed_count(innerCount, columnCount)
    return switch elements {
    case .float32: 4 * count
    case .bfloat16: 2 * count
    case .int8: count + 4 * columnCount
    }
  }

  /// Packs `B`, or its transpose.
  ///
  /// - Parameters:
  ///   - values: Row-major elements, `[rows, columns]`.
  ///   - transposed: Pack the transpose: then `K` is `columns` and `N` is `rows`.
  ///   - precision: What the elements are stored as.
  public init(
    _ values: UnsafeBufferPointer<Float>, rows: Int, columns: Int, transposed: Bool,
    precision: Precision = .float32
  ) {
    precondition(
      values.count == rows * columns,
      "a \(rows) × \(columns) matrix has \(rows * columns) elements, got \(values.count)")
    let (k, n) = transposed ? (columns, rows) : (rows, columns)
    let (kStride, nStride) = transposed ? (1, columns) : (columns, 1)
    let count = pg_packed_count(k, n)
    (innerCount, columnCount) = (k, n)
    switch precision {
    case .float32:
      let packed = PackedStorage<Float>(uninitialized: count)
      elements = .float32(packed)
      guard let base = values.baseAddress else { return }
      pg_pack(k, n, base, kStride, nStride, packed.base)
    case .bfloat16:
      let packed = PackedStorage<UInt16>(uninitialized: count)
      elements = .bfloat16(packed)
      guard let base = values.baseAddress else { return }
      pg_pack_bfloat16(k, n, base, kStride, nStride, packed.base)
    case .int8:
      let packed = PackedStorage<Int8>(uninitialized: count)
      let scales = PackedStorage<Float>(uninitialized: n)
      elements = .int8(packed, scales: scales)
      guard let base = values.baseAddress else { return }
      pg_pack_int8(k, n, base, kStride, nStride, packed.base, scales.base)
    }
  }

  /// A matrix in elements packed before.
  init(_ packed: PackedStorage<Float>, innerCount: Int, columnCount: Int) {
    (self.innerCount, self.columnCount) = (innerCount, columnCount)
    elements = .float32(packed)
  }

  /// The elements, where they are stored as floats.
  var floats: PackedStorage<Float>? {
    if case .float32(let packed) = elements { packed } else { nil }
  }

  /// Packs a matrix, or its transpose.
  public init(_ matrix: Tensor, transposed: Bool = false, precision: Precision = .float32) {
    precondition(matrix.shape.count == 2, "a matrix has two axes, got shape \(matrix.shape)")
    self = matrix.withUnsafeBufferPointer {
      PackedMatrix(
        $0, rows: matrix.shape[0], columns: matrix.shape[1], transposed: transposed,
        precision: precision)
    }
  }

  /// Writes `A · B` for the packed `B`.
  ///
  ///     C[m, n] = initial + Σₖ A[m, k] B[k, n]
  ///
  /// `initial` is C's own value when accumulating, else the bias, else 0. Each element is one chain
  /// of fused multiply-adds in ascending `k`, whatever `rows` is. Stored as
  /// ``Precision/int8``, the chain runs over the integers from 0, and one last fused multiply-add
  /// brings in scale and initial value.
  ///
  /// - Parameters:
  ///   - rows: `M`.
  ///   - a: `[M, K]`, row stride `aStride`.
  ///   - bias: `[N]`, or `nil`.
  ///   - c: `[M, N]`, row stride `cStride`.
  ///   - team: Threads that share the columns, if the product is worth it; changes no number.
  package func multiply(
    rows: Int, _ a: UnsafePointer<Float>, stride aStride: Int, bias: UnsafePointer<Float>? = nil,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int, accumulating: Bool = false,
    team: ThreadTeam? = nil
  ) {
    let operands = Operands(
      rows: rows, a: a, aStride: aStride, bias: bias, c: c, cStride: cStride,
      accumulating: accumulating)
    let panels = (columnCount + Int(PG_PANEL) - 1) / Int(PG_PANEL)
    guard let team, 2 * rows * columnCount * innerCount >= Self.sharedOperations else {
      multiply(operands, columns: 0..<columnCount)
      return
    }
    // More parts than threads, so that one that is interrupted does not keep the others waiting.
    let (parts, columnCount) = (min(4 * team.threads, panels), columnCount)
    team.perform(parts) { part in
      let first = panels * part / parts * Int(PG_PANEL)
      let end = min(panels * (part + 1) / parts * Int(PG_PANEL), columnCount)
      multiply(operands, columns: first..<end)
    }
  }

  /// A product of fewer operations is done before a second thread has begun.
  private static let sharedOperations = 1 << 19

  /// What a product reads and writes beside the packed matrix.
  ///
  /// `@unchecked Sendable` holds because threads that share a product write different columns, and
  /// ``multiply(rows:_:stride:bias:into:stride:accumulating:team:)`` returns after all of them.
  private struct Operands: @unchecked Sendable {
    let rows: Int
    let a: UnsafePointer<Float>
    let aStride: Int
    let bias: UnsafePointer<Float>?
    let c: UnsafeMutablePointer<Float>
    let cStride: Int
    let accumulating: Bool
  }

  /// Some columns of a product, from a panel's first on.
  private func multiply(_ operands: Operands, columns: Range<Int>) {
    let (first, count) = (columns.lowerBound, columns.count)
    let packedFirst = first * innerCount
    let (rows, a, aStride) = (operands.rows, operands.a, operands.aStride)
    let (bias, c) = (operands.bias.map { $0 + first }, operands.c + first)
    let accumulate: Int32 = operands.accumulating ? 1 : 0
    switch elements {
    case .float32(let packed):
      pg_matmul(
        rows, count, innerCount, a, aStride, packed.base + packedFirst, bias, c, operands.cStride,
        accumulate)
    case .bfloat16(let packed):
      pg_matmul_bfloat16(
        rows, count, innerCount, a, aStride, packed.base + packedFirst, bias, c, operands.cStride,
        accumulate)
    case .int8(let packed, let scales):
      pg_matmul_int8(
        rows, count, innerCount, a, aStride, packed.base + packedFirst, scales.base + first, bias,
        c, operands.cStride, accumulate)
    }
  }
}

/// The matrix product `A · B` for a `B` that was packed before, to be used many times.
///
/// - Parameters:
///   - a: `[M, K]`
///   - b: `K × N`
/// - Returns: `[M, N]`; of a `b` stored as floats the same bits as ``matmul(_:_:)`` of the unpacked
///   one, of bf16 those of the rounded one.
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
/// - Complexity: O(*M K N*), and a packed copy of `b` unless that is small or `a` has few rows.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  precondition(
    a.shape.count == 2 && b.shape.count == 2 && a.shape[1] == b.shape[0],
    "matmul needs [M, K] and [K, N], got \(a.shape) and \(b.shape)")
  let (rows, inner, columns) = (a.shape[0], a.shape[1], b.shape[1])
  if PackedMatrix.isWorthPacking(rows: rows, innerCount: inner, columnCount: columns) {
    return matmul(a, PackedMatrix(b))
  }
  return Tensor(shape: [rows, columns]) { c in
    guard let base = c.baseAddress else { return }
    pg_matmul_rows(rows, columns, inner, a.pointer, inner, b.pointer, columns, base, columns)
  }
}

extension PackedMatrix {
  /// Whether `B` is worth packing for a single product.
  ///
  /// Few rows read it once anyway, and a small matrix stays in the caches where it lies. Changes no
  /// bit of the product.
  ///
  ///     M > 8  and  (N > 256  or  K N > 65,536)
  ///
  /// - Parameters:
  ///   - rows: `M`.
  ///   - innerCount: `K`.
  ///   - columnCount: `N`.
  /// - Returns: Whether packing first takes less time, as measured with AVX2 and AVX-512; `false` when
  ///   any extent is 0.
  /// - Complexity: O(1)
  public static func isWorthPacking(rows: Int, innerCount: Int, columnCount: Int) -> Bool {
    rows > 8 && innerCount > 0 && (columnCount > 256 || innerCount * columnCount > 1 << 16)
  }
}
