internal import CKernels

extension Tape {
  /// The element-wise sum.
  ///
  /// Gradient: passed on to both.
  ///
  /// - Precondition: equal shapes.
  public mutating func add(_ a: Variable, _ b: Variable) -> Variable {
    let result = variable(a.value + b.value)
    record { [result = result.place, a = a.place, b = b.place] table in
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
    let (left, right) = (a.retained, b.retained)
    record { [result = result.place, a = a.place, b = b.place] table in
      guard let gradient = table.take(result) else { return }
      table.add(gradient * right.value, to: a)
      table.add(gradient * left.value, to: b)
    }
    return result
  }

  /// Every element times a constant.
  public mutating func scale(_ a: Variable, by factor: Float) -> Variable {
    let result = variable(factor * a.value)
    record { [result = result.place, a = a.place] table in
      guard let gradient = table.take(result) else { return }
      table.add(factor * gradient, to: a)
    }
    return result
  }

  /// The sum of all elements, a scalar.
  public mutating func sum(_ a: Variable) -> Variable {
    let result = variable(Tensor([a.value.sum], shape: []))
    record { [result = result.place, a = a.place] table in
      guard let gradient = table.take(result) else { return }
      table.add(Tensor(repeating: gradient.values[0], shape: a.shape), to: a)
    }
    return result
  }

  /// The matrix product `A · B`.
  ///
  /// Gradients: `dA = dC · Bᵀ`, `dB = Aᵀ · dC`.
  ///
  /// - Precondition: shapes `[M, K]` and `[K, N]`.
  public mutating func matmul(_ a: Variable, _ b: Variable) -> Variable {
    let result = variable(product(a.value, b.value))
    let (left, right) = (a.retained, b.retained)
    record { [result = result.place, a = a.place, b = b.place] table in
      guard let gradient = table.take(result) else { return }
      let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
      let transposed = PackedMatrix(right.value, transposed: true)
      table.update(a) { target, accumulating in
        transposed.multiply(
          rows: m, gradient.pointer, stride: n, into: target, stride: k,
          accumulating: accumulating)
      }
      table.update(b) { target, accumulating in
        left.withPointer { left in
          OuterProducts(columns: n, rows: m).sum(
            rows: m, left, width: k, gradient.pointer, into: target, accumulating: accumulating)
        }
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
    record { [result = result.place, a = a.place] table in
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

/// `A · B`, from where the tape's own `matmul` stands before it.
private func product(_ a: Tensor, _ b: Tensor) -> Tensor { matmul(a, b) }
