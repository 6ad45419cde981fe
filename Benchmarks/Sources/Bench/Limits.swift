internal import CLimits
internal import Measuring
internal import Tensor

/// What this machine can do at most, measured when somebody asks: what bounds are made of.
final class Limits {
  private var rates: [String: Double] = [:]

  /// Multiplications and additions per second, in registers only.
  func operations(threads: Int) -> Double {
    rate("operations", threads) {
      let counts = parallelMap(threads, threads: threads) { _ in
        var sink: Float = 0
        return limits_multiply_add(4_000_000, &sink)
      }
      return counts.reduce(0, +)
    }
  }

  /// Bytes read per second from an array of that size.
  func reading(bytes: Double, threads: Int) -> Double {
    let count = Self.count(bytes / Double(threads))
    return rate("reading \(count)", threads) { [source = source(threads, count)] in
      parallelFor(threads, threads: threads) { thread in
        var sink: Float = 0
        limits_read(source.base + thread * count, count, &sink)
      }
      return Double(4 * count * threads)
    }
  }

  /// Bytes read and written per second when that many are moved, reads and writes both counted.
  func copying(bytes: Double, threads: Int) -> Double {
    let count = Self.count(bytes / 2 / Double(threads))
    let target = Floats(zeros: threads * count)
    return rate("copying \(count)", threads) { [source = source(threads, count)] in
      parallelFor(threads, threads: threads) { thread in
        limits_copy(source.base + thread * count, target.base + thread * count, count)
      }
      return Double(8 * count * threads)
    }
  }

  private func source(_ threads: Int, _ count: Int) -> Floats { Floats(zeros: threads * count) }

  private static func count(_ bytes: Double) -> Int { max(64, Int(bytes / 4) / 64 * 64) }

  /// The best of several tries.
  private func rate(_ name: String, _ threads: Int, _ body: () -> Double) -> Double {
    let key = "\(name) \(threads)"
    if let known = rates[key] { return known }
    _ = body()
    let best =
      (0..<9).map { _ in
        var amount = 0.0
        let time = seconds { amount = body() }
        return amount / time
      }.max() ?? 0
    rates[key] = best
    return best
  }
}

/// What a workload needs at least, whoever does it.
struct Need: Sendable {
  /// An exponential costs as much as this many operations: 8 cycles for 16 of them where 64 operations
  /// are a cycle's.
  static let operationsPerExponential = 32.0

  /// Multiplications and additions.
  var operations = 0.0
  /// Bytes that are read.
  var bytesRead = 0.0
  /// Bytes that are read and written.
  var bytesMoved = 0.0

  /// Arithmetic and memory run side by side at best.
  func seconds(_ limits: Limits, threads: Int) -> Double {
    var times = [operations / limits.operations(threads: threads)]
    if bytesRead > 0 {
      times.append(bytesRead / limits.reading(bytes: bytesRead, threads: threads))
    }
    if bytesMoved > 0 {
      times.append(bytesMoved / limits.copying(bytes: bytesMoved, threads: threads))
    }
    return times.max() ?? 0
  }
}
