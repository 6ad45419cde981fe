internal import CKernels

/// A matrix stored in the panels that products read, made once and used many times.
///
/// Stored narrowly it takes less memory and is read faster, and its elements are rounded once, when
/// it is packed. Whatever they are rounded to, the order of a product's sums is fixed wherever it
/// matters, so a row of it depends neither on the rows beside it nor, with the one exception that
/// ``Precision/bfloat16Products`` states, on the processor.
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
    /// As ``bfloat16``, and the inputs of a product rounded like this too: 2 bytes.
    ///
    /// What is below 2⁻¹²⁶ after rounding becomes zero. With AVX512-BF16 many rows take half the
    /// time, on other processors as long as with ``bfloat16``. There, and only there, sums on the way
    /// below 2⁻¹²⁶ are zero as well.
    case bfloat16Products
    /// As ``int8``, and the inputs of a product integers too, each 32 of a row with their scale: 1
    /// byte.
    ///
    ///     scale[m, t] = max(max |A[m, k]| / 127, 2⁻¹²⁶), k in 32 t ..< 32 (t + 1)
    ///     |rounded − A[m, k]| ≤ (½ + 2⁻¹⁵) scale[m, t]
    ///
    /// A row of A that holds NaN or an infinity becomes NaN; one that holds 2.6e36 or more may become
    /// infinite. Integers add up exactly in any order, so every processor may take its fastest way:
    /// with VNNI many rows take 0.3 of the time of floats, with AVX2 0.7.
    case int8Products
  }

  /// What the initialisers packed.
  enum Elements: Sendable {
    case float32(PackedStorage<Float>)
    case bfloat16(PackedStorage<UInt16>)
    case int8(PackedStorage<Int8>, scales: PackedStorage<Float>)
    case bfloat16Products(PackedStorage<UInt16>)
    case int8Products(PackedStorage<UInt8>, scales: PackedStorage<Float>)
  }

  /// Rows of the matrix: the length of the sums. `K`
  public let innerCount: Int
  /// Columns of the matrix. `N`
  public let columnCount: Int
  let elements: Elements

  /// What the elements are stored as.
  public var precision: Precision {
    switch elements {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .int8: .int8
    case .bfloat16Products: .bfloat16Products
    case .int8Products: .int8Products
    }
  }

  /// Bytes that the elements take, scales included.
  public var byteCount: Int {
    let count = pg_packed_count(innerCount, columnCount)
    return switch elements {
    case .float32: 4 * count
    case .bfloat16: 2 * count
    case .int8: count + 4 * columnCount
    case .bfloat16Products: 2 * pg_packed_pairs_count(innerCount, columnCount)
    case .int8Products: pg_packed_fours_count(innerCount, columnCount) + 4 * columnCount
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
      scales.base.initialize(repeating: 0, count: n)
      elements = .int8(packed, scales: scales)
      guard let base = values.baseAddress else { return }
      pg_pack_int8(k, n, base, kStride, nStride, packed.base, scales.base)
    case .bfloat16Products:
      let packed = PackedStorage<UInt16>(uninitialized: pg_packed_pairs_count(k, n))
      elements = .bfloat16Products(packed)
      guard let base = values.baseAddress else { return }
      pg_pack_bfloat16_pairs(k, n, base, kStride, nStride, packed.base)
    case .int8Products:
      let packed = PackedStorage<UInt8>(uninitialized: pg_packed_fours_count(k, n))
      let scales = PackedStorage<Float>(uninitialized: n)
      scales.base.initialize(repeating: 0, count: n)
      elements = .int8Products(packed, scales: scales)
      guard let base = values.baseAddress else { return }
      pg_pack_int8_fours(k, n, base, kStride, nStride, packed.base, scales.base)
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
}
