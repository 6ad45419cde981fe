import CKernels
import Foundation
import RandomStreams
import Testing

@testable import Tensor

/// Our products against OpenBLAS's, and what is said about both.
@Suite struct BLASTests {
  let stream = RandomStream(seed: 31)

  @Test(
    "our product is OpenBLAS's within rounding",
    arguments: [
      [1, 1, 1], [1, 128, 768], [8, 384, 128], [65, 33, 31], [3, 200, 97], [130, 257, 64],
      [20, 90, 300], [9, 300, 230],
    ]
  )
  func peer(shape: [Int]) {
    let (m, k, n) = (shape[0], shape[1], shape[2])
    let a = Tensor(normals(m * k, stream.child("a", m, k)), shape: [m, k])
    let b = Tensor(normals(k * n, stream.child("b", k, n)), shape: [k, n])
    let (ours, theirs) = (matmul(a, b), openBLASMatmul(a, b))
    #expect(theirs.shape == [m, n])
    expectClose(ours.values, doubles(theirs.values), tolerance: 1e-5, "product")
  }

  @Test(
    "a packed matrix gives the same bits as the plain one, into fresh or given memory",
    arguments: [[7, 40, 50], [8, 90, 300], [9, 90, 300], [20, 256, 256], [20, 257, 256]])
  func packed(shape: [Int]) {
    let (m, k, n) = (shape[0], shape[1], shape[2])
    let a = Tensor(normals(m * k, stream.child("a")), shape: [m, k])
    let b = Tensor(normals(k * n, stream.child("b")), shape: [k, n])
    let packed = PackedMatrix(b)
    var target = Tensor(repeating: .nan, shape: [m, n])
    let before = target
    matmul(a, packed, into: &target)
    #expect(matmul(a, packed) == matmul(a, b))
    #expect(target == matmul(a, b))
    #expect(before.values.allSatisfy { $0.isNaN }, "a shared target was written through")
    var theirs = before
    openBLASMatmul(a, b, into: &theirs)
    #expect(theirs == openBLASMatmul(a, b))
    #expect(before.values.allSatisfy { $0.isNaN })
  }

  @Test("a product over no terms is zero, and one without rows or columns is empty")
  func empty() {
    #expect(
      openBLASMatmul(Tensor(zeros: [2, 0]), Tensor(zeros: [0, 3])) == Tensor(zeros: [2, 3]))
    #expect(matmul(Tensor(zeros: [2, 0]), Tensor(zeros: [0, 3])) == Tensor(zeros: [2, 3]))
    #expect(openBLASMatmul(Tensor(zeros: [0, 4]), Tensor(zeros: [4, 3])).shape == [0, 3])
    #expect(matmul(Tensor(zeros: [2, 4]), Tensor(zeros: [4, 0])).shape == [2, 0])
  }

  @Test("the diagnostics name what is in use")
  func diagnostics() {
    let diagnostics = TensorDiagnostics.current
    #expect(diagnostics.instructionSet == String(cString: pg_isa_name(pg_current_isa())))
    #expect(!diagnostics.openBLASCore.isEmpty)
    #expect(diagnostics.openBLASThreads >= 1)
    #expect(diagnostics.processorCount >= 1)
    let one = TensorDiagnostics(
      instructionSet: "avx2", openBLASCore: "Haswell", openBLASThreads: 1, processorCount: 4,
      cacheSizes: [49_152, 2 << 20])
    #expect(
      one.description
        == "kernels avx2, OpenBLAS Haswell on 1 thread, 4 processors, caches 48 KiB, 2 MiB")
    #expect(diagnostics.cacheSizes.allSatisfy { $0 > 0 })
  }

  @Test("caches for instructions, or behind a missing level, are not counted")
  func caches() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    func describe(_ index: Int, _ level: Int, _ type: String, _ size: String) throws {
      let cache = folder.appending(path: "index\(index)")
      try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
      for (name, text) in [("level", "\(level)"), ("type", type), ("size", size)] {
        try Data("\(text)\n".utf8).write(to: cache.appending(path: name))
      }
    }
    #expect(SystemCaches.sizes(describedIn: folder.path()) == [])
    try describe(0, 1, "Instruction", "64K")
    try describe(1, 1, "Data", "32K")
    try describe(2, 2, "Unified", "1024K")
    #expect(SystemCaches.sizes(describedIn: folder.path()) == [32 << 10, 1 << 20])
    try describe(3, 4, "Unified", "128M")
    #expect(SystemCaches.sizes(describedIn: folder.path()) == [32 << 10, 1 << 20])
    try describe(4, 3, "Unified", "32M")
    #expect(
      SystemCaches.sizes(describedIn: folder.path()) == [32 << 10, 1 << 20, 32 << 20, 128 << 20])
    try describe(1, 1, "Data", "unknown")
    #expect(SystemCaches.sizes(describedIn: folder.path()) == [])
  }
}
