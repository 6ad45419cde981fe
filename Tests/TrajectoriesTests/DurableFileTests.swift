import Foundation
import Testing

@testable import Trajectories

@Suite("Files that survive a kill")
struct DurableFileTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test("what is written is read back, and nothing else stands beside it")
  func roundTrip() throws {
    try withFolder { folder in
      let path = folder + "/file"
      let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
      try DurableFile.write(Array("old".utf8), to: path)
      try DurableFile.write(bytes, to: path)
      #expect(try DurableFile.read(path) == bytes)
      #expect(try ReadableFile(path).read(7..<21) == Array(bytes[7..<21]))
      #expect(try ReadableFile(path).read(299_999..<300_005).count == 1)
      try DurableFile.write([], to: path)
      #expect(try DurableFile.read(path) == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
    }
  }

  @Test("a writer that fails half way leaves the old file and no other")
  func failure() throws {
    try withFolder { folder in
      let path = folder + "/file"
      try DurableFile.write(Array("old".utf8), to: path)
      #expect(throws: FileError.self) {
        try DurableFile.write(to: path) { writer throws(FileError) in
          try [1, 2, 3].withUnsafeBufferPointer { bytes throws(FileError) in
            try writer.append(UnsafeRawBufferPointer(bytes))
          }
          throw FileError(path: path, operation: .write)
        }
      }
      #expect(try DurableFile.read(path) == Array("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
    }
  }

  @Test("an error names the file, what was being done and the system's reason")
  func errors() throws {
    let missing = #expect(throws: FileError.self) { try DurableFile.read("/nowhere/file") }
    #expect(missing?.description == "could not open /nowhere/file: No such file or directory")
    #expect(throws: FileError.self) { try DurableFile.write([1], to: "/nowhere/file") }
    try withFolder { folder in
      let folderAsFile = #expect(throws: FileError.self) { try DurableFile.read(folder) }
      #expect(folderAsFile?.operation == .read)
      let over = #expect(throws: FileError.self) { try DurableFile.write([1], to: folder + "/.") }
      #expect(over != nil)
    }
  }

  @Test("appended records stand one after the other, also after opening again")
  func append() throws {
    try withFolder { folder in
      let path = folder + "/log"
      let file = try AppendingFile(path)
      try file.append(Array("one\n".utf8))
      try file.synchronize()
      let again = try AppendingFile(path)
      #expect(try again.size == 4)
      try again.append(Array("two\n".utf8))
      #expect(try DurableFile.read(path) == Array("one\ntwo\n".utf8))
      try again.truncate(to: 4)
      try again.append(Array("2\n".utf8))
      try again.append([])
      #expect(try DurableFile.read(path) == Array("one\n2\n".utf8))
      #expect(try again.size == 6)
    }
  }

  @Test("a full disk refuses an append with its reason")
  func fullDisk() throws {
    guard FileManager.default.isWritableFile(atPath: "/dev/full") else {
      return print("skipped: no /dev/full here")
    }
    let file = try AppendingFile("/dev/full")
    let error = #expect(throws: FileError.self) { try file.append([1]) }
    #expect(error?.description == "could not write /dev/full: No space left on device")
  }
}
