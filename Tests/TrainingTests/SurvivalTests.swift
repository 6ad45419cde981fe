import Evaluation
import Foundation
import Testing

@testable import Training

@Suite("A run that is killed goes on as if nothing had happened")
struct SurvivalTests {
  private static let unbroken = Task {
    let directory = try RunDirectory()
    try #require(try await KillableProcess(directory).end() == .finished)
    return directory
  }

  /// Finishes a run and compares it with one that was never killed.
  static func expectRecovery(_ run: RunDirectory, _ comment: String) async throws {
    #expect(try await KillableProcess(run).end() == .finished, "\(comment)")
    let whole = try await unbroken.value
    try expectSameRun(run, whole, steps: 6, comment)
    let last = "checkpoints/step-000006/reward.json"
    #expect(try run.bytes(last) == whole.bytes(last), "\(comment)")
    #expect(run.names(in: "checkpoints") == ["step-000004", "step-000006"], "\(comment)")
    let timings = try RunFolder(path: run.path).timings().all()
    #expect(Set(timings.map(\.step)) == Set(1...6), "\(comment)")
  }

  @Test("the run that is compared with is a whole one")
  func whole() async throws {
    let folder = RunFolder(path: try await Self.unbroken.value.path)
    let metrics = try folder.metrics().all()
    #expect(metrics.map(\.step) == Array(1...6))
    #expect(metrics.allSatisfy { $0.values["driftMaximum"] == 0 })
    #expect(try folder.trajectories().count == 6 * 16)
    #expect(Set(metrics.compactMap { $0[.loss] }).count == 6)
    #expect(metrics.map { $0.values["stage"] } == [0, 0, 1, 1, 1, 1])
    #expect(metrics.contains { ($0.values["adaptiveRubrics"] ?? 0) > 0 })
  }

  @Test(
    "killed inside a rollout, a score or a checkpoint",
    arguments: [
      "step:1", "step:40", "step:100", "score:17", "score:90", "save-before:1", "save-torn:1",
      "save-after:1", "save-before:2", "save-torn:2", "save-after:2", "save-torn:3", "observe:1",
      "observe:2", "observe:5",
    ])
  func faults(fault: String) async throws {
    let run = try RunDirectory()
    defer { run.remove() }
    #expect(try await KillableProcess(run, fault: fault).end() == .killed)
    try await Self.expectRecovery(run, fault)
  }

  @Test("killed from outside, as soon as something can be seen", arguments: 0..<8)
  func watched(moment: Int) async throws {
    let run = try RunDirectory()
    defer { run.remove() }
    let process = try KillableProcess(run)
    try await process.kill {
      switch moment {
      case 0: run.exists("metrics.jsonl")
      case 1...5: run.lineCount("metrics.jsonl") >= moment
      case 6: run.exists("checkpoints/.partial")
      default: run.exists("checkpoints/step-000004")
      }
    }
    // A machine that was busy elsewhere may have let it finish: nothing to recover then.
    _ = try await process.end()
    try await Self.expectRecovery(run, "moment \(moment)")
  }

  @Test("killed again and again")
  func again() async throws {
    let run = try RunDirectory()
    defer { run.remove() }
    for fault in [
      "score:3", "save-torn:1", "step:60", "save-after:1", "observe:2", "save-before:1",
      "score:1", "observe:2", "save-torn:1",
    ] {
      #expect(try await KillableProcess(run, fault: fault).end() == .killed, "\(fault)")
    }
    try await Self.expectRecovery(run, "again and again")
  }

  @Test("torn last lines of the journals are written anew, those of the timings dropped")
  func tornLines() async throws {
    let run = try RunDirectory()
    defer { run.remove() }
    #expect(try await KillableProcess(run, fault: "observe:3").end() == .killed)
    for file in ["metrics.jsonl", "trajectories.jsonl", "timings.jsonl"] {
      let whole = try run.bytes(file)
      try run.write(whole.dropLast(9), to: file)
    }
    try await Self.expectRecovery(run, "torn lines")
  }

  @Test(
    "a full disk is an error with the file's name, nothing is half-written, and the run goes on")
  func fullDisk() async throws {
    let whole = try await Self.unbroken.value
    let weights = try whole.bytes("checkpoints/step-000006/policy.safetensors").count
    let records = try whole.bytes("trajectories.jsonl").count
    // One limit that the weights don't fit in, and one that they do and the records don't.
    try #require(weights + 4096 < records * 9 / 10)
    for (limit, culprit) in [
      (weights - 4096, ".safetensors"), (records * 9 / 10, "trajectories.jsonl"),
    ] {
      let run = try RunDirectory()
      defer { run.remove() }
      let end = try await KillableProcess(run, fileLimit: limit).end()
      guard case .failed(let said) = end else {
        Issue.record("a disk of \(limit) bytes gave \(end)")
        continue
      }
      #expect(said.contains("Error: could not write"), "\(said)")
      #expect(said.contains(culprit), "\(said)")
      for file in ["metrics.jsonl", "trajectories.jsonl"] {
        let journal = try run.bytes(file)
        #expect(journal.isEmpty || journal.last == UInt8(ascii: "\n"), "\(file)")
        #expect(try whole.bytes(file).starts(with: journal), "\(file)")
      }
      for folder in run.names(in: "checkpoints") where folder.hasPrefix("step-") {
        #expect(
          run.names(in: "checkpoints/\(folder)")
            == ["policy.safetensors", "position.json", "reward.json"])
      }
      try await Self.expectRecovery(run, "a disk of \(limit) bytes")
    }
  }
}
