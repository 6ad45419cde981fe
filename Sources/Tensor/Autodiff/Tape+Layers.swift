internal import CKernels

extension Tape {
  /// A linear layer, with the residual stream added in the same pass.
  ///
  ///     y = residual + x · Wᵀ        or        y = b + x · Wᵀ
  ///
  /// - Parameters:
  ///   - x: `[T, in]`
  ///   - layer: The weight; with a residual it has no bias.
  ///   - residual: `[T, out]`, or `nil`.
  /// - Returns: `[T, out]`
  public mutating func linear(
    _ x: Variable, _ layer: LinearParameters, residual: Variable? = nil
  ) -> Variable {
    let rows = x.value.rowCount
    let (inputs, outputs) = (layer.inputCount, layer.outputCount)
    precondition(
      x.value.count == rows * inputs,
      "a layer of \(inputs) inputs got shape \(x.value.shape)")
    precondition(
      residual == nil || layer.bias == nil, "a layer with a residual can't have a bias as well")
    precondition(
      residual?.value.count ?? rows * outputs == rows * outputs,
      "\(rows) rows of \(outputs) outputs got a residual of shape \(residual?.value.shape ?? [])")
    let output = Tensor(shape: [rows, outputs]) { out in
      guard let base = out.baseAddress else { return }
      if let residual { base.update(from: residual.value.pointer, count: rows * outputs) }
      layer.project(
        rows: rows, x.value.pointer, into: base, accumulating: residual != nil)
    }
    let result = variable(output)
    layer.expectGradients(of: self)
    let input = x.retained
    let parameters = [layer.weight] + (layer.bias.map { [$0.range] } ?? [])
    record(parameters: parameters) {
      [result = result.place, x = x.place, residual = residual?.place] table in
      guard let gradient = table.take(result) else { return }
      if let residual { table.add(gradient, to: residual) }
      if let target = table.parameterGradient(layer.weight) {
        input.withPointer { input in
          OuterProducts(columns: inputs, rows: rows).sum(
            rows: rows, gradient.pointer, width: outputs, input, into: target, accumulating: true)
        }
      }
      if let bias = layer.bias, let target = table.parameterGradient(bias.range) {
        pg_sum_rows(rows, outputs, gradient.pointer, outputs, target, 1)
      }
      table.update(x) { target, accumulating in
        layer.projectBack(
          rows: rows, gradient.pointer, into: target, accumulating: accumulating)
      }
    }
    return result
  }

  /// Root-mean-square normalisation of rows.
  ///
  ///     y = x / sqrt(mean(x²) + ε) · w
  ///
  /// - Parameters:
  ///   - x: `[T, D]`
  ///   - parameters: The flat array that holds `w`.
  ///   - weight: Where `w`, `[D]`, lies.
  ///   - epsilon: ε, positive.
  /// - Source: Zhang and Sennrich 2019, arXiv:1910.07467.
  public mutating func rmsNorm(
    _ x: Variable, parameters: Tensor, weight: Range<Int>, epsilon: Float
  ) -> Variable {
    let (rows, width) = (x.value.rowCount, weight.count)
    precondition(
      x.value.count == rows * width, "a norm of width \(width) got shape \(x.value.shape)")
    let scales = parameters[rows: weight]
    let inverse = Tensor(storing: rows)
    let shape = [rows, width]
    let output = Tensor(shape: shape) { out in
      guard let base = out.baseAddress else { return }
      pg_rms_norm(
        rows, width, x.value.pointer, scales.pointer, epsilon, base, inverse.storage.base)
    }
    let input = x.retained
    let result = variable(output) {
      Tensor(shape: shape) { out in
        guard let base = out.baseAddress else { return }
        input.withPointer { pg_rms_norm(rows, width, $0, scales.pointer, epsilon, base, nil) }
      }
    }
    record(parameters: [weight]) { [result = result.place, x = x.place] table in
      guard let gradient = table.take(result) else { return }
      let unused = table.parameterGradient(weight) == nil ? Tensor(zeros: [width]) : nil
      guard let target = table.parameterGradient(weight) ?? unused?.storage.base else { return }
      table.update(x, zeroing: true) { inputGradient, _ in
        input.withPointer { input in
          pg_rms_norm_backward(
            rows, width, input, scales.pointer, inverse.pointer, gradient.pointer, inputGradient,
            target)
        }
      }
      withExtendedLifetime(unused) {}
    }
    return result
  }

  /// The gated activation of Llama and Qwen decoders.
  ///
  ///     y = silu(gate) · up,  silu(z) = z / (1 + e⁻ᶻ)
  ///
  /// - Parameter gateUp: `[T, 2F]`, the gates of a row before its ups.
  /// - Returns: `[T, F]`
  /// - Source: Shazeer 2020, arXiv:2002.05202.
  public mutating func swiGLU(_ gateUp: Variable) -> Variable {
    let rows = gateUp.value.rowCount
    let width = gateUp.value.rowStride / 2
    precondition(
      gateUp.value.count == rows * 2 * width,
      "gates and ups come in pairs, [T, 2F], got shape \(gateUp.value.shape)")
    let input = gateUp.retained
    let result = variable(gateUp.value.gated(rows: rows, width: width)) {
      input.value.gated(rows: rows, width: width)
    }
    record { [result = result.place, gateUp = gateUp.place] table in
      guard let gradient = table.take(result) else { return }
      let inputGradient = Tensor(shape: gateUp.shape) { target in
        guard let base = target.baseAddress else { return }
        input.withPointer { input in
          for row in 0..<rows {
            let (gate, gateGradient) = (input + row * 2 * width, base + row * 2 * width)
            pg_swiglu_backward(
              width, gate, gate + width, gradient.pointer + row * width, gateGradient,
              gateGradient + width)
          }
        }
      }
      table.add(inputGradient, to: gateUp)
    }
    return result
  }

  /// Rows of an embedding table.
  ///
  /// - Parameters:
  ///   - ids: Row indices, each below the table's height. `[T]`
  ///   - parameters: The flat array that holds the table.
  ///   - table: Where the table, `[V, width]`, lies.
  /// - Returns: `[T, width]`
  public mutating func embedding(
    _ ids: [Int32], parameters: Tensor, table place: Range<Int>, width: Int
  ) -> Variable {
    let weights = parameters[rows: place]
    let height = place.count / width
    precondition(
      ids.allSatisfy { $0 >= 0 && $0 < height }, "ids must be below the table's \(height) rows")
    let output = Tensor(shape: [ids.count, width]) { out in
      guard let base = out.baseAddress else { return }
      pg_gather(ids.count, width, weights.pointer, ids, base)
    }
    let result = variable(output)
    record(parameters: [place]) { [result = result.place] table in
      guard let gradient = table.take(result), let target = table.parameterGradient(place) else {
        return
      }
      pg_scatter_add(ids.count, width, gradient.pointer, ids, target)
    }
    return result
  }
}

extension Tensor {
  /// `silu(gate) · up` of rows that hold gates before ups. `[rows, width]`
  fileprivate func gated(rows: Int, width: Int) -> Tensor {
    Tensor(shape: [rows, width]) { out in
      guard let base = out.baseAddress else { return }
      for row in 0..<rows {
        let gate = pointer + row * 2 * width
        pg_swiglu(width, gate, gate + width, base + row * width)
      }
    }
  }

  /// A vector with undefined contents that a kernel fills while nobody else sees it.
  init(storing count: Int) {
    self.init(shape: [count], storage: TensorStorage(uninitialized: count))
  }
}
