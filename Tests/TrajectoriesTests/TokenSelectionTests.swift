import Testing
import Trajectories

@Suite("Token selections")
struct TokenSelectionTests {
  private func mixed() throws -> Trajectory {
    try trajectory([
      span(.prompt, role: .user, tokens: [1, 2]),
      span(.policy, tokens: [3, 4, 5], logProbabilities: [-0.1, -0.2, -0.3], temperature: 0.5),
      span(.environment, role: .tool, tokens: [6]),
      span(.template, role: .assistant, turn: 1, tokens: [7]),
      span(.policy, turn: 1, tokens: [8], logProbabilities: [-0.4], temperature: 0),
      span(.demonstration, turn: 1, tokens: [9, 10]),
    ])
  }

  @Test("a rule chooses exactly the tokens of its origins")
  func origins() throws {
    let trajectory = try mixed()
    #expect(trajectory.selection().positions == [2, 3, 4, 7])
    #expect(trajectory.selection(.demonstration).positions == [8, 9])
    #expect(trajectory.selection(.agent).positions == [2, 3, 4, 7, 8, 9])
    #expect(trajectory.selection().tokenCount == trajectory.tokenCount)
    #expect(trajectory.selection(SelectionRule(origins: [])).count == 0)
  }

  @Test("origins and roles must both match")
  func roles() throws {
    let trajectory = try mixed()
    let all = Set(SpanOrigin.allCases)
    #expect(trajectory.selection(SelectionRule(origins: all, roles: [.tool])).positions == [5])
    #expect(
      trajectory.selection(SelectionRule(origins: [.environment], roles: [.assistant])).count == 0)
    #expect(trajectory.selection(SelectionRule(origins: all, roles: [])).count == 0)
  }

  @Test("position 0 is never chosen, whatever stands there")
  func firstPosition() throws {
    let all = SelectionRule(origins: Set(SpanOrigin.allCases))
    #expect(try mixed().selection(all).positions == Array(1..<10))
    let single = try trajectory([span(.policy, tokens: [3])])
    #expect(single.selection().positions == [])
    #expect(try single.samplerLogProbabilities() == [])
    let sampledFirst = try trajectory([
      span(.policy, tokens: [3, 4], logProbabilities: [-1, -2]), span(.policy, tokens: [5]),
    ])
    #expect(sampledFirst.selection().positions == [1, 2])
    #expect(try sampledFirst.samplerLogProbabilities() == [-2, -1])
    #expect(try trajectory([]).selection(all).positions == [])
  }

  @Test("the sampler's log-probabilities line up with the selection")
  func logProbabilities() throws {
    let trajectory = try mixed()
    #expect(try trajectory.samplerLogProbabilities() == [-0.1, -0.2, -0.3, -0.4])
    #expect(throws: RecordError.missingSamplingRecord) {
      try trajectory.samplerLogProbabilities(.agent)
    }
  }

  @Test("a packed batch holds every row end to end, with each token's own temperature")
  func packed() throws {
    let first = try mixed()
    let second = try trajectory([span(.prompt, tokens: [1]), span(.policy, tokens: [2, 3])])
    let batch = try PackedBatch([first, trajectory([]), second])
    #expect(batch.tokens == first.tokens + second.tokens)
    #expect(batch.rowOffsets == [0, 10, 10, 13])
    #expect(batch.selected == [2, 3, 4, 7, 11, 12])
    #expect(batch.selectedOffsets == [0, 4, 4, 6])
    #expect(batch.temperatures == [0.5, 0.5, 0.5, 1, 1, 1])
    #expect(batch.targets == [3, 4, 5, 8, 2, 3])
    #expect((batch.rowCount, batch.tokenCount, batch.selectedCount) == (3, 13, 6))
    let ragged = batch.ragged(Array(0..<6))
    #expect(Array(ragged[row: 2]) == [4, 5])
  }

  @Test("picking rows is packing those rows alone")
  func rows() throws {
    let rows: [[Int32]] = [[1, 2, 3], [4, 5], [6]]
    let batch = PackedBatch(
      rows: rows, selections: [[1, 2], [1], []], temperatures: [[1, 2], [3], []])
    #expect(batch.rows([0, 1, 2]) == batch)
    #expect(
      batch.rows([2, 0])
        == PackedBatch(
          rows: [rows[2], rows[0]], selections: [[], [1, 2]], temperatures: [[], [1, 2]]))
    #expect(batch.rows([]).tokenCount == 0)
  }

  @Test("positions outside of a row, or a count too few, stop the caller")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      _ = PackedBatch(rows: [[1, 2]], selections: [[0]])
    }
    await #expect(processExitsWith: .failure) {
      _ = PackedBatch(rows: [[1, 2]], selections: [[2]])
    }
    await #expect(processExitsWith: .failure) {
      _ = PackedBatch(rows: [[1, 2], [3]], selections: [[1], []], temperatures: [[1]])
    }
    await #expect(processExitsWith: .failure) {
      _ = Ragged(values: [1, 2], offsets: [0, 1])
    }
  }

  @Test("ragged rows keep their order and lengths, empty ones too")
  func ragged() {
    let rows = Ragged([[1, 2], [], [3]])
    #expect(rows.values == [1, 2, 3])
    #expect(rows.offsets == [0, 2, 2, 3])
    #expect(rows.rowCount == 3)
    #expect(rows[row: 1].isEmpty)
    #expect(rows.range(ofRow: 2) == 2..<3)
    #expect(rows.with(["a", "b", "c"]) == Ragged([["a", "b"], [], ["c"]]))
    #expect(Ragged<Int>([]).rowCount == 0)
  }
}
