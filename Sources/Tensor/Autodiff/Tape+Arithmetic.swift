internal import CKernels

extension Tape {
  /// The element-wise sum.
  ///
  /// Gradient: passed on to both.
  ///
  /// - Precondition: equal shapes.
  public mutating func add(_ a: Variable, _ b: Variable) -> Variable {
    let result = variable(a.value + b.value)
    record { table in
      guard let gradient = table.take(result) else { return }
      table.add(gradient, to: a)
      table.add(gradient, to: b)
    }
    return result
  }

  /// The element-wise product.
  ///
  /// Gradient: to each, times the other.
  ///
  /// - Precondition: equal shapes.
  public mutating func multiply(_ a: Variable, _ b: Variable) -> Variable {
    let result = variable(a.value * b.value)
    record { table in
      guard let gradient = table.take(result) else { return }
      table.add(gradient * b.value, to: a)
      table.add(gradient * a.value, to: b)
    }
    return result
  }

  /// Every element times a constant.
  public mutating func scale(_ a: Variable, by factor: Float) -> Variable {
    let result = variable(factor * a.value)
    record { table in
      guard let gradient = table.take(result) else { return }
      table.add(factor * gradient, to: a)
    }
    return result
  }

  /// The sum of all elements, a scalar.
  public mutating func sum(_ a: Variable) -> Variable {
    let result = variable(Tensor([a.value.sum], shape: []))
    record { table in
      guard let gradient = table.take(result) else { return }
      table.add(Tensor(repeating: gradient.values[0], shape: a.value.shape), to: a)
    }
    return result
  }

  /// The matrix product `A · B`.
  ///
  /// Gradients: `dA = dC · Bᵀ`, `dB = Aᵀ · dC`.
  ///
  /// - Precondition: shapes `[M, K]` and `[K, N]`.
  public mutating func matmul(_ a: Variable, _ b: Variable) -> Variable {
    let result = variable(Tensor::matmul(a.value, b.value))
    record { table in
      guard let gradient = table.take(result) else { return }
      let (m, k, n) = (a.value.shape[0], a.value.shape[1], b.value.shape[1])
      let transposed = PackedMatrix(b.value, transposed: true)
      table.update(a) { target, accumulating in
        transposed.multiply(
          rows: m, gradient.pointer, stride: n, into: target, stride: k,
          accumulating: accumulating)
      }
      table.update(b) { target, accumulating in
        pg_matmul_outer(
          k, n, m, a.value.pointer, k, gradient.pointer, n, target, n, accumulating ? 1 : 0)
      }
    }
    return result
  }

  /// Some rows of a matrix.
  ///
  /// Gradient: added back to the rows.
  public mutating func rows(_ a: Variable, _ indices: [Int]) -> Variable {
    let result = variable(a.value.gathering(rows: indices))
    let width = a.value.rowStride
    record { table in
      guard let gradient = table.take(result) else { return }
      table.update(a, zeroing: true) { target, _ in
        for (i, row) in indices.enumerated() {
          pg_axpy(width, 1, gradient.pointer + i * width, target + row * width)
        }
      }
    }
    return result
  }
}
