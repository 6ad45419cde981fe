/// A rectangular array of `Float` with value semantics.
///
/// Elements lie in row-major order. Copies share memory until one of them is changed, so passing
/// tensors around is free, and a `Tensor` may cross threads like any other value. Views made by
/// ``subscript(rows:)`` and ``reshaped(to:)`` share memory in the same way.
///
///     var a = Tensor([[1, 2], [3, 4]])
///     let b = a
///     a[0, 1] = 7            // b is unchanged
///     let firstRow = a[rows: 0..<1]
///
/// Where a name clash makes it necessary, write `Tensor::Tensor`.
public struct Tensor: Sendable {
  /// The extent of each axis; `[]` for a scalar.
  public let shape: [Int]
  var storage: TensorStorage
  let offset: Int

  /// How many elements a shape holds; traps if an extent is negative.
  static func elementCount(of shape: [Int]) -> Int {
    precondition(shape.allSatisfy { $0 >= 0 }, "extents can't be negative, got shape \(shape)")
    return shape.reduce(1, *)
  }

  init(shape: [Int], storage: TensorStorage, offset: Int = 0) {
    self.shape = shape
    self.storage = storage
    self.offset = offset
  }

  /// A tensor of one repeated value.
  ///
  /// - Precondition: No extent is negative.
  public init(repeating value: Float, shape: [Int]) {
    self.init(
      shape: shape,
      storage: TensorStorage(repeating: value, count: Self.elementCount(of: shape)))
  }

  /// A tensor of zeros.
  public init(zeros shape: [Int]) {
    self.init(repeating: 0, shape: shape)
  }

  /// A tensor of the given elements, in row-major order.
  ///
  /// - Precondition: no extent is negative, and `values.count` is the product of `shape`.
  public init(_ values: [Float], shape: [Int]) {
    let count = Self.elementCount(of: shape)
    precondition(
      values.count == count, "shape \(shape) holds \(count) elements, got \(values.count)")
    let storage = TensorStorage(uninitialized: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { storage.base.update(from: base, count: source.count) }
    }
    self.init(shape: shape, storage: storage)
  }

  /// A vector.
  public init(_ values: [Float]) {
    self.init(values, shape: [values.count])
  }

  /// A matrix from rows of equal length.
  public init(_ rows: [[Float]]) {
    let width = rows.first?.count ?? 0
    precondition(
      rows.allSatisfy { $0.count == width },
      "rows of a matrix need equal lengths, got \(rows.map(\.count))")
    self.init(Array(rows.joined()), shape: [rows.count, width])
  }

  /// A tensor whose elements a closure writes.
  ///
  /// The memory is undefined before; the closure must write all of it.
  public init(
    shape: [Int], initializing body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    let storage = TensorStorage(uninitialized: Self.elementCount(of: shape))
    try body(UnsafeMutableBufferPointer(start: storage.base, count: storage.count))
    self.init(shape: shape, storage: storage)
  }

  /// How many elements there are.
  public var count: Int { shape.reduce(1, *) }

  /// The extent of the first axis; 1 for a scalar.
  public var rowCount: Int { shape.first ?? 1 }

  /// How many elements one step along the first axis spans.
  public var rowStride: Int { shape.dropFirst().reduce(1, *) }

  /// All elements, in row-major order.
  public var values: [Float] {
    withUnsafeBufferPointer { Array($0) }
  }

  /// Calls a closure with the elements.
  public func withUnsafeBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result = try body(UnsafeBufferPointer(start: storage.base + offset, count: count))
    withExtendedLifetime(storage) {}
    return result
  }

  /// Calls a closure with the elements, which it may change.
  ///
  /// Copies first if the memory is shared.
  public mutating func withUnsafeMutableBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if !isKnownUniquelyReferenced(&storage) {
      self = Tensor(
        shape: shape, storage: TensorStorage(copying: storage.base + offset, count: count))
    }
    return try body(UnsafeMutableBufferPointer(start: storage.base + offset, count: count))
  }

  /// The elements' address.
  ///
  /// The caller keeps the tensor alive.
  var pointer: UnsafePointer<Float> { UnsafePointer(storage.base + offset) }

  /// The element at some indices, one per axis.
  ///
  /// - Precondition: as many indices as axes, each in range.
  public subscript(indices: Int...) -> Float {
    get { storage.base[offset + position(of: indices)] }
    set {
      let position = position(of: indices)
      withUnsafeMutableBufferPointer { $0[position] = newValue }
    }
  }

  private func position(of indices: [Int]) -> Int {
    precondition(
      indices.count == shape.count && zip(indices, shape).allSatisfy { $0 >= 0 && $0 < $1 },
      "indices \(indices) are outside shape \(shape)")
    return zip(indices, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }
}

extension Tensor: Equatable {
  /// Whether shapes and all elements are equal; NaN equals nothing, −0 equals 0.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape
      && a.withUnsafeBufferPointer { x in b.withUnsafeBufferPointer { y in x.elementsEqual(y) } }
  }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first elements.
  public var description: String {
    let head = values.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "Tensor(shape: \(shape), [\(head)\(count > 8 ? ", …" : "")])"
  }
}
