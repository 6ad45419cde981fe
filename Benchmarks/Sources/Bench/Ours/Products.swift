internal import CKernels
internal import Measuring
internal import Tensor

/// `C[M, N] = A[M, K] · B`, our kernels over packed panels.
struct Product: Sendable {
  let m, k, n: Int
  /// Whether `B` is stored as a linear layer stores it, `[N, K]`, or as `[K, N]`.
  var isWeight = false
  /// Whether `B` is packed in every call, as it comes to `cblas_sgemm`, or once, as decoders do.
  var packsEachTime = true

  var operations: Double { 2 * Double(m) * Double(n) * Double(k) }

  /// Small products are done before a second thread wakes up.
  private func parts(_ threads: Int) -> Int { operations < 0x1p19 ? 1 : threads }

  func work(threads: Int) -> Work {
    let a = Floats(normal: m * k, seed: 1)
    let b = Floats(normal: k * n, seed: 2)
    let c = Floats(zeros: m * n)
    let packed = Floats(zeros: pg_packed_count(k, n))
    let (m, k, n, packsEachTime) = (m, k, n, packsEachTime)
    let (kStride, nStride) = isWeight ? (1, k) : (n, 1)
    let panels = (n + Int(PG_PANEL) - 1) / Int(PG_PANEL)
    let parts = min(parts(threads), panels)
    let team = ThreadTeam(threads: parts)

    @Sendable func columns(_ part: Int) -> Range<Int> {
      panels * part / parts * Int(PG_PANEL)..<min(n, panels * (part + 1) / parts * Int(PG_PANEL))
    }
    @Sendable func pack(_ part: Int) {
      let columns = columns(part)
      pg_pack(
        k, columns.count, b.base + columns.lowerBound * nStride, kStride, nStride,
        packed.base + columns.lowerBound * k)
    }
    for part in 0..<parts { pack(part) }
    // As in `matmul`, a small right matrix stays as it lies; as in decoders, a small product asks no team.
    let lies =
      packsEachTime && !isWeight
      && !PackedMatrix.isWorthPacking(rows: m, innerCount: k, columnCount: n)
    @Sendable func multiply(_ part: Int) {
      let columns = columns(part)
      if lies {
        pg_matmul_rows(
          m, columns.count, k, a.base, k, b.base + columns.lowerBound, n,
          c.base + columns.lowerBound, n)
        return
      }
      if packsEachTime { pack(part) }
      pg_matmul(
        m, columns.count, k, a.base, k, packed.base + columns.lowerBound * k, nil,
        c.base + columns.lowerBound, n, 0)
    }
    return Work {
      if parts == 1 { multiply(0) } else { team.perform(parts, multiply) }
    } check: {
      // A chain of K fused multiply-adds rounds K times.
      var worst = WorstError()
      for row in stride(from: 0, to: m, by: max(1, m / 8)) {
        for column in stride(from: 0, to: n, by: max(1, n / 512)) {
          var (sum, size) = (0.0, 0.0)
          for i in 0..<k {
            let product = a[row * k + i] * b[i * kStride + column * nStride]
            sum += product
            size += abs(product)
          }
          worst.add(c.base[row * n + column], sum, permitted: Double(k) * roundoff * size)
        }
      }
      return [worst.share]
    }
  }
}
