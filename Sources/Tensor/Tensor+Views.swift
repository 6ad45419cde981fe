extension Tensor {
  /// Consecutive steps along the first axis, sharing memory.
  ///
  /// - Precondition: the tensor has an axis and the range lies within it.
  public subscript(rows range: Range<Int>) -> Tensor {
    precondition(
      !shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0],
      "rows \(range) are outside shape \(shape)")
    return Tensor(
      shape: [range.count] + shape.dropFirst(), storage: storage,
      offset: offset + range.lowerBound * rowStride)
  }

  /// The same elements under another shape, sharing memory.
  ///
  /// - Precondition: no extent is negative, and both shapes hold the same number of elements.
  public func reshaped(to shape: [Int]) -> Tensor {
    precondition(
      Self.elementCount(of: shape) == count,
      "shape \(self.shape) of \(count) elements can't become \(shape)")
    return Tensor(shape: shape, storage: storage, offset: offset)
  }

  /// Some rows of a matrix in the order given, copied.
  ///
  /// - Precondition: every index is a row.
  public func gathering(rows indices: [Int]) -> Tensor {
    let width = rowStride
    return Tensor(shape: [indices.count] + shape.dropFirst()) { target in
      guard let base = target.baseAddress else { return }
      for (i, row) in indices.enumerated() {
        precondition(row >= 0 && row < rowCount, "row \(row) is outside shape \(shape)")
        (base + i * width).update(from: pointer + row * width, count: width)
      }
    }
  }
}
