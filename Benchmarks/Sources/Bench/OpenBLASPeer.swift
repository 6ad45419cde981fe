internal import CBLAS
internal import Measuring

/// `cblas_sgemm` as the peer of products.
///
/// It picks its kernels when it is loaded, so each choice is a process of its own.
enum OpenBLASPeer {
  static var versions: String {
    let core = openblas_get_corename().map { String(cString: $0) } ?? "unknown"
    let words = openblas_get_config().map { String(cString: $0) }?.split(separator: " ") ?? []
    return "\(words.prefix(2).joined(separator: " ")) \(core)"
  }

  static func work(_ product: Product, threads: Int) -> Work {
    openblas_set_num_threads(Int32(threads))
    let (m, k, n) = (product.m, product.k, product.n)
    let a = Floats(normal: m * k, seed: 1)
    let b = Floats(normal: k * n, seed: 2)
    let c = Floats(zeros: m * n)
    let transposition = product.isWeight ? CblasTrans : CblasNoTrans
    let stride = product.isWeight ? k : n
    return Work {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, transposition, Int32(m), Int32(n), Int32(k), 1, a.base,
        Int32(k), b.base, Int32(stride), 0, c.base, Int32(n))
    }
  }
}
