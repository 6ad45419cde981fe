import Evaluation
import Foundation
import Testing
import Trajectories

@testable import Training

@Suite("The run's journals")
struct RunWriterTests {
  static func record(_ step: Int) -> MetricsRecord {
    MetricsRecord(step: step, values: ["reward": Double(step) / 3])
  }

  @Test("a folder that holds a run is not taken for a new one")
  func inUse() throws {
    let directory = try RunDirectory()
    defer { directory.remove() }
    let writer = try RunWriter(creating: directory.path + "/run")
    try writer.append([Self.record(1)], to: .metrics)
    #expect(throws: RunError.folderInUse(directory.path + "/run")) {
      try RunWriter(creating: directory.path + "/run")
    }
    #expect(directory.lineCount("run/metrics.jsonl") == 1)
  }

  @Test("cutting back to noted lengths and writing again gives the same bytes")
  func cutting() throws {
    let directory = try RunDirectory()
    defer { directory.remove() }
    let writer = try RunWriter(creating: directory.path)
    try writer.append([Self.record(1)], to: .metrics)
    let sizes = try writer.sync()
    try writer.append([Self.record(2), Self.record(3)], to: .metrics)
    let whole = try directory.bytes("metrics.jsonl")
    let resumed = try RunWriter(resuming: directory.path)
    try resumed.cut(to: sizes)
    #expect(directory.lineCount("metrics.jsonl") == 1)
    try resumed.append([Self.record(2)], to: .metrics)
    try resumed.append([Self.record(3)], to: .metrics)
    #expect(try directory.bytes("metrics.jsonl") == whole)
    try resumed.cut(to: [:])
    #expect(try directory.bytes("metrics.jsonl").isEmpty)
  }

  @Test("a journal shorter than its checkpoint noted is refused, and none is cut")
  func shortJournal() throws {
    let directory = try RunDirectory()
    defer { directory.remove() }
    let writer = try RunWriter(creating: directory.path)
    try writer.append([Self.record(1)], to: .metrics)
    let size = try directory.bytes("metrics.jsonl").count
    for noted in [size + 1, -1] {
      #expect(
        throws: RunError.shortJournal(
          path: directory.path + "/metrics.jsonl", held: size, noted: noted)
      ) {
        try writer.cut(to: ["metrics.jsonl": noted, "trajectories.jsonl": 0])
      }
    }
    #expect(throws: RunError.self) {
      try writer.cut(to: ["metrics.jsonl": 0, "trajectories.jsonl": 7])
    }
    #expect(try directory.bytes("metrics.jsonl").count == size)
  }

  @Test("a torn line of timings is cut off when a run goes on")
  func tornTimings() throws {
    let directory = try RunDirectory()
    defer { directory.remove() }
    let writer = try RunWriter(creating: directory.path)
    try writer.append(
      [TimingRecord(step: 1, seconds: ["total": 1]), TimingRecord(step: 2, seconds: [:])],
      to: .timings)
    // Without its line break even a whole record would run into the next.
    for cut in [1, 5] {
      try directory.write(try directory.bytes("timings.jsonl").dropLast(cut), to: "timings.jsonl")
      let resumed = try RunWriter(resuming: directory.path)
      #expect(directory.lineCount("timings.jsonl") == 1)
      try resumed.append([TimingRecord(step: 2, seconds: [:])], to: .timings)
      #expect(try RunFolder(path: directory.path).timings().all().map(\.step) == [1, 2])
    }
  }
}
