#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that grows at its end, for records written one after the other by one writer.
package final class AppendingFile: Sendable {
  private let file: FileDescriptor

  /// Opens a file for appending, creating it if there is none; a new name is durable on return.
  package init(_ path: String) throws(FileError) {
    file = try FileDescriptor(path, O_WRONLY | O_CREAT | O_APPEND)
    try DurableFile.synchronizeFolder(of: path)
  }

  /// How many bytes the file holds.
  package var size: Int {
    get throws(FileError) { try file.size() }
  }

  /// Appends all of the bytes or, if the disk refuses, none of them.
  ///
  /// They are on the disk after the next ``synchronize()``.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    let size = try file.size()
    do throws(FileError) {
      try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
        try file.write(UnsafeRawBufferPointer(bytes))
      }
    } catch {
      try? file.truncate(to: size)
      throw error
    }
  }

  /// Waits for the disk to hold everything appended so far.
  package func synchronize() throws(FileError) { try file.synchronize() }

  /// Cuts the file to its first `size` bytes, durably.
  ///
  /// - Precondition: `size` is in `0 ... self.size`.
  package func truncate(to size: Int) throws(FileError) {
    let held = try file.size()
    precondition((0...held).contains(size), "can't cut a file of \(held) bytes to \(size)")
    try file.truncate(to: size)
    try file.synchronize()
  }
}
