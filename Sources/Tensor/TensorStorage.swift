/// The memory behind tensors: floats aligned to a cache line, freed with the last reference.
///
/// `@unchecked Sendable` holds because no two threads touch an element that one of them writes:
/// - of a tensor, ``Tensor`` writes only while it holds the only reference, and who makes one has
///   written all of it before anyone else sees it;
/// - the sum in a ``GradientSum`` is written in ranges that each belong to one part, then under its lock;
/// - logits kept for the way back are changed by whoever takes them from a `Handoff`, which gives them
///   away once;
/// - what products, attention and tiles of logits work in is a local of one thread.
final class TensorStorage: @unchecked Sendable {
  let count: Int
  let base: UnsafeMutablePointer<Float>
  private let block: StoragePool.Block

  /// Memory with undefined contents.
  init(uninitialized count: Int) {
    self.count = count
    block = StoragePool.allocate(max(count, 1) * MemoryLayout<Float>.stride)
    base = block.address.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  convenience init(repeating value: Float, count: Int) {
    self.init(uninitialized: count)
    base.update(repeating: value, count: count)
  }

  convenience init(copying source: UnsafePointer<Float>, count: Int) {
    self.init(uninitialized: count)
    base.update(from: source, count: count)
  }

  deinit {
    StoragePool.deallocate(block)
  }
}
