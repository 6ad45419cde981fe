import Foundation
import Testing
import Trajectories

@Suite("Trajectories")
struct TrajectoryTests {
  @Test("history is append-only: a turn can't follow a later one")
  func appendOnly() throws {
    var trajectory = try trajectory([span(.prompt), span(.policy, turn: 2)])
    let before = trajectory
    #expect(throws: RecordError.turnWentBack(from: 2, to: 1)) {
      try trajectory.append(span(.environment, turn: 1))
    }
    #expect(trajectory == before)
    #expect(trajectory.turnCount == 3)
    let branch = try trajectory.branched(keeping: [span(.prompt, tokens: [9])], branch: 1)
    #expect(branch.rollout == trajectory.rollout)
    #expect(branch.tokens == [9])
    #expect(branch.branch == 1)
  }

  @Test("an empty span leaves no trace, and an empty record has no turns")
  func empty() throws {
    let empty = try trajectory([span(.prompt, tokens: [])])
    #expect(empty.spans.isEmpty)
    #expect((empty.turnCount, empty.tokenCount) == (0, 0))
    #expect(empty.score.value == nil)
    #expect(empty.status == .aborted)
  }

  @Test("a character cut between two spans is whole in the joined text")
  func cutCharacter() throws {
    let trajectory = try trajectory([
      span(.policy, tokens: [0xc3]), span(.policy, tokens: [0xa9]),
      span(.environment, role: .tool, tokens: [33]), span(.template, tokens: [10]),
    ])
    #expect(trajectory.agentText == "é")
    #expect(trajectory.responseText == "é!")
    #expect(trajectory.text() == "é!\n")
  }

  @Test("a score that is no finite number is missing, and says so")
  func score() {
    #expect(Score(checking: 0.5, of: "x").value == 0.5)
    for number in [Double.nan, .infinity, -.infinity] {
      #expect(Score(checking: number, of: "judge").value == nil)
    }
    #expect(Score(checking: .nan, of: "judge") == .missing(reason: "judge gave nan"))
  }

  @Test("a record names the precision that drew it, and one without a name was drawn in float32")
  func precision() throws {
    func json(_ precision: WeightPrecision) throws -> String {
      let record = SamplingRecord(
        logProbabilities: [-1], weightVersion: 2, settings: .greedy, precision: precision)
      let data = try JSONEncoder().encode(record)
      #expect(try JSONDecoder().decode(SamplingRecord.self, from: data) == record)
      return String(decoding: data, as: UTF8.self)
    }
    #expect(try !json(.float32).contains("precision"))
    #expect(try json(.bfloat16).contains(#""precision":"bfloat16""#))
    let unknown = try json(.int8).replacing("int8", with: "int3")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(SamplingRecord.self, from: Data(unknown.utf8))
    }
  }

  @Test("a group holds rollouts of its own task only")
  func group() async throws {
    let one = try trajectory([span(.prompt)])
    let group = try TrajectoryGroup(
      task: one.task, members: [one, trajectory([span(.prompt)], member: 1)])
    let line = try JSONEncoder().encode(group)
    #expect(try JSONDecoder().decode(TrajectoryGroup.self, from: line) == group)
    let text = String(decoding: line, as: UTF8.self)
      .replacing(#""id":"t""#, with: #""id":"u""#, maxReplacements: 1)
    #expect(throws: RecordError.self) {
      try JSONDecoder().decode(TrajectoryGroup.self, from: Data(text.utf8))
    }
    await #expect(processExitsWith: .failure) {
      let stranger = try trajectory([], task: "other")
      _ = TrajectoryGroup(task: try trajectory([]).task, members: [stranger])
    }
  }
}

@Suite("Trajectories as lines of JSON")
struct TrajectoryCodingTests {
  private func sample() throws -> Trajectory {
    var result = try trajectory([
      span(.prompt, role: .user, tokens: Array("Qué \"?\"\n\u{0}".utf8).map(Int32.init)),
      span(
        .policy, tokens: [0xe6, 0x9d], logProbabilities: [-0.1, -.leastNonzeroMagnitude],
        temperature: 0.7),
      span(.environment, role: .tool, turn: 1, tokens: [0xb1, 0xff]),
    ])
    result.append(
      ToolEvent(
        turn: 0, tool: "search", arguments: "{\"q\":", outcome: .failed(.malformed("cut off"))))
    result.append(
      ToolEvent(
        turn: 1, tool: "open", arguments: "", outcome: .returned(identifiers: ["d1", "d2"])))
    result.status = .truncated(by: .turnTokens)
    result.score = .value(0.1)
    return result
  }

  @Test("a line read back is the same trajectory, and written again the same line")
  func roundTrip() throws {
    let trajectory = try sample()
    let line = try trajectory.jsonLine()
    let again = try Trajectory(jsonLine: line)
    #expect(again == trajectory)
    #expect(try again.jsonLine() == line)
    #expect(!line.contains(UInt8(ascii: "\n")))
  }

  @Test("bytes of a cut character survive as they are")
  func cutCharacter() throws {
    let again = try Trajectory(jsonLine: sample().jsonLine())
    #expect(again.spans[1].text == [0xe6, 0x9d])
    #expect(again.spans[2].text == [0xb1, 0xff])
    #expect(again.spans[0].string == "Qué \"?\"\n\u{0}")
  }

  @Test(
    "every status survives",
    arguments: [
      TrajectoryStatus.completed, .looped, .aborted, .truncated(by: .context),
      .failed(.infrastructure("disk")), .failed(.model("NaN")), .failed(.environment("")),
    ])
  func status(_ status: TrajectoryStatus) throws {
    var trajectory = try sample()
    trajectory.status = status
    trajectory.score = .missing(reason: "judge \"died\"")
    #expect(try Trajectory(jsonLine: trajectory.jsonLine()) == trajectory)
  }

  @Test("log-probabilities survive bit for bit")
  func floats() throws {
    let values = (0..<5_000 as Range<UInt32>).map {
      -Float(bitPattern: ($0 &* 2_654_435_761) & 0x7f7f_ffff)
    }
    let trajectory = try trajectory([
      span(.policy, tokens: values.indices.map { Int32($0 % 100) }, logProbabilities: values)
    ])
    let again = try Trajectory(jsonLine: trajectory.jsonLine())
    #expect(again.spans[0].sampling?.logProbabilities.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test(
    "a line that contradicts itself is refused, not repaired",
    arguments: [
      (#""tokens":[230,157]"#, #""tokens":[230]"#), (#""offsets":[0,1,2]"#, #""offsets":[0,2,1]"#),
      (#""turn":1"#, #""turn":-1"#), (#""branch":0"#, #""branch":-1"#),
      (#""origin":"policy""#, #""origin":"environment""#),
      (#""temperature":0.7"#, #""temperature":-1"#),
      (#""turn":1"#, #""turn":9223372036854775807"#), (#""status""#, #""state""#),
      (#""origin":"policy""#, #""origin":"nobody""#), (#""bytes":"5p0=""#, #""bytes":"%""#),
    ])
  func refused(part: String, replacement: String) throws {
    let line = String(decoding: try sample().jsonLine(), as: UTF8.self)
    #expect(line.contains(part), "\(line)")
    let changed = line.replacing(part, with: replacement)
    #expect(throws: RecordError.self) { try Trajectory(jsonLine: Array(changed.utf8)) }
  }

  @Test("a line cut anywhere is refused")
  func cut() throws {
    let line = try sample().jsonLine()
    for end in stride(from: 0, to: line.count, by: 7) {
      #expect(throws: RecordError.self) { try Trajectory(jsonLine: Array(line[..<end])) }
    }
  }
}
