internal import Foundation

/// A program of somebody else's library that times one call whenever it is asked to.
///
/// It speaks the protocol of `Peers/serving.py`: a line with a workload's name in, a line with
/// seconds out. It never inherits variables that change its kernels.
public final class PeerProcess {
  /// What the peer says it is.
  public private(set) var versions = ""
  private let process: Process
  private let input: FileHandle
  private let output: FileHandle
  private var unread: [UInt8] = []

  /// Starts a script of `Benchmarks/Peers` with the Python of `PEREGRINE_PEERS`, a virtual
  /// environment.
  ///
  /// - Parameters:
  ///   - script: Its name.
  ///   - threads: How many threads it may use.
  /// - Throws: ``PeerError`` when there is no such environment or the peer doesn't start.
  public init(script: String, threads: Int = 1) throws {
    let own = ProcessInfo.processInfo.environment
    guard let folder = own["PEREGRINE_PEERS"] else { throw PeerError.noEnvironment }
    let peers = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Peers").standardized
    let process = Process()
    process.executableURL = URL(filePath: folder).appending(path: "bin/python3")
    process.arguments = [peers.appending(path: script).path()]
    process.environment = own.filter { !$0.key.hasPrefix("OPENBLAS_") }
      .merging(["PEER_THREADS": String(threads), "PYTHONUNBUFFERED": "1"]) { $1 }
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

  deinit { process.terminate() }

  /// Seconds that one call of a workload takes in the peer.
  public func seconds(_ workload: String) throws -> Double {
    try input.write(contentsOf: Data("\(workload)\n".utf8))
    let line = try nextLine()
    guard let seconds = Double(line) else { throw PeerError.unexpected(line) }
    return seconds
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
  /// The peer answered something else than seconds.
  case unexpected(String)
  /// The peer is gone.
  case ended

  /// One sentence that names what to do.
  public var description: String {
    switch self {
    case .noEnvironment:
      "PEREGRINE_PEERS names no Python environment: `make bench` sets one up."
    case .unexpected(let line): "The peer answered \"\(line)\" where seconds were due."
    case .ended: "The peer ended; its last words are above."
    }
  }
}
