/// Memory that threads of one call read, or write disjoint parts of.
///
/// `@unchecked Sendable` holds because each call of the benchmarks hands every thread a part of its
/// own to write and waits for all of them before it returns.
final class Floats: @unchecked Sendable {
  let count: Int
  let base: UnsafeMutablePointer<Float>

  /// Zeros, aligned to a cache line.
  init(zeros count: Int) {
    self.count = count
    base = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
    base.initialize(repeating: 0, count: max(count, 1))
  }

  /// Numbers that are about normal.
  convenience init(normal count: Int, seed: UInt64) {
    self.init(zeros: count)
    var draw = SplitMix64(seed: seed)
    for i in 0..<count { base[i] = draw.bell() }
  }

  deinit { base.deallocate() }

  subscript(_ index: Int) -> Double { Double(base[index]) }
}

/// The largest share of its permitted error that a result uses; infinite for NaN.
struct WorstError {
  private(set) var share = 0.0

  mutating func add(_ found: Float, _ expected: Double, permitted: Double) {
    let error = abs(Double(found) - expected)
    let next = error == 0 ? 0 : error / permitted
    share = next.isNaN ? .infinity : max(share, next)
  }
}

/// Half a unit in the last place of a `Float` near 1.
let roundoff = 0x1p-24
