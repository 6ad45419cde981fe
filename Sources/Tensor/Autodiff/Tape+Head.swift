internal import CKernels

extension Tape {
  /// Log-probabilities of chosen tokens, with their entropies where wanted.
  ///
  /// Projection, log-softmax and gather run tile by tile; beyond what `retainedLogits` allows no
  /// logits are stored, and the backward pass computes each tile again. Either way has the same bits.
  ///
  ///     u = (hidden · Wᵀ) / temperature        logp = u[target] − log Σ eᵘ        H = −Σ p log p
  ///
  /// - Parameters:
  ///   - hidden: `[N, D]`, the last norm's output at the position before each chosen token.
  ///   - head: The vocabulary projection, without bias.
  ///   - targets: Chosen ids. `[N]`
  ///   - temperatures: Positive and finite. `[N]`
  ///   - entropies: Whether entropies are wanted.
  ///   - retainedLogits: How many logits are kept for the way back at most, whole tiles of positions.
  ///     The first to play the tape uses them up; whoever plays it once more computes them again.
  /// - Returns: Log-probabilities `[N]`, and entropies `[N]` in nats or `nil`.
  public mutating func logProbabilities(
    _ hidden: Variable, head: LinearParameters, targets: [Int32], temperatures: [Float],
    entropies wantsEntropies: Bool = false, retainedLogits: Int = 0
  ) -> (logProbabilities: Variable, entropies: Variable?) {
    let count = targets.count
    let vocabulary = head.outputCount
    precondition(head.bias == nil, "a vocabulary projection has no bias")
    precondition(
      hidden.value.count == count * head.inputCount && temperatures.count == count,
      "\(count) targets came with \(temperatures.count) temperatures and hidden states of shape \(hidden.value.shape)"
    )
    precondition(
      targets.allSatisfy { $0 >= 0 && $0 < vocabulary },
      "targets must be below the vocabulary of \(vocabulary)")
    precondition(
      temperatures.allSatisfy { $0 > 0 && $0.isFinite }, "temperatures must be positive and finite")
    let inverse = temperatures.map { 1 / $0 }
    let logSums = Tensor(storing: count)
    let entropyValues = wantsEntropies ? Tensor(storing: count) : nil
    let tiles = HeadTiles(count: count, head: head)
    let kept = isRecording ? tiles.storage(atMost: retainedLogits) : nil
    let values = Tensor(shape: [count]) { out in
      guard let base = out.baseAddress else { return }
      tiles.forEach(hidden.value.pointer, keeping: kept) { start, rows, logits in
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
    let (place, input, handoff) = (hidden.place, hidden.retained, Handoff(kept))
    record(parameters: [head.weight]) {
      [result = result.place, entropyResult = entropyResult?.place] table in
      let gradient = table.take(result)
      let entropyGradient = entropyResult.flatMap { table.take($0) }
      guard gradient != nil || entropyGradient != nil else { return }
      let logGradient = gradient ?? Tensor(zeros: [count])
      let width = head.inputCount
      let weightGradient = table.parameterGradient(head.weight)
      let computed = handoff.take()
      let isWhole = tiles.areAll(in: computed)
      // Packed once for all tiles; where there is but one, on the way.
      let weight = isWhole ? nil : head.backward
      let products = OuterProducts(columns: width, rows: isWhole ? count : tiles.rowsPerTile)
      table.update(place, zeroing: true) { target, _ in
        input.withPointer { input in
          tiles.forEach(input, computed: computed) { start, rows, logits in
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
            if let weight {
              weight.multiply(
                rows: rows, logits, stride: vocabulary, into: target + start * width, stride: width,
                accumulating: true)
            } else {
              head.projectBack(rows: rows, logits, into: target, accumulating: true)
            }
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

  /// Memory for the logits of the first tiles, as many as `limit` logits hold; `nil` if none.
  func storage(atMost limit: Int) -> TensorStorage? {
    let rows = limit / max(head.outputCount, 1)
    let kept = rows >= count ? count : rows / rowsPerTile * rowsPerTile
    return kept > 0 ? TensorStorage(uninitialized: kept * head.outputCount) : nil
  }

  /// Whether the logits of all positions have been kept.
  func areAll(in storage: TensorStorage?) -> Bool {
    storage.map { $0.count == count * head.outputCount } ?? false
  }

  /// Computes the logits of hidden states `[count, D]`, tile after tile, or all at once if they are
  /// kept: then every weight meets all positions while it is in the caches.
  ///
  /// - Parameters:
  ///   - hidden: The states.
  ///   - keeping: Where the logits of the first tiles go; those of others take turns.
  ///   - computed: Logits of the first tiles, which need no computing.
  ///   - body: May change the logits.
  func forEach(
    _ hidden: UnsafePointer<Float>, keeping: TensorStorage? = nil, computed: TensorStorage? = nil,
    _ body: (_ start: Int, _ rows: Int, _ logits: UnsafeMutablePointer<Float>) -> Void
  ) {
    guard count > 0 else { return }
    let kept = keeping ?? computed
    if let kept, areAll(in: kept) {
      if computed == nil {
        head.project(rows: count, hidden, into: kept.base, accumulating: false)
      }
      body(0, count, kept.base)
      withExtendedLifetime(kept) {}
      return
    }
    let (vocabulary, rowsPerTile) = (head.outputCount, rowsPerTile)
    let keptRows = (kept?.count ?? 0) / max(vocabulary, 1)
    let weight = head.forward
    let scratch = TensorStorage(uninitialized: min(rowsPerTile, count - keptRows) * vocabulary)
    for start in stride(from: 0, to: count, by: rowsPerTile) {
      let rows = min(rowsPerTile, count - start)
      let own = start < keptRows ? kept.map { $0.base + start * vocabulary } : nil
      let logits = own ?? scratch.base
      if own == nil || computed == nil {
        weight.multiply(
          rows: rows, hidden + start * head.inputCount, stride: head.inputCount, into: logits,
          stride: vocabulary)
      }
      body(start, rows, logits)
    }
    withExtendedLifetime(kept) {}
  }
}
