internal import CKernels

extension PackedMatrix {
  /// Writes `A · B` for the packed `B`.
  ///
  ///     C[m, n] = initial + Σₖ A[m, k] B[k, n]
  ///
  /// `initial` is C's own value when accumulating, else the bias, else 0. Each element is one chain
  /// of fused multiply-adds in ascending `k`, whatever `rows` is. Stored as
  /// ``Precision/int8``, the chain runs over the integers from 0, and one last fused multiply-add
  /// brings in scale and initial value. As ``Precision/bfloat16Products`` the rows of A are rounded
  /// first, and of each two `k` the odd one is added first. As ``Precision/int8Products`` sums of 32
  /// products of integers are exact, the chain runs over these times the scale of their inputs, and
  /// scale and initial value of the column come in as with ``Precision/int8``.
  ///
  /// - Parameters:
  ///   - rows: `M`.
  ///   - a: `[M, K]`, row stride `aStride`.
  ///   - bias: `[N]`, or `nil`.
  ///   - c: `[M, N]`, row stride `cStride`.
  ///   - team: Threads that share the columns, if the product is worth it; changes no number.
  package func multiply(
    rows: Int, _ a: UnsafePointer<Float>, stride aStride: Int, bias: UnsafePointer<Float>? = nil,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int, accumulating: Bool = false,
    team: ThreadTeam? = nil
  ) {
    let rounded = rounded(rows: rows, a, stride: aStride)
    defer { if let rounded { StoragePool.deallocate(rounded) } }
    let operands = Operands(
      rows: rows,
      a: rounded.map { UnsafePointer($0.address.assumingMemoryBound(to: Float.self)) } ?? a,
      aStride: aStride, bias: bias, c: c, cStride: cStride, accumulating: accumulating)
    let panels = (columnCount + Int(PG_PANEL) - 1) / Int(PG_PANEL)
    guard let team, 2 * rows * columnCount * innerCount >= Self.sharedOperations else {
      multiply(operands, columns: 0..<columnCount)
      return
    }
    // More parts than threads, so that one that is interrupted does not keep the others waiting.
    let (parts, columnCount) = (min(4 * team.threads, panels), columnCount)
    team.perform(parts) { part in
      let first = panels * part / parts * Int(PG_PANEL)
      let end = min(panels * (part + 1) / parts * Int(PG_PANEL), columnCount)
      multiply(operands, columns: first..<end)
    }
  }

  /// A product of fewer operations is done before a second thread has begun.
  private static let sharedOperations = 1 << 19

  /// Rows of A as products of narrow numbers read them, for the caller to free; `nil` where products
  /// read floats.
  private func rounded(
    rows: Int, _ a: UnsafePointer<Float>, stride: Int
  ) -> StoragePool.Block? {
    let round: (Int, Int, UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>) -> Void
    switch elements {
    case .float32, .bfloat16, .int8: return nil
    case .bfloat16Products: round = pg_round_bfloat16
    case .int8Products: round = pg_round_int8
    }
    let count = pg_rounded_count(rows, innerCount)
    let block = StoragePool.allocate(count * MemoryLayout<Float>.stride)
    round(
      rows, innerCount, a, stride, block.address.bindMemory(to: Float.self, capacity: count))
    return block
  }

  /// What a product reads and writes beside the packed matrix; `a` are rounded rows where it has those.
  ///
  /// `@unchecked Sendable` holds because threads that share a product write different columns, and
  /// ``multiply(rows:_:stride:bias:into:stride:accumulating:team:)`` returns after all of them.
  private struct Operands: @unchecked Sendable {
    let rows: Int
    let a: UnsafePointer<Float>
    let aStride: Int
    let bias: UnsafePointer<Float>?
    let c: UnsafeMutablePointer<Float>
    let cStride: Int
    let accumulating: Bool
  }

  /// Some columns of a product, from a panel's first on.
  private func multiply(_ operands: Operands, columns: Range<Int>) {
    let (first, count) = (columns.lowerBound, columns.count)
    let (rows, a, aStride) = (operands.rows, operands.a, operands.aStride)
    let (bias, c) = (operands.bias.map { $0 + first }, operands.c + first)
    let accumulate: Int32 = operands.accumulating ? 1 : 0
    switch elements {
    case .float32(let packed):
      pg_matmul(
        rows, count, innerCount, a, aStride, packed.base + pg_packed_count(innerCount, first), bias,
        c, operands.cStride,
        accumulate)
    case .bfloat16(let packed):
      pg_matmul_bfloat16(
        rows, count, innerCount, a, aStride, packed.base + pg_packed_count(innerCount, first), bias,
        c, operands.cStride,
        accumulate)
    case .int8(let packed, let scales):
      pg_matmul_int8(
        rows, count, innerCount, a, aStride, packed.base + pg_packed_count(innerCount, first),
        scales.base + first, bias,
        c, operands.cStride, accumulate)
    case .bfloat16Products(let packed):
      pg_matmul_bfloat16_pairs(
        rows, count, innerCount, a, packed.base + pg_packed_pairs_count(innerCount, first), bias, c,
        operands.cStride, accumulate)
    case .int8Products(let packed, let scales):
      pg_matmul_int8_fours(
        rows, count, innerCount, a, packed.base + pg_packed_fours_count(innerCount, first),
        scales.base + first, bias, c, operands.cStride, accumulate)
    }
  }
}
