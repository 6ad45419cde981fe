internal import CKernels

/// The sizes of an attention layer with grouped heads.
public struct AttentionShape: Sendable, Hashable {
  /// Query heads. `H`
  public let heads: Int
  /// Key-value heads, a divisor of `heads`.
  public let keyValueHeads: Int
  /// Elements per head.
  public let headSize: Int

  /// Sizes of a layer.
  public init(heads: Int, keyValueHeads: Int, headSize: Int) {
    precondition(
      heads > 0 && keyValueHeads > 0 && heads.isMultiple(of: keyValueHeads),
      "\(heads) query heads can't share \(keyValueHeads) key-value heads evenly")
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
  }

  /// Elements of one row of queries, keys and values together.
  public var projectionWidth: Int { (heads + 2 * keyValueHeads) * headSize }
  /// Elements of one row of output.
  public var outputWidth: Int { heads * headSize }
  /// What scores are multiplied by: `1 / sqrt(headSize)`.
  public var scale: Float { Float(1 / Double(headSize).squareRoot()) }
}

extension Tape {
  /// Causal self-attention within each row of a packed batch, rotary positions included.
  ///
  ///     out[t, h] = Σ_{j ≤ t} softmax_j(q[t, h] · k[j, g] / √d) v[j, g]        g = h / (H / G)
  ///
  /// Positions count from 0 in every row of the batch; rows never see each other.
  ///
  /// - Parameters:
  ///   - projections: `[T, (H + 2G) d]`: queries, keys, values of each token, before rotation.
  ///   - rowOffsets: Boundaries of the rows in `T`.
  ///   - shape: Heads and their size.
  ///   - rotary: Angles for at least as many positions as the longest row.
  /// - Returns: `[T, H d]`
  public mutating func attention(
    _ projections: Variable, rowOffsets: [Int], shape: AttentionShape, rotary: RotaryTable
  ) -> Variable {
    let cache = SequenceCache(
      projections.value, rowOffsets: rowOffsets, shape: shape, rotary: rotary)
    let tokens = cache.tokenCount
    let logSums = Tensor(storing: tokens * shape.heads)
    let width = shape.outputWidth
    let output = Tensor(shape: [tokens, width]) { out in
      guard let base = out.baseAddress else { return }
      cache.forEachRow { row in
        pg_attention(
          row.count, 0, shape.heads, shape.keyValueHeads, shape.headSize, shape.scale, row.queries,
          row.stride, row.keys, row.keyStride, row.values, row.valueStride,
          base + row.start * width, width, logSums.storage.base + row.start * shape.heads,
          row.scratch)
      }
    }
    let result = variable(output)
    record { table in
      guard let gradient = table.take(result) else { return }
      let stride = shape.projectionWidth
      let inputs = Tensor(shape: projections.value.shape) { target in
        guard let base = target.baseAddress else { return }
        cache.forEachRow { row in
          let queries = base + row.start * stride
          let keys = queries + shape.heads * shape.headSize
          let values = keys + shape.keyValueHeads * shape.headSize
          pg_attention_backward(
            row.count, shape.heads, shape.keyValueHeads, shape.headSize, shape.scale, row.queries,
            row.stride, row.keys, row.keyStride, row.values, row.valueStride,
            output.pointer + row.start * width, width, logSums.pointer + row.start * shape.heads,
            gradient.pointer + row.start * width, width, queries, stride, keys, stride, values,
            stride, row.scratch)
        }
        pg_rotary(
          tokens, shape.heads + shape.keyValueHeads, shape.headSize, cache.positions,
          rotary.cosines.pointer, rotary.sines.pointer, -1, base, stride)
      }
      table.add(inputs, to: projections)
    }
    return result
  }
}

/// Rotated projections of a packed batch with each row's keys and values in attention's layout.
private struct SequenceCache: Sendable {
  /// One row, as attention kernels take it.
  struct Row {
    let start: Int
    let count: Int
    let queries: UnsafePointer<Float>
    let stride: Int
    let keys: UnsafePointer<Float>
    let keyStride: Int
    let values: UnsafePointer<Float>
    let valueStride: Int
    let scratch: UnsafeMutablePointer<Float>
  }

  let shape: AttentionShape
  let rowOffsets: [Int]
  let positions: [Int32]
  let rotated: Tensor
  let keys: Tensor
  let values: Tensor

  var tokenCount: Int { rowOffsets.last ?? 0 }

  init(_ projections: Tensor, rowOffsets: [Int], shape: AttentionShape, rotary: RotaryTable) {
    let width = shape.projectionWidth
    let tokens = rowOffsets.last ?? 0
    precondition(
      projections.count == tokens * width,
      "\(tokens) tokens of width \(width) can't come in shape \(projections.shape)")
    self.shape = shape
    self.rowOffsets = rowOffsets
    var positions: [Int32] = []
    positions.reserveCapacity(tokens)
    var keyCount = 0
    for (start, end) in zip(rowOffsets, rowOffsets.dropFirst()) {
      precondition(
        end - start <= rotary.positionCount,
        "a row of \(end - start) tokens exceeds the \(rotary.positionCount) positions of the model")
      positions.append(contentsOf: 0..<Int32(end - start))
      keyCount += shape.keyValueHeads * pg_key_count(end - start, shape.headSize)
    }
    self.positions = positions
    rotated = Tensor(shape: [tokens, width]) { target in
      guard let base = target.baseAddress else { return }
      base.update(from: projections.pointer, count: tokens * width)
      pg_rotary(
        tokens, shape.heads + shape.keyValueHeads, shape.headSize, positions,
        rotary.cosines.pointer, rotary.sines.pointer, 1, base, width)
    }
    keys = Tensor(zeros: [keyCount])
    values = Tensor(storing: tokens * shape.keyValueHeads * shape.headSize)
    let source = rotated.pointer + shape.heads * shape.headSize
    var keyStart = 0
    for (start, end) in zip(rowOffsets, rowOffsets.dropFirst()) {
      let count = end - start
      let keyStride = pg_key_count(count, shape.headSize)
      let row = source + start * width
      pg_store_keys_values(
        count, 0, shape.keyValueHeads, shape.headSize, row, width,
        row + shape.keyValueHeads * shape.headSize, width, keys.storage.base + keyStart, keyStride,
        values.storage.base + start * shape.keyValueHeads * shape.headSize,
        count * shape.headSize)
      keyStart += shape.keyValueHeads * keyStride
    }
  }

  func forEachRow(_ body: (Row) -> Void) {
    let longest = zip(rowOffsets, rowOffsets.dropFirst()).map { $1 - $0 }.max() ?? 0
    let scratch = TensorStorage(
      uninitialized: pg_attention_scratch_count(longest, shape.heads, shape.headSize))
    var keyStart = 0
    for (start, end) in zip(rowOffsets, rowOffsets.dropFirst()) {
      let count = end - start
      let keyStride = pg_key_count(count, shape.headSize)
      body(
        Row(
          start: start, count: count, queries: rotated.pointer + start * shape.projectionWidth,
          stride: shape.projectionWidth, keys: keys.pointer + keyStart, keyStride: keyStride,
          values: values.pointer + start * shape.keyValueHeads * shape.headSize,
          valueStride: count * shape.headSize, scratch: scratch.base))
      keyStart += shape.keyValueHeads * keyStride
    }
  }
}
