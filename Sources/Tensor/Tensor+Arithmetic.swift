internal import CKernels

extension Tensor {
  /// The element-wise sum.
  ///
  /// - Precondition: equal shapes; nothing is broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    a.combined(with: b, "+", pg_add)
  }

  /// The element-wise product.
  ///
  /// - Precondition: equal shapes; nothing is broadcast.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    a.combined(with: b, "*", pg_multiply)
  }

  /// Every element times a number.
  public static func * (scale: Float, a: Tensor) -> Tensor {
    Tensor(shape: a.shape) { out in
      guard let base = out.baseAddress else { return }
      pg_scale(a.count, scale, a.pointer, base)
    }
  }

  /// Adds another tensor to this one in place.
  ///
  /// - Precondition: equal shapes.
  public static func += (a: inout Tensor, b: Tensor) {
    precondition(a.shape == b.shape, "+= needs equal shapes, got \(a.shape) and \(b.shape)")
    a.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      pg_add(buffer.count, base, b.pointer, base)
    }
  }

  /// The sum of all elements, in a fixed order.
  public var sum: Float { pg_sum(count, pointer) }

  /// Whether no element is NaN or infinite.
  public var isFinite: Bool { pg_all_finite(count, pointer) != 0 }

  private func combined(
    with other: Tensor, _ name: String,
    _ kernel: (Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    precondition(
      shape == other.shape, "\(name) needs equal shapes, got \(shape) and \(other.shape)")
    return Tensor(shape: shape) { out in
      guard let base = out.baseAddress else { return }
      kernel(count, pointer, other.pointer, base)
    }
  }
}
