import Testing
import Trajectories

@Suite("Spans")
struct SpanTests {
  @Test("log-probabilities that don't match the tokens are refused")
  func logProbabilityCount() {
    #expect(throws: RecordError.logProbabilityCount(tokens: 2, logProbabilities: 3)) {
      try span(.policy, tokens: [1, 2], logProbabilities: [-1, -1, -1])
    }
  }

  @Test("only what was sampled carries log-probabilities, and it always does")
  func samplingRecord() throws {
    #expect(throws: RecordError.missingSamplingRecord) {
      try Span(
        origin: .policy, role: .assistant, turn: 0, tokens: [1], text: [65], offsets: [0, 1])
    }
    for origin in SpanOrigin.allCases where origin != .policy {
      #expect(throws: RecordError.samplingRecordOn(origin: origin)) {
        try Span(
          origin: origin, role: .user, turn: 0, tokens: [1], text: [65], offsets: [0, 1],
          sampling: record([-1]))
      }
    }
  }

  @Test(
    "offsets must ascend from 0 over all of the text, one more than tokens",
    arguments: [
      [0], [0, 1], [0, 1, 2, 3], [1, 2, 3], [0, 3, 2], [0, 1, 2], [0, 4, 3], [0, 1, 4],
    ])
  func offsets(_ offsets: [Int]) {
    #expect(throws: RecordError.self) {
      try Span(
        origin: .prompt, role: .user, turn: 0, tokens: [1, 2], text: [65, 66, 67],
        offsets: offsets)
    }
  }

  @Test("a token may stand for no bytes, and a span for no tokens")
  func empty() throws {
    let empty = try Span(
      origin: .policy, role: .assistant, turn: 0, tokens: [], text: [], offsets: [0],
      sampling: record([]))
    #expect(empty.count == 0)
    let silent = try Span(
      origin: .prompt, role: .user, turn: 0, tokens: [1, 2], text: [65], offsets: [0, 0, 1])
    #expect(silent.string == "A")
  }

  @Test("turns count from 0")
  func turns() {
    #expect(throws: RecordError.negativeTurn(-1)) { try span(.prompt, turn: -1) }
  }

  @Test("every refusal says in words what is wrong")
  func descriptions() {
    let errors: [RecordError] = [
      .offsetCount(tokens: 2, offsets: 2), .offsetsDoNotCoverText(bytes: 5),
      .missingSamplingRecord, .logProbabilityCount(tokens: 2, logProbabilities: 3),
      .samplingRecordOn(origin: .environment), .negativeTurn(-1),
      .turnWentBack(from: 2, to: 1), .unreadable("no"),
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect(errors[3].description == "a span of 2 tokens came with 3 log-probabilities")
  }
}

func record(_ logProbabilities: [Float], temperature: Float = 1) -> SamplingRecord {
  SamplingRecord(
    logProbabilities: logProbabilities, weightVersion: 4,
    settings: SamplingSettings(temperature: temperature))
}

/// A span of one-byte tokens; policy spans get log-probabilities -1 unless told.
func span(
  _ origin: SpanOrigin, role: Role = .assistant, turn: Int = 0, tokens: [Int32] = [65],
  logProbabilities: [Float]? = nil, temperature: Float = 1
) throws(RecordError) -> Span {
  let logProbabilities = logProbabilities ?? tokens.map { _ in -1 }
  return try Span(
    origin: origin, role: role, turn: turn, tokens: tokens,
    text: tokens.map { UInt8(truncatingIfNeeded: $0) }, offsets: Array(0...tokens.count),
    sampling: origin == .policy ? record(logProbabilities, temperature: temperature) : nil)
}

func trajectory(
  _ spans: [Span], task: String = "t", member: Int = 0
) throws(RecordError) -> Trajectory {
  var result = Trajectory(
    task: AgentTask(id: task, question: "Who?", answers: ["Eliot"], labels: ["type": "bridge"]),
    rollout: RolloutID(step: 1, group: 2, member: member))
  for span in spans { try result.append(span) }
  return result
}
