import Foundation
import Testing
import Trajectories

@Suite("Sampling settings and records")
struct SamplingSettingsTests {
  @Test("settings without limits are written as before there were any, and read from then")
  func oldSettings() throws {
    let encoder = JSONEncoder()
    #expect(
      try encoder.encode(SamplingSettings(temperature: 0.5)) == Data(#"{"temperature":0.5}"#.utf8))
    let read = try JSONDecoder().decode(
      SamplingSettings.self, from: Data(#"{"temperature":0.5}"#.utf8))
    #expect(read == SamplingSettings(temperature: 0.5))
    #expect(read.topK == nil && read.topP == nil && read.minP == nil)
    let record = try JSONDecoder().decode(
      SamplingRecord.self,
      from: Data(
        #"{"logProbabilities":[-1.5],"weightVersion":3,"settings":{"temperature":1}}"#.utf8))
    #expect(record.truncatedLogProbabilities == nil)
    #expect(record.drawnLogProbabilities == [-1.5])
    #expect(record.keptLogMasses == [0])
  }

  @Test("limits and both log-probabilities survive a line of JSON bit for bit")
  func survive() throws {
    let settings = SamplingSettings(temperature: 0.7, topK: 50, topP: 0.95, minP: 0.05)
    let span = try truncatedSpan(full: [-0.1, -3.3], truncated: [-0.05, -3.1], settings)
    let trajectory = try trajectory([span])
    #expect(try Trajectory(jsonLine: trajectory.jsonLine()) == trajectory)
  }

  @Test(
    "numbers out of their range are refused when read",
    arguments: [
      #"{"temperature":-1}"#, #"{"temperature":1,"topK":0}"#, #"{"temperature":1,"topP":0}"#,
      #"{"temperature":1,"topP":1.5}"#, #"{"temperature":1,"minP":-0.1}"#,
      #"{"temperature":1,"minP":2}"#,
    ])
  func refused(json: String) {
    #expect(throws: RecordError.self) {
      try JSONDecoder().decode(SamplingSettings.self, from: Data(json.utf8))
    }
  }

  @Test("settings truncate where a limit can leave a token out of a draw")
  func isTruncating() {
    #expect(!SamplingSettings().isTruncating)
    #expect(!SamplingSettings(topP: 1, minP: 0).isTruncating)
    #expect(!SamplingSettings(temperature: 0, topK: 5, topP: 0.5, minP: 0.5).isTruncating)
    #expect(SamplingSettings(topK: 1).isTruncating)
    #expect(SamplingSettings(topP: 0.99).isTruncating)
    #expect(SamplingSettings(minP: 0.01).isTruncating)
  }

  @Test("a span needs truncated log-probabilities exactly where its settings truncate")
  func spans() throws {
    let settings = SamplingSettings(topK: 5)
    #expect(throws: RecordError.truncatedLogProbabilities(isTruncating: true)) {
      try truncatedSpan(full: [-1], truncated: nil, settings)
    }
    #expect(throws: RecordError.truncatedLogProbabilities(isTruncating: false)) {
      try truncatedSpan(full: [-1], truncated: [-1], SamplingSettings())
    }
    #expect(throws: RecordError.logProbabilityCount(tokens: 2, logProbabilities: 1)) {
      try truncatedSpan(full: [-1, -1], truncated: [-1], settings)
    }
    #expect(
      RecordError.truncatedLogProbabilities(isTruncating: true).description
        != RecordError.truncatedLogProbabilities(isTruncating: false).description)
  }

  @Test("a trajectory hands out both, truncated or not, without its very first token")
  func handedOut() throws {
    let settings = SamplingSettings(minP: 0.1)
    let first = try truncatedSpan(full: [-1, -2], truncated: [-0.5, -1.5], settings)
    let plain = try span(.policy, turn: 1, tokens: [65, 66], logProbabilities: [-3, -4])
    let trajectory = try trajectory([first, plain])
    #expect(try trajectory.samplerLogProbabilities() == [-2, -3, -4])
    #expect(try trajectory.drawnLogProbabilities() == [-1.5, -3, -4])
    #expect(first.sampling?.keptLogMasses == [-0.5, -0.5])
    #expect(throws: RecordError.missingSamplingRecord) {
      try trajectory.appending(span(.demonstration, turn: 1)).drawnLogProbabilities(.agent)
    }
  }

  private func truncatedSpan(
    full: [Float], truncated: [Float]?, _ settings: SamplingSettings
  ) throws -> Span {
    try Span(
      origin: .policy, role: .assistant, turn: 0, tokens: full.map { _ in 65 },
      text: full.map { _ in 65 }, offsets: Array(0...full.count),
      sampling: SamplingRecord(
        logProbabilities: full, truncatedLogProbabilities: truncated, weightVersion: 0,
        settings: settings))
  }
}

extension Trajectory {
  fileprivate func appending(_ span: Span) throws -> Trajectory {
    var result = self
    try result.append(span)
    return result
  }
}
