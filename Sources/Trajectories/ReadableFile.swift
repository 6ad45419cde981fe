#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file open for reading at any position, by any number of readers at once.
package final class ReadableFile: Sendable {
  private let file: FileDescriptor
  /// How many bytes it held when opened.
  package let size: Int

  /// Opens a file.
  package init(_ path: String) throws(FileError) {
    file = try FileDescriptor(path, O_RDONLY)
    size = try file.size()
  }

  /// The bytes at a range of positions; fewer where the file ends before.
  package func read(_ range: Range<Int>) throws(FileError) -> [UInt8] { try file.read(range) }
}
