internal import CKernels
internal import Trajectories

/// Memory that one decoding worker draws tokens with, and the draw itself.
struct DrawingScratch {
  private var weights: [Float] = []
  private var ids: [Int32] = []

  /// One drawn token.
  struct Drawn {
    /// The token's id; -1 where the logits are no distribution.
    var id: Int32
    /// Its log-probability among all tokens.
    var logProbability: Float = 0
    /// Its log-probability among those that could be drawn.
    var truncated: Float = 0
  }

  /// Draws by a uniform number in `[0, 1)`.
  mutating func draw(
    from logits: UnsafePointer<Float>, vocabulary: Int, settings: SamplingSettings, uniform: Float
  ) -> Drawn {
    let isTruncating = settings.isTruncating
    grow(vocabulary, isTruncating: isTruncating)
    var drawn = Drawn(id: -1)
    guard isTruncating else {
      drawn.id = pg_draw(
        vocabulary, logits, settings.temperature, uniform, &drawn.logProbability, &weights)
      drawn.truncated = drawn.logProbability
      return drawn
    }
    var limits = pg_truncation(
      temperature: settings.temperature, top_k: settings.topK ?? vocabulary,
      top_p: settings.topP ?? 1, min_p: settings.minP ?? 0)
    drawn.id = pg_draw_truncated(
      vocabulary, logits, &limits, uniform, &drawn.logProbability, &drawn.truncated, &weights, &ids)
    return drawn
  }

  private mutating func grow(_ vocabulary: Int, isTruncating: Bool) {
    let floats = isTruncating ? 2 * vocabulary : vocabulary
    if weights.count < floats { weights = [Float](repeating: 0, count: floats) }
    if isTruncating, ids.count < vocabulary { ids = [Int32](repeating: 0, count: vocabulary) }
  }
}
