/// Why a run folder could not be read or written.
public enum RunFolderError: Error, Hashable, Sendable {
  /// There is no folder at this path.
  case noFolder(path: String)
  /// A file is there and can't be read.
  case unreadable(path: String, reason: String)
  /// A file, or one of its lines counted from 1, is not what it should be.
  case broken(file: String, line: Int?, reason: String)
  /// A file can't be written.
  case unwritable(path: String, reason: String)
}

extension RunFolderError: CustomStringConvertible {
  /// One sentence: which file, what is wrong, what to do.
  public var description: String {
    switch self {
    case .noFolder(let path):
      "there is no run folder at \(path); pass the folder that holds metrics.jsonl"
    case .unreadable(let path, let reason):
      "\(path) can't be read (\(reason)); check its permissions"
    case .broken(let file, let line?, let reason):
      "\(file):\(line) is not a record of this file (\(reason)); mend or delete that line"
    case .broken(let file, nil, let reason):
      "\(file) does not hold what it should (\(reason)); restore it or move it away"
    case .unwritable(let path, let reason):
      "\(path) can't be written (\(reason)); check the folder's permissions and the disk's space"
    }
  }
}
