public import Foundation

/// A process that times one call of a workload whenever it is asked to: somebody else's library, or
/// ours.
///
/// It speaks the protocol of `Peers/serving.py`: fields between tabs in, one line out. It never
/// inherits variables that change its kernels.
public final class PeerProcess {
  /// What the peer says it is.
  public private(set) var versions = ""
  private let process: Process
  private let input: FileHandle
  private let output: FileHandle
  private var unread: [UInt8] = []

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - executable: Its place.
  ///   - arguments: What it is called with.
  ///   - threads: How many threads it may use.
  ///   - environment: Variables to set on top of the inherited ones.
  /// - Throws: ``PeerError`` when it doesn't start.
  public init(
    executable: URL, arguments: [String], threads: Int = 1, environment: [String: String] = [:]
  ) throws {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("OPENBLAS_") }
    for name in ["PEER", "OMP_NUM", "OPENBLAS_NUM", "MKL_NUM"] {
      variables["\(name)_THREADS"] = String(threads)
    }
    variables["PYTHONUNBUFFERED"] = "1"
    variables["PYTHONDONTWRITEBYTECODE"] = "1"
    // Errors only: advice and progress bars would hide them.
    variables["PYTHONWARNINGS"] = "ignore"
    variables["TRANSFORMERS_VERBOSITY"] = "error"
    variables["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    process.environment = variables.merging(environment) { $1 }
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    self.process = process
    self.input = input.fileHandleForWriting
    self.output = output.fileHandleForReading

    let greeting = try nextLine()
    guard greeting.hasPrefix("ready ") else { throw PeerError.unexpected(greeting) }
    self.versions = String(greeting.dropFirst(6))
  }

  /// Starts a script of `Benchmarks/Peers` with the Python of `PEREGRINE_PEERS`, a virtual
  /// environment.
  ///
  /// - Throws: ``PeerError`` when there is no such environment or the peer doesn't start.
  public convenience init(
    script: String, threads: Int = 1, environment: [String: String] = [:]
  ) throws {
    guard let folder = ProcessInfo.processInfo.environment["PEREGRINE_PEERS"] else {
      throw PeerError.noEnvironment
    }
    let peers = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Peers").standardized
    try self.init(
      executable: URL(filePath: folder).appending(path: "bin/python3"),
      arguments: [peers.appending(path: script).path()], threads: threads, environment: environment)
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  /// Its number among the system's processes.
  public var identifier: Int { Int(process.processIdentifier) }

  /// Seconds that one call of a workload takes in the peer, the mean of `count` calls.
  public func seconds(_ workload: String, count: Int = 1) throws -> Double {
    let line = try answer("\(workload)\t\(count)")
    guard let seconds = Double(line) else { throw PeerError.unexpected(line) }
    return seconds
  }

  /// What a workload computes, where it says so.
  public func check(_ workload: String) throws -> [Double]? {
    let line = try answer("check\t\(workload)")
    if line == "none" { return nil }
    let numbers = line.split(separator: " ").dropFirst().map { Double($0) }
    guard line.hasPrefix("values "), !numbers.contains(nil) else {
      throw PeerError.unexpected(line)
    }
    return numbers.compactMap(\.self)
  }

  private func answer(_ request: String) throws -> String {
    do {
      try input.write(contentsOf: Data("\(request)\n".utf8))
    } catch {
      throw PeerError.ended
    }
    return try nextLine()
  }

  private func nextLine() throws -> String {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread.removeSubrange(...end)
        return line
      }
      let data = output.availableData
      guard !data.isEmpty else { throw PeerError.ended }
      unread.append(contentsOf: data)
    }
  }
}

/// Why a peer can't be asked.
public enum PeerError: Error, CustomStringConvertible {
  /// Nobody said where the peers live.
  case noEnvironment
  /// The peer answered something else than was asked for.
  case unexpected(String)
  /// The peer is gone.
  case ended

  /// One sentence that names what to do.
  public var description: String {
    switch self {
    case .noEnvironment:
      "PEREGRINE_PEERS names no Python environment: `make bench` sets one up."
    case .unexpected(let line): "The peer answered \"\(line)\" where numbers were due."
    case .ended: "The peer ended; its last words are above."
    }
  }
}
