import Testing

@testable import Tensor

@Suite struct StoragePoolTests {
  @Test("a size class holds what was asked for and at most a quarter more")
  func classes() {
    for bytes in [1, 4096, 65_535, 65_536, 65_537, 81_920, 100_000, 1 << 20, (1 << 20) + 1] {
      let size = StoragePool.roundedUp(bytes)
      #expect(size >= bytes && size * 4 <= bytes * 5)
      #expect(StoragePool.roundedUp(size) == size)
    }
  }

  @Test("from 64 MiB on a size class holds at most a sixteenth more")
  func largeClasses() {
    for bytes in [1 << 26, (1 << 26) + 1, 105_000_000, (1 << 30) - 1, (1 << 33) + 12_345] {
      let size = StoragePool.roundedUp(bytes)
      #expect(size >= bytes && size * 16 <= bytes * 17)
      #expect(StoragePool.roundedUp(size) == size)
    }
  }

  #if os(Linux)
    @Test("blocks that may have large pages begin with one")
    func largePages() {
      for bytes in [4 << 20, (4 << 20) + 1, 105_000_000] {
        let block = StoragePool.allocate(bytes)
        #expect(UInt(bitPattern: block.address) % (2 << 20) == 0)
        StoragePool.deallocate(block)
      }
    }
  #endif

  // The others run in processes of their own: tensors of other tests would count as well.

  @Test("a freed tensor's memory serves the next one of its size, whose contents are its own")
  func reuse() async {
    await #expect(processExitsWith: .success) {
      var first: Tensor? = Tensor(repeating: 3, shape: [777_777])
      let address = first?.pointer
      first = nil
      let second = Tensor(zeros: [777_770])
      #expect(second.pointer == address)
      #expect(second.sum == 0)
    }
  }

  @Test("a freed block serves sizes down to half its own, and stays as large as it is")
  func largerBlocks() async {
    await #expect(processExitsWith: .success) {
      let large = StoragePool.allocate(1 << 20)
      StoragePool.deallocate(large)
      let below = StoragePool.allocate(400_000)
      #expect(below.address != large.address, "a block of more than twice the size was taken")
      let half = StoragePool.allocate(1 << 19)
      #expect(half.address == large.address)
      StoragePool.deallocate(half)
      #expect(StoragePool.keptBytes == 1 << 20)
      let again = StoragePool.allocate(1 << 20)
      #expect(again.address == large.address)
      #expect(StoragePool.keptBytes == 0)
    }
  }

  @Test("what is kept can be given back")
  func released() async {
    await #expect(processExitsWith: .success) {
      do { _ = Tensor(zeros: [3_333_333]) }
      #expect(StoragePool.keptBytes >= 3_333_333 * 4)
      Tensor.releaseKeptMemory()
      #expect(StoragePool.keptBytes == 0)
    }
  }
}
