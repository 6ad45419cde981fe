#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Files that are there as a whole or not at all, whenever the process is killed.
enum DurableFile {
  /// Replaces a file: writes beside it, flushes to the disk, renames.
  static func write(_ bytes: [UInt8], to path: String) throws(RunFolderError) {
    let temporary = "\(path).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        #if canImport(Darwin)
          Darwin.write(file, $0.baseAddress, $0.count)
        #elseif canImport(Musl)
          Musl.write(file, $0.baseAddress, $0.count)
        #else
          Glibc.write(file, $0.baseAddress, $0.count)
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        let error = failure(path)
        close(file)
        unlink(temporary)
        throw error
      }
      written += count
    }
    let isFlushed = fsync(file) == 0
    let isClosed = close(file) == 0
    guard isFlushed, isClosed, rename(temporary, path) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
    flushFolder(of: path)
  }

  /// The rename itself survives a power cut only once the folder is flushed.
  private static func flushFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let handle = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
    guard handle >= 0 else { return }
    fsync(handle)
    close(handle)
  }

  private static func failure(_ path: String) -> RunFolderError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}
