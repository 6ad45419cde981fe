import Foundation
import Testing

/// The executable `KillableRun`, run in a folder.
struct KillableProcess {
  /// How a process ended.
  enum End: Equatable {
    case finished
    case killed
    case failed(String)
  }

  private let process = Process()
  private let errors = Pipe()
  private let ended: AsyncStream<Void>

  /// Starts the run.
  ///
  /// - Parameters:
  ///   - fault: Where it kills itself; nowhere when empty.
  ///   - fileLimit: Most bytes of a file it may write.
  init(_ directory: RunDirectory, fault: String = "", fileLimit: Int? = nil) throws {
    let executable = try Self.executable()
    if let fileLimit {
      // A write beyond the limit then fails as on a full disk; the unit is 512 bytes.
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = [
        "-c", #"trap "" XFSZ; ulimit -f "$1"; exec "$2" "$3""#, "sh", "\(fileLimit / 512)",
        executable, directory.path,
      ]
    } else {
      process.executableURL = URL(filePath: executable)
      process.arguments = [directory.path]
    }
    var environment = ProcessInfo.processInfo.environment
    environment["KILLABLE_RUN_FAULT"] = fault
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    ended = stream
    process.terminationHandler = { _ in continuation.finish() }
    try process.run()
  }

  /// Kills it once something is true of its folder, or lets it end before.
  func kill(when isTime: () -> Bool) async throws {
    while process.isRunning {
      if isTime() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        return
      }
      try await Task.sleep(for: .microseconds(200))
    }
  }

  /// Waits for its end.
  func end() async throws -> End {
    for await _ in ended {}
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    if process.terminationReason == .uncaughtSignal, process.terminationStatus == SIGKILL {
      return .killed
    }
    return process.terminationStatus == 0
      ? .finished : .failed(String(decoding: said, as: UTF8.self))
  }

  /// It is built beside the tests.
  private static func executable() throws -> String {
    let places =
      CommandLine.arguments
      + [Bundle.main.executablePath, Bundle.main.bundlePath]
      .compactMap(\.self)
    var folders = places.map { URL(filePath: $0).deletingLastPathComponent() }
    // On macOS the tests stand inside of a bundle.
    folders += folders.map { $0.deletingLastPathComponent().deletingLastPathComponent() }
    let candidates = folders.map { $0.appending(path: "KillableRun").path }
    return try #require(
      candidates.first { FileManager.default.isExecutableFile(atPath: $0) },
      "KillableRun is in none of \(candidates)")
  }
}
