internal import Benchmark

/// Kernels one by one, on one thread and at the shapes of a decoder of half a billion parameters.
///
/// For what changes inside: each kernel against its own figures of before. Ours against others are
/// the whole workloads of `Bench`.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = Benchmark.Configuration(
    metrics: [.wallClock, .throughput], warmupIterations: 3, maxDuration: .seconds(1),
    maxIterations: 100_000)
  elementwise()
  layers()
  vocabulary()
  products()
  packing()
}

/// Sizes that the kernels are timed at.
enum Size {
  static let rows = 256
  static let width = 896
  static let feedForward = 4864
  static let vocabulary = 151_936
  static let elements = 1 << 16
  static let context = 2048
}

/// A benchmark of one call over and over, on memory that `prepare` lays out before.
func benchmark<Memory>(
  _ name: String, prepare: @escaping @Sendable () -> Memory,
  call: @escaping @Sendable (Memory) -> Void
) {
  Benchmark(name) { (benchmark: Benchmark, memory: Memory) in
    for _ in benchmark.scaledIterations { call(memory) }
  } setup: {
    prepare()
  }
}
