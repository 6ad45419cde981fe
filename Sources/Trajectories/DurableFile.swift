#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Whole files that are either the old ones or the new ones, whatever happens in between.
package enum DurableFile {
  /// Replaces a file's content by what `body` appends.
  ///
  /// The bytes go to `path.writing`, reach the disk, and only then take the name; the folder is
  /// synchronised last. On failure the old file is untouched and the unfinished one removed. One
  /// writer per path at a time.
  package static func write(
    to path: String, _ body: (DurableWriter) throws(FileError) -> Void
  ) throws(FileError) {
    let unfinished = path + ".writing"
    let file = try FileDescriptor(unfinished, O_WRONLY | O_CREAT | O_TRUNC)
    do throws(FileError) {
      try body(DurableWriter(file: file))
      try file.synchronize()
      guard moved(unfinished, path) else {
        throw FileError(path: path, operation: .rename)
      }
    } catch {
      unlink(unfinished)
      throw error
    }
    try synchronizeFolder(of: path)
  }

  /// Replaces a file's content; see ``write(to:_:)``.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
      try write(to: path) { writer throws(FileError) in
        try writer.append(UnsafeRawBufferPointer(bytes))
      }
    }
  }

  /// A file's content.
  package static func read(_ path: String) throws(FileError) -> [UInt8] {
    let file = try ReadableFile(path)
    return try file.read(0..<file.size)
  }

  /// Gives a finished file or folder its name and waits for the disk to hold it.
  package static func rename(_ old: String, to new: String) throws(FileError) {
    try synchronizeFolder(of: old + "/.")
    guard moved(old, new) else { throw FileError(path: new, operation: .rename) }
    try synchronizeFolder(of: new)
  }

  private static func moved(_ old: String, _ new: String) -> Bool {
    #if canImport(Glibc)
      Glibc.rename(old, new) == 0
    #elseif canImport(Musl)
      Musl.rename(old, new) == 0
    #else
      Darwin.rename(old, new) == 0
    #endif
  }

  /// Waits for the disk to hold the names in the folder of `path`.
  static func synchronizeFolder(of path: String) throws(FileError) {
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
    try FileDescriptor(folder, O_RDONLY).synchronize()
  }
}

/// The unfinished side of ``DurableFile/write(to:_:)``.
package struct DurableWriter {
  fileprivate let file: FileDescriptor

  /// Appends bytes to the file being written.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) { try file.write(bytes) }
}

/// An open file, closed when the last reference goes.
final class FileDescriptor: Sendable {
  let path: String
  private let number: Int32

  init(_ path: String, _ flags: Int32) throws(FileError) {
    self.path = path
    number = open(path, flags | O_CLOEXEC, 0o644)
    if number < 0 { throw FileError(path: path, operation: .open) }
  }

  deinit { if number >= 0 { close(number) } }

  func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Darwin)
        let written = Darwin.write(number, piece.baseAddress, min(piece.count, 1 << 30))
      #elseif canImport(Musl)
        let written = Musl.write(number, piece.baseAddress, min(piece.count, 1 << 30))
      #else
        let written = Glibc.write(number, piece.baseAddress, min(piece.count, 1 << 30))
      #endif
      if written < 0 {
        if errno == EINTR { continue }
        throw FileError(path: path, operation: .write)
      }
      rest = rest.dropFirst(written)
    }
  }

  func synchronize() throws(FileError) {
    while fsync(number) != 0 {
      guard errno == EINTR else { throw FileError(path: path, operation: .synchronize) }
    }
  }

  func size() throws(FileError) -> Int {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw FileError(path: path, operation: .measure) }
    return Int(status.st_size)
  }

  func truncate(to size: Int) throws(FileError) {
    guard ftruncate(number, off_t(size)) == 0 else {
      throw FileError(path: path, operation: .truncate)
    }
  }

  /// The bytes at a range of positions; fewer where the file ends before.
  func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      while filled < range.count {
        let count = pread(
          number,
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
            .baseAddress,
          min(range.count - filled, 1 << 30), off_t(range.lowerBound + filled))
        if count < 0, errno == EINTR { continue }
        failed = count < 0
        if count <= 0 { return }
        filled += count
      }
    }
    if failed { throw FileError(path: path, operation: .read) }
    return bytes
  }
}
