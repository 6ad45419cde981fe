internal import Tensor

extension DecoderWeights {
  /// The last norm's output at some tokens of a forest.
  ///
  /// Of the last layer nobody looks at the other tokens but for their keys and values, so nothing
  /// else of them is computed.
  ///
  /// - Parameters:
  ///   - tokens: Ids of all tokens. `[T]`
  ///   - forest: The sequences they form.
  ///   - positions: Rows of the result, as indices into `T`, in any order and as often as wanted.
  ///     `[N]`
  /// - Returns: `[N, D]`
  func hidden(
    _ tokens: [Int32], over forest: SequenceForest, at positions: [Int], on tape: inout Tape
  ) -> Variable {
    let isAscending = zip(positions, positions.dropFirst()).allSatisfy(<)
    let chosen = isAscending ? positions : Set(positions).sorted()
    let epsilon = configuration.normEpsilon
    var stream = tape.embedding(
      tokens, parameters: parameters, table: layout.embedding, width: configuration.width)
    for (index, layer) in layers.enumerated() {
      let isLast = index == layers.count - 1
      let attended = tape.attention(
        tape.linear(
          tape.rmsNorm(stream, parameters: parameters, weight: layer.inputNorm, epsilon: epsilon),
          layer.projections),
        over: forest, at: isLast ? chosen : nil, shape: attention, rotary: rotary)
      if isLast { stream = tape.rows(stream, chosen) }
      stream = tape.linear(attended, layer.output, residual: stream)
      let gated = tape.swiGLU(
        tape.linear(
          tape.rmsNorm(
            stream, parameters: parameters, weight: layer.feedForwardNorm, epsilon: epsilon),
          layer.gateUp))
      stream = tape.linear(gated, layer.down, residual: stream)
    }
    let hidden = tape.rmsNorm(
      stream, parameters: parameters, weight: layout.norm, epsilon: epsilon)
    if isAscending { return hidden }
    let rows = Dictionary(uniqueKeysWithValues: zip(chosen, chosen.indices))
    return tape.rows(hidden, positions.compactMap { rows[$0] })
  }
}
