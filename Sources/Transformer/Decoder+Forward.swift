internal import Tensor

extension DecoderWeights {
  /// The last norm's output at some positions of packed rows.
  ///
  /// Behind the last layer's attention nobody looks at the other positions, so they stay there.
  ///
  /// - Parameters:
  ///   - tokens: Ids of all rows. `[T]`
  ///   - rowOffsets: Row boundaries in `T`.
  ///   - positions: Rows of the result, as indices into `T`. `[N]`
  /// - Returns: `[N, D]`
  func hidden(
    _ tokens: [Int32], rowOffsets: [Int], at positions: [Int], on tape: inout Tape
  ) -> Variable {
    let epsilon = configuration.normEpsilon
    var stream = tape.embedding(
      tokens, parameters: parameters, table: layout.embedding, width: configuration.width)
    for (index, layer) in layers.enumerated() {
      var attended = tape.attention(
        tape.linear(
          tape.rmsNorm(stream, parameters: parameters, weight: layer.inputNorm, epsilon: epsilon),
          layer.projections),
        rowOffsets: rowOffsets, shape: attention, rotary: rotary)
      if index == layers.count - 1 {
        attended = tape.rows(attended, positions)
        stream = tape.rows(stream, positions)
      }
      stream = tape.linear(attended, layer.output, residual: stream)
      let gated = tape.swiGLU(
        tape.linear(
          tape.rmsNorm(
            stream, parameters: parameters, weight: layer.feedForwardNorm, epsilon: epsilon),
          layer.gateUp))
      stream = tape.linear(gated, layer.down, residual: stream)
    }
    return tape.rmsNorm(stream, parameters: parameters, weight: layout.norm, epsilon: epsilon)
  }
}
