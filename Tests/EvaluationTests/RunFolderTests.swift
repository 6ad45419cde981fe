import Evaluation
import Foundation
import Rewards
import Testing
import Trajectories

@Suite("A run folder")
struct RunFolderTests {
  private static let records = (1...3).map {
    MetricsRecord(step: $0, values: ["reward": Double($0) / 4])
  }

  private static func bytes(_ records: [some RunRecord]) throws -> [UInt8] {
    try records.flatMap { try $0.jsonLine() + [UInt8(ascii: "\n")] }
  }

  @Test("records come back as they were written, through files")
  func roundTrip() throws {
    let trajectory = try Make.trajectory([
      .search("Velmora mayor", found: ["city-1#1"], text: "Its mayor is Anna Tell."),
      .answer("Anna Tell"),
    ])
    let rollout = TrajectoryRecord(
      trajectory: trajectory, report: Make.report(1),
      advantages: trajectory.selection(.policy).positions.map { Float($0) / 8 })
    let evaluation = EvaluationRecord(
      phase: .after, set: .atlas, trajectory: trajectory, report: Make.report(1))
    let timing = TimingRecord(step: 1, seconds: ["rollout": 1.25])
    try Make.inFolder { path in
      let folder = RunFolder(path: path)
      try folder.write(Self.records, to: .metrics)
      try folder.write([timing], to: .timings)
      try folder.write([rollout], to: .trajectories)
      try folder.write([evaluation], to: .evaluations)
      #expect(try folder.metrics().all() == Self.records)
      #expect(try folder.timings().all() == [timing])
      #expect(try folder.trajectories().all() == [rollout])
      #expect(try folder.evaluations().all() == [evaluation])
    }
  }

  @Test("the same record always gives the same line, with sorted keys")
  func sameBytes() throws {
    let values = Dictionary(uniqueKeysWithValues: (0..<20).map { ("name\($0)", Double($0)) })
    let line = try MetricsRecord(step: 1, values: values).jsonLine()
    #expect(try MetricsRecord(step: 1, values: values).jsonLine() == line)
    #expect(!line.contains(UInt8(ascii: "\n")))
    #expect(
      try String(
        decoding: MetricsRecord(step: 2, values: ["b": 1, "a": 0.5]).jsonLine(), as: UTF8.self)
        == #"{"step":2,"values":{"a":0.5,"b":1}}"#)
  }

