internal import Synchronization

/// Memory of freed tensors, kept for the next ones.
///
/// A step of learning needs the same large arrays as the step before it. Fresh memory comes from the
/// system page by page, each cleared on first touch, which costs as much as the arithmetic that
/// fills it. Blocks are kept by size class, four classes to each power of two, so that a batch with a
/// few more tokens finds last step's memory.
enum StoragePool {
  /// Smaller blocks go to the allocator, which keeps them itself.
  private static let smallest = 1 << 16
  /// Bytes that are kept at most; what is freed beyond goes back to the system.
  static let limit = 1 << 30

  private struct Blocks {
    /// Addresses by size class.
    var free: [Int: [UInt]] = [:]
    var bytes = 0
  }

  private static let blocks = Mutex(Blocks())

  /// The bytes that a block for `bytes` holds.
  static func roundedUp(_ bytes: Int) -> Int {
    guard bytes >= smallest else { return bytes }
    let step = 1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount - 2)
    return (bytes + step - 1) & ~(step - 1)
  }

  /// Memory for `bytes`, aligned to a cache line, with undefined contents.
  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    let size = roundedUp(bytes)
    if size >= smallest,
      let address = blocks.withLock({ blocks -> UInt? in
        guard let address = blocks.free[size]?.popLast() else { return nil }
        blocks.bytes -= size
        return address
      }), let block = UnsafeMutableRawPointer(bitPattern: address)
    {
      return block
    }
    return .allocate(byteCount: size, alignment: 64)
  }

  /// Takes back what ``allocate(_:)`` gave for as many bytes.
  static func deallocate(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    let size = roundedUp(bytes)
    let address = UInt(bitPattern: block)
    let isKept = blocks.withLock { blocks in
      guard size >= smallest, blocks.bytes + size <= limit else { return false }
      blocks.free[size, default: []].append(address)
      blocks.bytes += size
      return true
    }
    if !isKept { block.deallocate() }
  }

  /// Gives everything that is kept back to the system.
  static func clear() {
    let addresses = blocks.withLock { blocks in
      defer { blocks = Blocks() }
      return blocks.free.values.flatMap(\.self)
    }
    for address in addresses { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
  }

  /// Bytes that are kept now.
  static var keptBytes: Int { blocks.withLock { $0.bytes } }
}

extension Tensor {
  /// Gives memory that was kept for future tensors back to the system.
  ///
  /// Freed tensors of 64 KiB and more leave up to 1 GiB behind for those to come, all threads
  /// together. A program that is done with learning can have it back.
  public static func releaseKeptMemory() { StoragePool.clear() }
}
