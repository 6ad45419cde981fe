/// The memory behind packed weights: numbers aligned to a cache line, freed with the last reference.
///
/// `@unchecked Sendable` holds because only the initialiser of ``PackedMatrix`` writes to a storage,
/// before anyone else can see it.
final class PackedStorage<Number: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Number>
  private let block: StoragePool.Block

  /// Memory with undefined contents.
  init(uninitialized count: Int) {
    block = StoragePool.allocate(max(count, 1) * MemoryLayout<Number>.stride)
    base = block.address.bindMemory(to: Number.self, capacity: max(count, 1))
  }

  deinit {
    StoragePool.deallocate(block)
  }
}
