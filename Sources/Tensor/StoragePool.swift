#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Synchronization

/// Memory of freed tensors, kept for the next ones.
///
/// A step of learning needs the same large arrays as the step before it. Fresh memory comes from the
/// system page by page, each cleared on first touch, which costs as much as the arithmetic that
/// fills it. Blocks are kept by size class, four classes to each power of two, so that a batch with a
/// few more tokens finds last step's memory; sixteen from 64 MiB on, where a class is dear. Before
/// the system is asked, a kept block of up to twice the size serves as well: what one part of a step
/// is done with, another part of other sizes takes.
enum StoragePool {
  /// Smaller blocks go to the allocator, which keeps them itself; they take no lock here.
  private static let smallest = 1 << 16
  /// Bytes that are kept at most; what is freed beyond goes back to the system.
  ///
  /// A quarter of the machine's memory: a step's activations fit, or the step itself would not; the
  /// rest of the process and its neighbours keep three quarters whatever a run once needed.
  static let limit = physicalMemory / 4

  private struct Blocks {
    /// Addresses by size class.
    var free: [Int: [UInt]] = [:]
    var bytes = 0
    /// How many blocks came from the system.
    var fresh = 0

    /// The smallest kept block of a size class or of those above, up to twice the size.
    mutating func take(atLeast size: Int) -> Block? {
      var found = size
      while found <= 2 * size {
        if let address = free[found]?.popLast(),
          let block = UnsafeMutableRawPointer(bitPattern: address)
        {
          bytes -= found
          return Block(address: block, size: found)
        }
        found = StoragePool.roundedUp(found + 1)
      }
      fresh += 1
      return nil
    }

    /// Whether there is room to keep a block.
    mutating func keep(_ block: Block) -> Bool {
      guard bytes + block.size <= StoragePool.limit else { return false }
      free[block.size, default: []].append(UInt(bitPattern: block.address))
      bytes += block.size
      return true
    }
  }

  private static let blocks = Mutex(Blocks())

  /// Memory of some size class, whoever it was made for.
  struct Block {
    let address: UnsafeMutableRawPointer
    let size: Int
  }

  /// The bytes that a fresh block for `bytes` holds.
  static func roundedUp(_ bytes: Int) -> Int {
    guard bytes >= smallest else { return bytes }
    let classes = bytes < 1 << 26 ? 2 : 4
    let step = 1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount - classes)
    return (bytes + step - 1) & ~(step - 1)
  }

  /// Memory for `bytes`, aligned to a cache line, with undefined contents.
  static func allocate(_ bytes: Int) -> Block {
    let size = roundedUp(bytes)
    let kept = size < smallest ? nil : blocks.withLock { $0.take(atLeast: size) }
    return kept ?? Block(address: fresh(size), size: size)
  }

  /// Memory from the system.
  ///
  /// Large blocks ask for large pages where the system gives them to those who ask: a page of 4 KiB
  /// costs an interrupt at first touch, and more addresses than a processor remembers afterwards.
  private static func fresh(_ size: Int) -> UnsafeMutableRawPointer {
    #if os(Linux)
      let page = 1 << 21
      if size >= 2 * page {
        let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: page)
        // Only advice: what it returns changes nothing.
        _ = madvise(block, size, MADV_HUGEPAGE)
        return block
      }
    #endif
    return .allocate(byteCount: size, alignment: 64)
  }

  /// Takes back what ``allocate(_:)`` gave.
  static func deallocate(_ block: Block) {
    let isKept = block.size >= smallest && blocks.withLock { $0.keep(block) }
    if !isKept { block.address.deallocate() }
  }

  /// Gives everything that is kept back to the system.
  static func clear() {
    let addresses = blocks.withLock { blocks in
      defer { (blocks.free, blocks.bytes) = ([:], 0) }
      return blocks.free.values.flatMap(\.self)
    }
    for address in addresses { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
  }

  /// Bytes that are kept now.
  static var keptBytes: Int { blocks.withLock { $0.bytes } }

  /// How many blocks of 64 KiB and more came from the system since the process began.
  static var freshBlocks: Int { blocks.withLock { $0.fresh } }

  /// The machine's memory in bytes; 4 GiB where it doesn't say.
  private static var physicalMemory: Int {
    let bytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return bytes > 0 ? bytes : 4 << 30
  }
}

extension Tensor {
  /// Gives memory that was kept for future tensors back to the system.
  ///
  /// Freed tensors of 64 KiB and more leave memory behind for those to come, up to a quarter of the
  /// machine's, all threads together. A program that is done with learning can have it back.
  public static func releaseKeptMemory() { StoragePool.clear() }

  /// How many blocks of memory, of 64 KiB and more, tensors have had from the system since the
  /// process began: in a loop that reuses its memory it stands still.
  package static var freshBlockCount: Int { StoragePool.freshBlocks }
}
