#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file that could not be opened, read, written or moved, and the system's reason.
public struct FileError: Error, Hashable, Sendable {
  /// What was being done.
  public enum Operation: String, Sendable, Hashable {
    /// Opening or creating.
    case open
    /// Reading.
    case read
    /// Writing.
    case write
    /// Waiting for the disk to hold what was written.
    case synchronize
    /// Putting the finished file in the old one's place.
    case rename
    /// Cutting off the end.
    case truncate
    /// Asking for the size.
    case measure
  }

  /// The file.
  public let path: String
  /// What was being done to it.
  public let operation: Operation
  /// The system's error number.
  public let code: Int32

  /// An error of the system call that just failed.
  package init(path: String, operation: Operation) {
    self.path = path
    self.operation = operation
    code = errno
  }

  /// The system's words for ``code``.
  public var reason: String { String(cString: strerror(code)) }
}

extension FileError: CustomStringConvertible {
  /// One sentence naming the file, what was being done and the system's reason.
  public var description: String { "could not \(operation.rawValue) \(path): \(reason)" }
}
