internal import CKernels
internal import Tensor

/// Memory that one decoding worker reuses from step to step.
struct DecodingBuffers {
  private var buffers: [Tensor] = Array(repeating: Tensor(zeros: [0]), count: 8)

  /// At least `count` floats, the same memory each time for the same `slot`.
  mutating func reserve(_ slot: Int, _ count: Int) -> UnsafeMutablePointer<Float> {
    if buffers[slot].count < count { buffers[slot] = Tensor(zeros: [count + count / 2]) }
    return buffers[slot].withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a tensor has memory") }
      return base
    }
  }
}

/// The tokens that one context feeds in a step.
struct DecodingInput {
  var tokens: ArraySlice<Int32>
  var cache: KeyValueCache
  /// Whether the logits after its last token are wanted.
  var wantsLogits: Bool
}

extension DecoderWeights {
  /// Feeds tokens of several contexts and extends their caches.
  ///
  /// Every row is computed by the same kernels in the same order as in ``hidden(_:over:at:on:)``,
  /// so its numbers are those of training, bit for bit, and don't depend on the other contexts.
  ///
  /// - Parameter team: Threads that share products and contexts, or `nil`; changes no number.
  /// - Returns: Logits `[count of inputs that want them, V]` in the order of the inputs, valid until
  ///   the buffers are used again.
  func step(
    _ inputs: inout [DecodingInput], buffers: inout DecodingBuffers, team: ThreadTeam? = nil
  ) -> UnsafePointer<Float> {
    let (d, f) = (configuration.width, configuration.feedForwardWidth)
    let shape = attention
    let (width, outputWidth) = (shape.projectionWidth, shape.outputWidth)
    var rows = inputs.reduce(0) { $0 + $1.tokens.count }
    var ids: [Int32] = []
    var positions: [Int32] = []
    ids.reserveCapacity(rows)
    positions.reserveCapacity(rows)
    for i in inputs.indices {
      let (first, count) = (inputs[i].cache.count, inputs[i].tokens.count)
      inputs[i].cache.reserve(first + count, limit: configuration.contextLength)
      ids.append(contentsOf: inputs[i].tokens)
      positions.append(contentsOf: Int32(first)..<Int32(first + count))
    }
    let longest = inputs.map { $0.cache.count + $0.tokens.count }.max() ?? 0
    let stream = buffers.reserve(0, rows * d)
    let normed = buffers.reserve(1, rows * d)
    let projections = buffers.reserve(2, rows * width)
    let attended = buffers.reserve(3, rows * outputWidth)
    let gateUp = buffers.reserve(4, rows * 2 * f)
    let gated = buffers.reserve(5, rows * f)
    let scratchCount = pg_attention_scratch_count(longest, shape.heads, shape.headSize)
    let scratch = buffers.reserve(6, scratchCount * (team == nil ? 1 : inputs.count))

    parameters.withUnsafeBufferPointer { parameters in
      guard let weights = parameters.baseAddress else { return }
      func norm(_ place: Range<Int>, _ count: Int, _ input: UnsafePointer<Float>) {
        pg_rms_norm(
          count, d, input, weights + place.lowerBound, configuration.normEpsilon, normed, nil)
      }
      pg_gather(rows, d, weights + layout.embedding.lowerBound, ids, stream)
      for (index, layer) in layers.enumerated() {
        norm(layer.inputNorm, rows, stream)
        layer.projections.forward.multiply(
          rows: rows, normed, stride: d,
          bias: layer.projections.bias.map { weights + $0.range.lowerBound }, into: projections,
          stride: width, team: team)
        rotary.cosines.withUnsafeBufferPointer { cosines in
          rotary.sines.withUnsafeBufferPointer { sines in
            pg_rotary(
              rows, shape.heads + shape.keyValueHeads, shape.headSize, positions,
              cosines.baseAddress, sines.baseAddress, 1, projections, width)
          }
        }
        inputs.attend(
          layer: index, shape: shape, projections: projections, into: attended, scratch: scratch,
          scratchCount: scratchCount, team: team)
        if index == layers.count - 1 {
          // Behind the last attention only the rows that want logits go on, moved to the front:
          // targets never pass sources.
          rows = inputs.moveLastRows(of: stream, width: d)
          _ = inputs.moveLastRows(of: attended, width: outputWidth)
        }
        layer.output.forward.multiply(
          rows: rows, attended, stride: outputWidth, into: stream, stride: d, accumulating: true,
          team: team)
        norm(layer.feedForwardNorm, rows, stream)
        layer.gateUp.forward.multiply(
          rows: rows, normed, stride: d, into: gateUp, stride: 2 * f, team: team)
        for row in 0..<rows {
          let gate = gateUp + row * 2 * f
          pg_swiglu(f, gate, gate + f, gated + row * f)
        }
        layer.down.forward.multiply(
          rows: rows, gated, stride: f, into: stream, stride: d, accumulating: true,
          team: team)
      }
      for i in inputs.indices { inputs[i].cache.advance(by: inputs[i].tokens.count) }
      norm(layout.norm, rows, stream)
      head.forward.multiply(
        rows: rows, normed, stride: d,
        into: buffers.reserve(7, rows * configuration.vocabularyCount),
        stride: configuration.vocabularyCount, team: team)
    }
    return UnsafePointer(buffers.reserve(7, 0))
  }
}

