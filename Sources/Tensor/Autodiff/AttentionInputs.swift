internal import CKernels

/// Rotated queries, keys and values of a forest's tokens, and all that attention keeps of them.
///
/// Keys and values are kept once per token and laid out for the kernels segment by segment: a
/// segment's stand behind those of the segments it goes on from, which its siblings left in place.
struct AttentionInputs: Sendable {
  let forest: SequenceForest
  let shape: AttentionShape
  /// Of the wanted tokens. `[N, H d]`
  let queries: Tensor
  /// Keys, then values, of every token. `[T, 2 G d]`
  let keysValues: Tensor
  /// The wanted tokens, or `nil` for all.
  private let tokens: [Int]?
  private let positions: [Int32]
  private let queryPositions: [Int32]
  /// Boundaries of the segments in the queries.
  private let queryOffsets: [Int]

  /// One segment as the kernels take it.
  struct Segment {
    let index: Int
    let tokens: SequenceForest.Segment
    /// Its queries, as rows of all.
    let queries: Range<Int>
    /// Of all queries. `[N]`
    let positions: UnsafePointer<Int32>
    let keys: UnsafePointer<Float>
    let keyStride: Int
    let values: UnsafePointer<Float>
    let valueStride: Int
    let scratch: UnsafeMutablePointer<Float>

    /// Its queries in stretches of consecutive positions.
    var runs: [Range<Int>] {
      var runs: [Range<Int>] = []
      var first = queries.lowerBound
      for next in queries.map({ $0 + 1 })
      where next == queries.upperBound || positions[next] != positions[next - 1] + 1 {
        runs.append(first..<next)
        first = next
      }
      return runs
    }
  }

  init(
    _ projections: Tensor, forest: SequenceForest, tokens: [Int]?, shape: AttentionShape,
    rotary: RotaryTable
  ) {
    let width = shape.projectionWidth
    let count = forest.tokenCount
    precondition(
      projections.count == count * width,
      "\(count) tokens of width \(width) can't come in shape \(projections.shape)")
    precondition(
      2 * rotary.cosines.rowStride == shape.headSize,
      "heads of \(shape.headSize) got angles for heads of \(2 * rotary.cosines.rowStride)")
    precondition(
      forest.longest <= rotary.positionCount,
      "a row of \(forest.longest) tokens exceeds the model's \(rotary.positionCount) positions")
    self.forest = forest
    self.shape = shape
    self.tokens = tokens
    positions = forest.positions
    if let tokens {
      precondition(
        tokens.allSatisfy { $0 >= 0 && $0 < count }
          && zip(tokens, tokens.dropFirst()).allSatisfy(<),
        "wanted tokens must ascend below \(count)")
      queryPositions = tokens.map { [positions] in positions[$0] }
      var offsets = [0]
      for segment in forest.segments {
        var next = offsets[offsets.count - 1]
        while next < tokens.count && tokens[next] < segment.tokens.upperBound { next += 1 }
        offsets.append(next)
      }
      queryOffsets = offsets
    } else {
      queryPositions = positions
      queryOffsets = [0] + forest.segments.map(\.tokens.upperBound)
    }
    queries = rotary.rotated(
      projections, rows: tokens, of: count, columns: 0..<shape.outputWidth, heads: shape.heads,
      at: queryPositions)
    keysValues = rotary.rotated(
      projections, rows: nil, of: count, columns: shape.outputWidth..<width,
      heads: shape.keyValueHeads, at: positions)
  }

  /// How many tokens are wanted: `N`.
  var queryCount: Int { queryPositions.count }
  /// Elements of a token's keys and values together.
  var keyValueWidth: Int { 2 * shape.keyValueHeads * shape.headSize }

  /// Calls a closure with each segment in order, its keys and values laid out.
  func forEachSegment(_ body: (Segment) -> Void) {
    let longest = forest.longest
    let (width, half) = (keyValueWidth, keyValueWidth / 2)
    let keyStride = pg_key_count(longest, shape.headSize)
    let valueStride = longest * shape.headSize
    let keys = TensorStorage(repeating: 0, count: shape.keyValueHeads * keyStride)
    let values = TensorStorage(uninitialized: shape.keyValueHeads * valueStride)
    let scratch = TensorStorage(
      uninitialized: pg_attention_scratch_count(longest, shape.heads, shape.headSize))
    queryPositions.withUnsafeBufferPointer { positions in
      guard let positions = positions.baseAddress else { return }
      for (index, segment) in forest.segments.enumerated() {
        let source = keysValues.pointer + segment.tokens.lowerBound * width
        pg_store_keys_values(
          segment.tokens.count, segment.position, shape.keyValueHeads, shape.headSize, source,
          width, source + half, width, keys.base, keyStride, values.base, valueStride)
        body(
          Segment(
            index: index, tokens: segment, queries: queryOffsets[index]..<queryOffsets[index + 1],
            positions: positions, keys: keys.base, keyStride: keyStride, values: values.base,
            valueStride: valueStride, scratch: scratch.base))
      }
    }
    withExtendedLifetime((keys, values, scratch)) {}
  }

  // MARK: - The way back

  /// Takes the gradients of the keys and values that a segment saw, one row per position: sets its
  /// own tokens' and adds to those before.
  func pass(
    _ sums: UnsafePointer<Float>, along segment: Segment,
    into projections: UnsafeMutablePointer<Float>
  ) {
    for index in forest.path(to: segment.index) {
      let place = forest.segments[index]
      for (offset, token) in place.tokens.enumerated() {
        let from = sums + (place.position + offset) * keyValueWidth
        let to = projections + token * shape.projectionWidth + shape.outputWidth
        if index == segment.index {
          to.update(from: from, count: keyValueWidth)
        } else {
          pg_add(keyValueWidth, to, from, to)
        }
      }
    }
  }

  /// Puts the gradients of queries where they belong, and 0 where there is no query.
  func place(_ queryGradient: Tensor, into projections: UnsafeMutablePointer<Float>) {
    let width = shape.outputWidth
    var row = 0
    for token in 0..<forest.tokenCount {
      let to = projections + token * shape.projectionWidth
      if let tokens, row == tokens.count || tokens[row] != token {
        to.update(repeating: 0, count: width)
      } else {
        to.update(from: queryGradient.pointer + row * width, count: width)
        row += 1
      }
    }
  }

  /// Turns the gradients of rotated projections into those of projections.
  func rotateBack(_ projections: UnsafeMutablePointer<Float>, _ rotary: RotaryTable) {
    pg_rotary(
      forest.tokenCount, shape.heads + shape.keyValueHeads, shape.headSize, positions,
      rotary.cosines.pointer, rotary.sines.pointer, -1, projections, shape.projectionWidth)
  }
}

extension RotaryTable {
  /// Some columns of some rows (all when `nil`), copied, the first `heads` heads of them rotated.
  fileprivate func rotated(
    _ projections: Tensor, rows: [Int]?, of count: Int, columns: Range<Int>, heads: Int,
    at positions: [Int32]
  ) -> Tensor {
    let stride = projections.count / max(count, 1)
    return Tensor(shape: [positions.count, columns.count]) { target in
      guard let base = target.baseAddress else { return }
      for row in positions.indices {
        let from = projections.pointer + (rows?[row] ?? row) * stride + columns.lowerBound
        (base + row * columns.count).update(from: from, count: columns.count)
      }
      pg_rotary(
        positions.count, heads, 2 * cosines.rowStride, positions, cosines.pointer, sines.pointer, 1,
        base, columns.count)
    }
  }
}