  @Test("a diverged run stays on record: NaN and infinities survive")
  func nonFinite() throws {
    let record = MetricsRecord(
      step: 1, values: ["loss": .nan, "up": .infinity, "down": -.infinity])
    let read = try #require(
      try JSONLines<MetricsRecord>(bytes: record.jsonLine(), file: "m").all().first)
    #expect(read.values["loss"]?.isNaN == true)
    #expect(read.values["up"] == .infinity)
    #expect(read.values["down"] == -.infinity)
  }

  @Test("cut at any byte, a file gives exactly its whole lines")
  func tornAnywhere() throws {
    let bytes = try Self.bytes(Self.records)
    for length in 0...bytes.count {
      let lines = JSONLines<MetricsRecord>(
        bytes: Array(bytes.prefix(length)), file: "metrics.jsonl")
      let read = try lines.all()
      #expect(read == Array(Self.records.prefix(read.count)))
      let whole = bytes.prefix(length).filter { $0 == UInt8(ascii: "\n") }.count
      #expect(read.count == whole || read.count == whole + 1)
      #expect((lines.torn == nil) == (lines.wholeByteCount == length))
      if let torn = lines.torn {
        #expect(torn.line == whole + 1)
        #expect(torn.byteCount == length - lines.wholeByteCount)
      }
    }
  }

  @Test("a broken line before the last one is an error that names file and line")
  func brokenLine() throws {
    var bytes = try Self.bytes(Self.records)
    bytes.replaceSubrange(0..<0, with: Array("\n{\"step\":1,\n".utf8))
    let lines = JSONLines<MetricsRecord>(bytes: bytes, file: "runs/7/metrics.jsonl")
    #expect(lines.torn == nil)
    let error = #expect(throws: RunFolderError.self) { try lines.all() }
    #expect(try #require(error).description.hasPrefix("runs/7/metrics.jsonl:2 "))
  }

  @Test("a whole last line that is not a record is an error, not torn")
  func brokenLastLine() throws {
    let lines = JSONLines<MetricsRecord>(bytes: Array("{\"stop\":1}\n".utf8), file: "m")
    #expect(lines.torn == nil)
    #expect(throws: RunFolderError.broken(file: "m", line: 1, reason: "no \"step\"")) {
      try lines.all()
    }
  }

  @Test("a rollout with too few advantages does not pass as a record")
  func wrongAdvantages() throws {
    let trajectory = try Make.trajectory([.answer("Anna Tell")])
    let good = TrajectoryRecord(trajectory: trajectory, report: Make.report(1), advantages: [])
    let line = String(decoding: try good.jsonLine(), as: UTF8.self)
      .replacingOccurrences(of: "\"advantages\":[]", with: "\"advantages\":[1]")
    let lines = JSONLines<TrajectoryRecord>(bytes: Array((line + "\n").utf8), file: "t")
    #expect(throws: RunFolderError.self) { try lines.all() }
  }

  @Test("files that are not there yet read as empty")
  func missingFiles() throws {
    try Make.inFolder { path in
      let folder = RunFolder(path: path)
      let metrics = try folder.metrics()
      let configuration = try folder.configuration()
      let summary = try folder.summary()
      #expect(metrics.count == 0)
      #expect(configuration.entries.isEmpty)
      #expect(summary == nil)
    }
  }

  @Test("a configuration of any shape becomes names and texts")
  func configuration() throws {
    try Make.inFolder { path in
      let folder = RunFolder(path: path)
      try folder.write(
        Array(
          #"{"seed": 7, "rate": 0.0003, "on": true, "none": null, "model": {"layers": 4}, "k": [1, "b"]}"#
            .utf8), to: .configuration)
      let configuration = try folder.configuration()
      #expect(
        configuration.entries == [
          .init(name: "k", value: "1, b"), .init(name: "model.layers", value: "4"),
          .init(name: "none", value: ""), .init(name: "on", value: "yes"),
          .init(name: "rate", value: "0.0003"), .init(name: "seed", value: "7"),
        ])
      try folder.write(Array("[1]".utf8), to: .configuration)
      #expect(throws: RunFolderError.self) { try folder.configuration() }
    }
  }

  @Test("a summary always has exactly its keys, null where nothing was measured")
  func summary() throws {
    let empty = RunSummary.ExactMatch(
      heldOut: .init(all: nil, pages: [nil, 0.5, nil, nil]), atlas: nil, shuffledIndex: nil)
    let summary = RunSummary(
      seed: .max, wallSeconds: .init(total: 10, rl: 4),
      exactMatch: .init(before: empty, after: empty), searchesPerQuestion: nil,
      tokensPerSecond: 1000)
    let json = try summary.json()
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
    #expect(
      Set(object.keys)
        == ["seed", "wallSeconds", "exactMatch", "searchesPerQuestion", "tokensPerSecond"])
    let exactMatch = try #require(object["exactMatch"] as? [String: [String: Any]])
    let heldOut = try #require(exactMatch["before"]?["heldOut"] as? [String: Any])
    #expect(Set(heldOut.keys) == ["all", "1", "2", "3", "4"])
    #expect(heldOut["2"] as? Double == 0.5)
    #expect(heldOut["all"] is NSNull)
    #expect(exactMatch["after"]?["shuffledIndex"] is NSNull)
    try Make.inFolder { path in
      try RunFolder(path: path).write(json, to: .summary)
      #expect(try RunFolder(path: path).summary() == summary)
    }
  }
}
