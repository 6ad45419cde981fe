internal import CKernels
internal import Measuring

/// Embeddings, logits and drawing from them.
func vocabulary() {
  let (rows, vocabulary, width) = (8, Size.vocabulary, Size.width)
  @Sendable func logits() -> (x: Floats, out: Floats) {
    (Floats(normal: rows * vocabulary, seed: 1), Floats(zeros: rows * vocabulary))
  }
  benchmark("softmax of \(rows) × \(vocabulary)", prepare: logits) {
    pg_softmax(rows, vocabulary, $0.x.base, vocabulary, $0.out.base, vocabulary)
  }
  benchmark("log-softmax of \(rows) × \(vocabulary)", prepare: logits) {
    pg_log_softmax(rows, vocabulary, $0.x.base, vocabulary, $0.out.base, vocabulary)
  }
  benchmark("log-probabilities and entropies of \(rows) × \(vocabulary)") {
    (
      x: Floats(normal: rows * vocabulary, seed: 1), inverse: Floats(repeating: 1, count: rows),
      targets: (0..<rows).map { Int32($0) }, found: Floats(zeros: rows), sums: Floats(zeros: rows),
      entropies: Floats(zeros: rows)
    )
  } call: {
    pg_log_probabilities(
      rows, vocabulary, $0.x.base, vocabulary, $0.inverse.base, $0.targets, $0.found.base,
      $0.sums.base, $0.entropies.base)
  }
  @Sendable func row() -> (x: Floats, scratch: Floats, found: Floats) {
    (Floats(normal: vocabulary, seed: 1), Floats(zeros: 2 * vocabulary), Floats(zeros: 2))
  }
  benchmark("a draw among \(vocabulary)", prepare: row) {
    _ = pg_draw(vocabulary, $0.x.base, 0.7, 0.5, $0.found.base, $0.scratch.base)
  }
  benchmark("a draw among the 50 likeliest of \(vocabulary), to 0.9 of their weight") {
    (row: row(), ids: Floats(zeros: vocabulary))
  } call: { memory in
    var limits = pg_truncation(temperature: 0.7, top_k: 50, top_p: 0.9, min_p: 0)
    _ = pg_draw_truncated(
      vocabulary, memory.row.x.base, &limits, 0.5, memory.row.found.base,
      memory.row.found.base + 1, memory.row.scratch.base, memory.ids.narrow(as: Int32.self))
  }
  benchmark("the 50 largest of \(vocabulary)") {
    (x: Floats(normal: vocabulary, seed: 1), values: Floats(zeros: 50), ids: Floats(zeros: 50))
  } call: {
    _ = pg_top_k(vocabulary, $0.x.base, 50, $0.values.base, $0.ids.narrow(as: Int32.self))
  }
  @Sendable func table() -> (table: Floats, ids: [Int32], rows: Floats) {
    var draw = SplitMix64(seed: 2)
    return (
      Floats(normal: 8192 * width, seed: 1),
      (0..<Size.rows).map { _ in Int32(draw.below(8192)) },
      Floats(normal: Size.rows * width, seed: 3)
    )
  }
  benchmark("embeddings of \(Size.rows) tokens", prepare: table) {
    pg_gather(Size.rows, width, $0.table.base, $0.ids, $0.rows.base)
  }
  benchmark("gradients of \(Size.rows) embeddings", prepare: table) {
    pg_scatter_add(Size.rows, width, $0.rows.base, $0.ids, $0.table.base)
  }
}
