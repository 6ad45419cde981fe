internal import CKernels
internal import Measuring

/// What a layer does between its products.
func layers() {
  let (rows, width) = (Size.rows, Size.width)
  benchmark("RMSNorm of \(rows) × \(width)") {
    (
      x: Floats(normal: rows * width, seed: 1), weight: Floats(normal: width, seed: 2),
      out: Floats(zeros: rows * width), inverse: Floats(zeros: rows)
    )
  } call: {
    pg_rms_norm(rows, width, $0.x.base, $0.weight.base, 1e-6, $0.out.base, $0.inverse.base)
  }
  benchmark("RMSNorm of \(rows) × \(width), backward") {
    (
      x: Floats(normal: rows * width, seed: 1), weight: Floats(normal: width, seed: 2),
      inverse: Floats(normal: rows, seed: 3), gradient: Floats(normal: rows * width, seed: 4),
      dx: Floats(zeros: rows * width), dWeight: Floats(zeros: width)
    )
  } call: {
    pg_rms_norm_backward(
      rows, width, $0.x.base, $0.weight.base, $0.inverse.base, $0.gradient.base, $0.dx.base,
      $0.dWeight.base)
  }
  let shape = AttentionShape()
  benchmark("rotary positions of \(rows) × \(shape.heads) × \(shape.headSize)") {
    (
      x: Floats(normal: rows * width, seed: 1), positions: (0..<rows).map { Int32($0) },
      // Angles of 3-4-5 triangles turn vectors and leave their lengths.
      cosines: Floats(repeating: 0.6, count: rows * shape.headSize / 2),
      sines: Floats(repeating: 0.8, count: rows * shape.headSize / 2)
    )
  } call: {
    pg_rotary(
      rows, shape.heads, shape.headSize, $0.positions, $0.cosines.base, $0.sines.base, 1,
      $0.x.base, width)
  }
  attention(shape)
}

/// Heads of the attention that is timed.
struct AttentionShape: Sendable {
  let heads = 14, keyValueHeads = 2, headSize = 64
  var keyValueWidth: Int { keyValueHeads * headSize }
}

/// A sequence of `Size.context` positions: storing them, and one more query that reads them all.
private func attention(_ shape: AttentionShape) {
  let context = Size.context
  let keyStride = pg_key_count(context, shape.headSize)
  let valueStride = context * shape.headSize
  @Sendable func memory() -> (
    k: Floats, v: Floats, keys: Floats, values: Floats, query: Floats, out: Floats, scratch: Floats
  ) {
    (
      Floats(normal: context * shape.keyValueWidth, seed: 1),
      Floats(normal: context * shape.keyValueWidth, seed: 2),
      Floats(normal: shape.keyValueHeads * keyStride, seed: 3),
      Floats(normal: shape.keyValueHeads * valueStride, seed: 4),
      Floats(normal: Size.width, seed: 5), Floats(zeros: Size.width),
      Floats(zeros: pg_attention_scratch_count(context, shape.heads, shape.headSize))
    )
  }
  benchmark("storing keys and values of \(context) positions", prepare: memory) {
    pg_store_keys_values(
      context, 0, shape.keyValueHeads, shape.headSize, $0.k.base, shape.keyValueWidth, $0.v.base,
      shape.keyValueWidth, $0.keys.base, keyStride, $0.values.base, valueStride)
  }
  benchmark("attention of one position to \(context)", prepare: memory) {
    pg_attention(
      1, context - 1, shape.heads, shape.keyValueHeads, shape.headSize, 0.125, $0.query.base,
      Size.width, $0.keys.base, keyStride, $0.values.base, valueStride, $0.out.base, Size.width,
      nil, $0.scratch.base)
  }
}
