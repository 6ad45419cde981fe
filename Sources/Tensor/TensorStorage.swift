/// The memory behind tensors: floats aligned to a cache line, freed with the last reference.
///
/// `@unchecked Sendable` holds because nothing writes to a storage unless it holds the only
/// reference to it: ``Tensor`` checks uniqueness before each mutation, and the initialisers below
/// finish writing before anyone else can see the object.
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
