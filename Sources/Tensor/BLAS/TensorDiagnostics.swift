internal import CKernels
internal import COpenBLAS
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What this process computes with, for logs, reports and bug reports.
///
///     print(TensorDiagnostics.current)
///     // kernels avx512bf16, OpenBLAS SkylakeX on 2 threads, 2 processors, caches 48 KiB, 2 MiB, 32 MiB
///
/// Reading it changes nothing: neither OpenBLAS's settings nor the environment.
public struct TensorDiagnostics: Sendable, Hashable, Codable {
  /// The instruction set of this package's kernels: `reference`, `portable`, `neon`, `avx2`,
  /// `avx512`, or what multiplies narrow numbers too: `neon-dotprod`, `avx512vnni`, `avx512bf16`.
  public let instructionSet: String
  /// The processor that OpenBLAS chose its kernels for, in its own words, such as `SkylakeX`.
  ///
  /// A core older than the machine's, often forced by `OPENBLAS_CORETYPE`, halves its speed. Only
  /// linear algebra and ``openBLASMatmul(_:_:)`` depend on it.
  public let openBLASCore: String
  /// The most threads that one call of OpenBLAS uses.
  public let openBLASThreads: Int
  /// Processors that are switched on.
  public let processorCount: Int
  /// Bytes of the data caches that one processor reads through, the first level first.
  ///
  /// On Linux they are what the kernel says of the first processor; others may share its last level.
  /// Empty where the system doesn't tell.
  public let cacheSizes: [Int]

  /// What holds now.
  public static var current: TensorDiagnostics {
    TensorDiagnostics(
      instructionSet: String(cString: pg_isa_name(pg_current_isa())),
      openBLASCore: openblas_get_corename().map { String(cString: $0) } ?? "unknown",
      openBLASThreads: Int(openblas_get_num_threads()),
      processorCount: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
      cacheSizes: SystemCaches.sizes)
  }
}

extension TensorDiagnostics: CustomStringConvertible {
  /// One line.
  public var description: String {
    func counted(_ count: Int, _ noun: String) -> String {
      "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
    let caches = cacheSizes.map { size in
      size % (1 << 20) == 0 ? "\(size >> 20) MiB" : "\(size >> 10) KiB"
    }
    return "kernels \(instructionSet), OpenBLAS \(openBLASCore) on "
      + counted(openBLASThreads, "thread") + ", " + counted(processorCount, "processor")
      + (caches.isEmpty ? "" : ", caches \(caches.joined(separator: ", "))")
  }
}
