internal import Measuring
internal import RandomStreams
internal import Tensor

/// Our products against OpenBLAS's on one thread: the shapes of the demo's decoder, and squares.
///
/// The peer is `cblas_sgemm`. "Packed once" is how the decoder multiplies: its weights are packed
/// when they change and used for many batches. "Packing each time" packs, and allocates for it, in
/// every call, as `cblas_sgemm` packs in every call.
@main enum MatmulBenchmark {
  static let decoderShapes = [(128, 256), (128, 768), (384, 128)].flatMap { k, n in
    [2048, 64, 8, 1].map { m in (m, k, n) }
  }
  static let squares = [256, 384, 512, 768, 1024].map { ($0, $0, $0) }

  static func main() {
    printHeading("Matrix products in fp32 on one thread")
    let threads = TensorDiagnostics.current.openBLASThreads
    guard threads == 1 else {
      print("OpenBLAS would use \(threads) threads; run this with OPENBLAS_NUM_THREADS=1.")
      return
    }
    warnOfWeakPeer()
    var table = Table(
      "M × K × N", "OpenBLAS GFLOP/s", "packed once GFLOP/s", "ratio", "middle half",
      "packing each time GFLOP/s", "ratio")
    for (m, k, n) in decoderShapes + squares {
      let stream = RandomStream(seed: 1).child("matmul", m, k, n)
      let a = uniform([m, k], stream.child("a"))
      let b = uniform([k, n], stream.child("b"))
      let packed = PackedMatrix(b)
      var (ours, theirs) = (Tensor(zeros: [m, n]), Tensor(zeros: [m, n]))
      let once = Comparison {
        matmul(a, packed, into: &ours)
      } peer: {
        openBLASMatmul(a, b, into: &theirs)
      }
      let each = Comparison {
        matmul(a, PackedMatrix(b), into: &ours)
      } peer: {
        openBLASMatmul(a, b, into: &theirs)
      }
      func rate(_ seconds: Double) -> String { fixed(2e-9 * Double(m * k * n) / seconds) }
      table.add(
        "\(m) × \(k) × \(n)", rate(once.peer), rate(once.ours), fixed(once.speedup, 2),
        "\(fixed(once.spread.lowerBound, 2))–\(fixed(once.spread.upperBound, 2))",
        rate(each.ours), fixed(each.speedup, 2))
    }
    print(table.text)
    print("\nA ratio is OpenBLAS's time over ours, the median of pairs measured in turns.")
  }

  /// OpenBLAS falls back to kernels of long ago on processors that are newer than itself.
  static func warnOfWeakPeer() {
    let current = TensorDiagnostics.current
    let wide = ["SkylakeX", "Cooperlake", "SapphireRapids", "Zen4", "Zen5"]
    guard current.instructionSet == "avx512", !wide.contains(current.openBLASCore) else { return }
    print(
      "OpenBLAS took this processor for \(current.openBLASCore), without AVX-512: a weak peer. "
        + "OPENBLAS_CORETYPE=SkylakeX makes it a fair one.\n")
  }

  static func uniform(_ shape: [Int], _ stream: RandomStream) -> Tensor {
    var stream = stream
    return Tensor(shape: shape) { buffer in
      for i in buffer.indices { buffer.initializeElement(at: i, to: Float(stream.uniform()) - 0.5) }
    }
  }
}
