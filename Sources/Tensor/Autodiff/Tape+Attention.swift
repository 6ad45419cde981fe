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
  /// Causal self-attention along the sequences of a forest, rotary positions included.
  ///
  ///     out[t, h] = Σ_{j ≤ t} softmax_j(q[t, h] · k[j, g] / √d) v[j, g]        g = h / (H / G)
  ///
  /// `j` runs over the tokens of the segments that the token's own goes on from, and of its own.
  /// Positions count from 0 in every sequence; sequences never see each other, so a token's output
  /// has the same bits whether the tokens before it are shared or its own.
  ///
  /// Gradients: those of a shared key or value are sums of one part per segment that sees it, in the
  /// order of the segments.
  ///
  /// - Parameters:
  ///   - projections: `[T, (H + 2G) d]`: queries, keys, values of each token, before rotation.
  ///   - forest: The sequences that the `T` tokens form.
  ///   - tokens: Which tokens' outputs are wanted, ascending indices into `T`; all when `nil`. No
  ///     other query is computed, and none has a gradient.
  ///   - shape: Heads and their size.
  ///   - rotary: Angles for at least as many positions as the longest sequence.
  /// - Returns: `[N, H d]`, a row per wanted token.
  public mutating func attention(
    _ projections: Variable, over forest: SequenceForest, at tokens: [Int]? = nil,
    shape: AttentionShape, rotary: RotaryTable
  ) -> Variable {
    let inputs = AttentionInputs(
      projections.value, forest: forest, tokens: tokens, shape: shape, rotary: rotary)
    let (count, width) = (inputs.queryCount, shape.outputWidth)
    let logSums = Tensor(storing: count * shape.heads)
    let output = Tensor(shape: [count, width]) { out in
      guard let base = out.baseAddress else { return }
      inputs.forEachSegment { segment in
        for run in segment.runs {
          let first = run.lowerBound
          pg_attention(
            run.count, Int(segment.positions[first]), shape.heads, shape.keyValueHeads,
            shape.headSize, shape.scale, inputs.queries.pointer + first * width, width,
            segment.keys, segment.keyStride, segment.values, segment.valueStride,
            base + first * width, width, logSums.storage.base + first * shape.heads,
            segment.scratch)
        }
      }
    }
    let result = variable(output)
    record { [result = result.place, projections = projections.place] table in
      guard count > 0, let gradient = table.take(result) else { return }
      let queries = Tensor(storing: count * width)
      let sums = TensorStorage(uninitialized: forest.longest * inputs.keyValueWidth)
      let inputGradient = Tensor(shape: projections.shape) { target in
        guard let base = target.baseAddress else { return }
        inputs.forEachSegment { segment in
          let (first, length) = (segment.queries.lowerBound, segment.tokens.end)
          pg_attention_backward(
            segment.queries.count, segment.positions + first, length, shape.heads,
            shape.keyValueHeads, shape.headSize, shape.scale,
            inputs.queries.pointer + first * width, width, segment.keys, segment.keyStride,
            segment.values, segment.valueStride, output.pointer + first * width, width,
            logSums.pointer + first * shape.heads, gradient.pointer + first * width, width,
            queries.storage.base + first * width, width, sums.base, inputs.keyValueWidth,
            sums.base + inputs.keyValueWidth / 2,
            inputs.keyValueWidth, segment.scratch)
          inputs.pass(sums.base, along: segment, into: base)
        }
        inputs.place(queries, into: base)
        inputs.rotateBack(base, rotary)
        withExtendedLifetime(sums) {}
      }
      table.add(inputGradient, to: projections)
    }
    return result
  }
}
