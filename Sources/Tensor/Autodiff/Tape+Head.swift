internal import CKernels

extension Tape {
  /// Log-probabilities of chosen tokens, with their entropies where wanted.
  ///
  /// Projection, log-softmax and gather run tile by tile; the logits of all positions are never
  /// stored, and the backward pass computes each tile again.
  ///
  ///     u = (hidden · Wᵀ) / temperature        logp = u[target] − log Σ eᵘ        H = −Σ p log p
  ///
  /// - Parameters:
  ///   - hidden: `[N, D]`, the last norm's output at the position before each chosen token.
  ///   - head: The vocabulary projection, without bias.
  ///   - targets: Chosen ids. `[N]`
  ///   - temperatures: Positive. `[N]`
  ///   - entropies: Whether entropies are wanted.
  /// - Returns: Log-probabilities `[N]`, and entropies `[N]` in nats or `nil`.
  public mutating func logProbabilities(
    _ hidden: Variable, head: LinearParameters, targets: [Int32], temperatures: [Float],
    entropies wantsEntropies: Bool = false
  ) -> (logProbabilities: Variable, entropies: Variable?) {
    let count = targets.count
    let vocabulary = head.outputCount
    precondition(
      hidden.value.count == count * head.inputCount && temperatures.count == count,
      "\(count) targets came with \(temperatures.count) temperatures and hidden states of shape \(hidden.value.shape)"
    )
    precondition(
      targets.allSatisfy { $0 >= 0 && $0 < vocabulary },
      "targets must be below the vocabulary of \(vocabulary)")
    let inverse = temperatures.map { 1 / $0 }
    let logSums = Tensor(storing: count)
    let entropyValues = wantsEntropies ? Tensor(storing: count) : nil
    let tiles = HeadTiles(count: count, head: head)
    let values = Tensor(shape: [count]) { out in
      guard let base = out.baseAddress else { return }
      tiles.forEach(hidden.value.pointer) { start, rows, logits in
        inverse.withUnsafeBufferPointer { inverse in
          targets.withUnsafeBufferPointer { targets in
            guard let inverse = inverse.baseAddress, let targets = targets.baseAddress else {
              return
            }
            pg_log_probabilities(
              rows, vocabulary, logits, vocabulary, inverse + start, targets + start, base + start,
              logSums.storage.base + start, entropyValues.map { $0.storage.base + start })
          }
        }
      }
    }
    head.expectGradients(of: self)
    let result = variable(values)
    let entropyResult = entropyValues.map { variable($0) }
    let (place, input) = (hidden.place, hidden.retained)
    record(parameters: [head.weight]) {
      [result = result.place, entropyResult = entropyResult?.place] table in
      let gradient = table.take(result)
      let entropyGradient = entropyResult.flatMap { table.take($0) }
      guard gradient != nil || entropyGradient != nil else { return }
      let logGradient = gradient ?? Tensor(zeros: [count])
      let width = head.inputCount
      let weightGradient = table.parameterGradient(head.weight)
      let weight = head.backward
      let products = OuterProducts(columns: width, rows: tiles.rowsPerTile)
      table.update(place, zeroing: true) { target, _ in
        input.withPointer { input in
          tiles.forEach(input) { start, rows, logits in
            inverse.withUnsafeBufferPointer { inverse in
              targets.withUnsafeBufferPointer { targets in
                guard let inverse = inverse.baseAddress, let targets = targets.baseAddress else {
                  return
                }
                pg_log_probabilities_backward(
                  rows, vocabulary, logits, vocabulary, inverse + start, targets + start,
                  logSums.pointer + start,
                  entropyGradient == nil ? nil : entropyValues.map { $0.pointer + start },
                  logGradient.pointer + start, entropyGradient.map { $0.pointer + start })
              }
            }
            if let weightGradient {
              products.sum(
                rows: rows, logits, width: vocabulary, input + start * width,
                into: weightGradient, accumulating: true)
            }
            weight.multiply(
              rows: rows, logits, stride: vocabulary, into: target + start * width, stride: width,
              accumulating: true)
          }
        }
      }
    }
    return (result, entropyResult)
  }
}

/// Logits of a few positions at a time.
private struct HeadTiles: Sendable {
  let count: Int
  let head: LinearParameters

  /// 64 positions at least, and with small vocabularies more: whatever a tile holds, the weights and
  /// their gradient come from memory once.
  var rowsPerTile: Int { min(max(64, (6 << 18) / max(head.outputCount, 1)), 192) }

  /// Computes the logits of hidden states `[count, D]`, tile after tile.
  func forEach(
    _ hidden: UnsafePointer<Float>,
    _ body: (_ start: Int, _ rows: Int, _ logits: UnsafeMutablePointer<Float>) -> Void
  ) {
    let rowsPerTile = rowsPerTile
    let scratch = TensorStorage(uninitialized: min(rowsPerTile, max(count, 1)) * head.outputCount)
    let weight = head.forward
    for start in stride(from: 0, to: count, by: rowsPerTile) {
      let rows = min(rowsPerTile, count - start)
      weight.multiply(
        rows: rows, hidden + start * head.inputCount, stride: head.inputCount,
        into: scratch.base, stride: head.outputCount)
      body(start, rows, scratch.base)
    }
  }
}
