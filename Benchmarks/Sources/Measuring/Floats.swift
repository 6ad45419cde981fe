/// Memory that threads of one call read, or write disjoint parts of.
///
/// `@unchecked Sendable` holds because each call of the benchmarks hands every thread a part of its
/// own to write and waits for all of them before it returns.
public final class Floats: @unchecked Sendable {
  /// Elements.
  public let count: Int
  /// The first one.
  public let base: UnsafeMutablePointer<Float>

  /// Zeros, aligned to a cache line.
  public init(zeros count: Int) {
    self.count = count
    base = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
    base.initialize(repeating: 0, count: max(count, 1))
  }

  /// Numbers that are about normal.
  public convenience init(normal count: Int, seed: UInt64) {
    self.init(zeros: count)
    var draw = SplitMix64(seed: seed)
    for i in 0..<count { base[i] = draw.bell() }
  }

  /// One number in every place.
  public convenience init(repeating value: Float, count: Int) {
    self.init(zeros: count)
    base.update(repeating: value, count: count)
  }

  /// The same memory for numbers of 4 bytes or less.
  public func narrow<Number: BitwiseCopyable>(
    as type: Number.Type = Number.self
  ) -> UnsafeMutablePointer<Number> {
    precondition(MemoryLayout<Number>.size <= 4, "\(type) takes more than 4 bytes")
    return UnsafeMutableRawPointer(base)
      .bindMemory(to: type, capacity: count * 4 / MemoryLayout<Number>.stride)
  }

  deinit { base.deallocate() }

  /// An element, widened.
  public subscript(_ index: Int) -> Double { Double(base[index]) }
}
