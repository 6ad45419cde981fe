public import Evaluation
internal import FoundationEssentials
internal import Synchronization
internal import Trajectories

/// Writes the files of a run folder, so that a kill at any moment loses at most what came after the
/// last checkpoint.
///
/// Records are appended line by line. A checkpoint notes how long each file was; resuming cuts the
/// files back to those lengths, and the steps that follow write the same lines again. Timings are
/// kept out of this: they differ from run to run.
public final class RunWriter: Sendable {
  /// Files whose length a checkpoint notes.
  static let journals: [RunFolder.File] = [.metrics, .trajectories, .evaluations]

  /// The folder.
  public let path: String
  private let files: Mutex<[RunFolder.File: AppendingFile]>

  /// Opens a folder for a new run, making it if need be.
  ///
  /// - Throws: ``RunError/folderInUse(_:)`` if a run is there already, `FileError`.
  public convenience init(creating path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let folder = RunFolder(path: path)
    if FileManager.default.fileExists(atPath: folder.path(of: .metrics)) {
      throw RunError.folderInUse(path)
    }
    try self.init(path: path)
  }

  /// Opens the folder of a run that was interrupted.
  ///
  /// A last line of the timings that was cut in the middle of a write is cut off: no checkpoint
  /// notes how long that file was.
  public convenience init(resuming path: String) throws {
    try self.init(path: path)
    let bytes = try DurableFile.read(RunFolder(path: path).path(of: .timings))
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    try files.withLock { try $0[.timings]?.truncate(to: whole) }
  }

  private init(path: String) throws {
    self.path = path
    let folder = RunFolder(path: path)
    var files: [RunFolder.File: AppendingFile] = [:]
    for file in Self.journals + [.timings] {
      files[file] = try AppendingFile(folder.path(of: file))
    }
    self.files = Mutex(files)
  }

  /// Appends records to one of the journals.
  public func append<Record: RunRecord>(_ records: [Record], to file: RunFolder.File) throws {
    var bytes: [UInt8] = []
    for record in records {
      bytes.append(contentsOf: try record.jsonLine())
      bytes.append(UInt8(ascii: "\n"))
    }
    let appending = files.withLock { $0[file] }
    precondition(appending != nil, "\(file.rawValue) is not appended to")
    try appending?.append(bytes)
  }

  /// Writes one whole file durably.
  public func write(_ bytes: [UInt8], to file: RunFolder.File) throws {
    try DurableFile.write(bytes, to: RunFolder(path: path).path(of: file))
  }

  /// Makes what was appended durable and says how long each journal is.
  func sync() throws -> [String: Int] {
    var sizes: [String: Int] = [:]
    for file in Self.journals {
      guard let appending = files.withLock({ $0[file] }) else { continue }
      try appending.synchronize()
      sizes[file.rawValue] = try appending.size
    }
    return sizes
  }

  /// Cuts the journals back to noted lengths, or throws and cuts none.
  ///
  /// - Throws: ``RunError/shortJournal(path:held:noted:)`` if one is shorter than noted, `FileError`.
  func cut(to sizes: [String: Int]) throws {
    for file in Self.journals {
      let (held, noted) = (
        try files.withLock { try $0[file]?.size } ?? 0, sizes[file.rawValue] ?? 0
      )
      guard (0...held).contains(noted) else {
        throw RunError.shortJournal(
          path: RunFolder(path: path).path(of: file), held: held, noted: noted)
      }
    }
    for file in Self.journals {
      try files.withLock { $0[file] }?.truncate(to: sizes[file.rawValue] ?? 0)
    }
  }
}