extension [DecodingInput] {
  /// Stores the new keys and values of one layer and lets each context attend to all of its own.
  ///
  /// - Parameter scratch: `scratchCount` floats, for each context if there is a team.
  fileprivate mutating func attend(
    layer: Int, shape: AttentionShape, projections: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>,
    scratchCount: Int, team: ThreadTeam?
  ) {
    var row = 0
    let rows = map { input in
      defer { row += input.tokens.count }
      return row
    }
    withUnsafeMutableBufferPointer { inputs in
      // Safe to share: each index belongs to one thread, with rows and scratch of its own.
      nonisolated(unsafe) let (inputs, projections) = (inputs, projections)
      nonisolated(unsafe) let (output, scratch) = (output, scratch)
      let attend: @Sendable (Int) -> Void = { i in
        inputs[i].attend(
          layer: layer, shape: shape, projections: projections + rows[i] * shape.projectionWidth,
          into: output + rows[i] * shape.outputWidth,
          scratch: scratch + (team == nil ? 0 : i * scratchCount))
      }
      if let team { team.perform(inputs.count, attend) } else { inputs.indices.forEach(attend) }
    }
  }

  /// Moves the last row of each input that wants logits to the front, in order, and returns how many
  /// those are.
  fileprivate func moveLastRows(of matrix: UnsafeMutablePointer<Float>, width: Int) -> Int {
    var (row, wanted) = (0, 0)
    for input in self {
      row += input.tokens.count
      guard input.wantsLogits else { continue }
      if wanted != row - 1 {
        (matrix + wanted * width).update(from: matrix + (row - 1) * width, count: width)
      }
      wanted += 1
    }
    return wanted
  }
}

extension DecodingInput {
  /// Stores the new keys and values of one layer and attends over all of the context.
  fileprivate mutating func attend(
    layer: Int, shape: AttentionShape, projections: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    let (first, rows) = (cache.count, tokens.count)
    let (keyStride, valueStride) = (cache.keyStride, cache.valueStride)
    let width = shape.projectionWidth
    let newKeys = projections + shape.heads * shape.headSize
    cache.keys[layer].withUnsafeMutableBufferPointer { keys in
      cache.values[layer].withUnsafeMutableBufferPointer { values in
        guard let keys = keys.baseAddress, let values = values.baseAddress else { return }
        pg_store_keys_values(
          rows, first, shape.keyValueHeads, shape.headSize, newKeys, width,
          newKeys + shape.keyValueHeads * shape.headSize, width, keys, keyStride, values,
          valueStride)
        pg_attention(
          rows, first, shape.heads, shape.keyValueHeads, shape.headSize, shape.scale, projections,
          width, keys, keyStride, values, valueStride, output, shape.outputWidth, nil, scratch)
      }
    }
  }
}
