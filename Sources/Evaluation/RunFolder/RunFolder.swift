internal import FoundationEssentials

/// The folder of plain files that a training run leaves behind.
///
/// | file | holds |
/// | --- | --- |
/// | `configuration.json` | what was run: ``RunConfiguration`` |
/// | `metrics.jsonl` | one ``MetricsRecord`` a step |
/// | `timings.jsonl` | one ``TimingRecord`` a step: wall clock stands apart, so that equal seeds give equal metrics |
/// | `trajectories.jsonl` | one ``TrajectoryRecord`` a rollout, by step, group and member |
/// | `evaluations.jsonl` | one ``EvaluationRecord`` a question asked before or after training |
/// | `summary.json` | the ``RunSummary``, written last |
/// | `report.html` | the page that ``Report`` makes of the others |
///
/// A file that is not there yet reads as empty, so a run can be looked at while it goes on. A last
/// line that was cut by a kill is dropped and reported; any other line that can't be read throws
/// with its file and number.
public struct RunFolder: Sendable, Hashable {
  /// A file of the folder.
  public enum File: String, Sendable, Hashable, CaseIterable {
    /// What was run.
    case configuration = "configuration.json"
    /// Numbers of each step that depend on the seed alone.
    case metrics = "metrics.jsonl"
    /// Seconds of each step.
    case timings = "timings.jsonl"
    /// Every rollout.
    case trajectories = "trajectories.jsonl"
    /// Every question asked before and after training.
    case evaluations = "evaluations.jsonl"
    /// The outcome in a few numbers.
    case summary = "summary.json"
    /// The page for people.
    case report = "report.html"
  }

  /// Where the folder is.
  public let path: String

  /// The run folder at a path; nothing is read yet.
  public init(path: String) {
    self.path = path
  }

  /// Where one of its files is, whether or not it exists.
  public func path(of file: File) -> String {
    path.hasSuffix("/") ? path + file.rawValue : "\(path)/\(file.rawValue)"
  }

  /// Throws unless the folder exists.
  func requireFolder() throws(RunFolderError) {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
      throw .noFolder(path: path)
    }
  }

  /// What was run; no entries when the file is not there.
  ///
  /// - Throws: ``RunFolderError`` if the file can't be read or is not a JSON object.
  public func configuration() throws(RunFolderError) -> RunConfiguration {
    try value(RunConfiguration.self, in: .configuration) ?? RunConfiguration(entries: [])
  }

  /// The metrics of each step.
  ///
  /// - Throws: ``RunFolderError`` if the file can't be read.
  public func metrics() throws(RunFolderError) -> JSONLines<MetricsRecord> {
    try lines(of: .metrics)
  }

  /// The seconds of each step.
  ///
  /// - Throws: ``RunFolderError`` if the file can't be read.
  public func timings() throws(RunFolderError) -> JSONLines<TimingRecord> {
    try lines(of: .timings)
  }

  /// Every rollout with its reward and advantages.
  ///
  /// The file can be large: its lines are decoded when asked for.
  ///
  /// - Throws: ``RunFolderError`` if the file can't be read.
  public func trajectories() throws(RunFolderError) -> JSONLines<TrajectoryRecord> {
    try lines(of: .trajectories)
  }

  /// Every question asked before and after training.
  ///
  /// - Throws: ``RunFolderError`` if the file can't be read.
  public func evaluations() throws(RunFolderError) -> JSONLines<EvaluationRecord> {
    try lines(of: .evaluations)
  }

  /// The outcome; `nil` while the run goes on.
  ///
  /// - Throws: ``RunFolderError`` if the file can't be read or lacks a key.
  public func summary() throws(RunFolderError) -> RunSummary? {
    try value(RunSummary.self, in: .summary)
  }

  private func value<Value: Decodable>(
    _ type: Value.Type, in file: File
  ) throws(RunFolderError) -> Value? {
    guard let data = try contents(of: file) else { return nil }
    do {
      return try RunCoding.decoder().decode(type, from: data)
    } catch {
      throw .broken(file: path(of: file), line: nil, reason: RunCoding.reason(for: error))
    }
  }

  private func lines<Record: RunRecord>(of file: File) throws(RunFolderError) -> JSONLines<Record> {
    JSONLines(data: try contents(of: file) ?? Data(), file: path(of: file))
  }

  private func contents(of file: File) throws(RunFolderError) -> Data? {
    let path = path(of: file)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      return try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
  }
}
